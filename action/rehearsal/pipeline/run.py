"""One run's own folder and names, and the note that lets the clean-up step find it again."""

import json
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

PREFIX = "rehearsal-"
RUN_FILE = "run.json"
LABEL = "dress-rehearsal"
RUN_VARIABLE = "REHEARSAL_RUN"


@dataclass(frozen=True, kw_only=True)
class Run:
    """A rehearsal's identity.

    `pid` and `born` (clock ticks since boot) name the process that runs it; `outputs` is empty
    until it is done; `closed` says that the clean-up step has dealt with it.
    """

    id: str
    folder: str
    pid: int
    start_ticks: str
    artifact_name: str = ""
    evidence: str = "on-failure"
    outputs: Mapping[str, str] | None = None
    cleaned_up: bool = False

    @property
    def label(self) -> str:
        """The label (name=value) on everything the run starts."""
        return f"{LABEL}={self.id}"

    @property
    def env_mark(self) -> str:
        """The variable (NAME=value) in the environment of every process the run starts."""
        return f"{RUN_VARIABLE}={self.id}"

    @property
    def path(self) -> Path:
        """The run's folder."""
        return Path(self.folder)

    def write(self) -> None:
        """Write the note, whole or not at all."""
        part = self.path / f"{RUN_FILE}.part"
        part.write_text(json.dumps(asdict(self)), encoding="utf-8")
        part.replace(self.path / RUN_FILE)

    def is_alive(self) -> bool:
        """Whether the process that runs it still does; a reused process id does not count."""
        return bool(self.start_ticks) and _start_ticks(self.pid) == self.start_ticks


def new_run(environ: Mapping[str, str]) -> Run:
    """Make a run with a folder of its own, readable by us alone."""
    parts = (environ.get("GITHUB_RUN_ID"), environ.get("GITHUB_RUN_ATTEMPT"), secrets.token_hex(4))
    identity = "-".join(part for part in parts if part)
    folder = _base(environ) / f"{PREFIX}{identity}"
    folder.mkdir(mode=0o700)
    job = environ.get("GITHUB_JOB")
    run = Run(
        id=identity,
        folder=str(folder),
        pid=os.getpid(),
        start_ticks=_start_ticks(os.getpid()),
        artifact_name="-".join(part for part in ("rehearsal", job, *parts[1:]) if part),
    )
    run.write()
    return run


def unfinished_runs(environ: Mapping[str, str]) -> Iterator[Run]:
    """Yield the runs of this job that no clean-up step has dealt with yet, the oldest first."""
    notes = _base(environ).glob(f"{PREFIX}*/{RUN_FILE}")
    for note in sorted(notes, key=lambda path: path.stat().st_mtime):
        try:
            run = read_run(str(note.parent))
        except (OSError, ValueError, TypeError):
            continue  # A note of another's, or of another version, must not keep ours from an end.
        if not run.cleaned_up:
            yield run


def read_run(folder: str) -> Run:
    """Read the note in a run's folder."""
    return Run(**json.loads((Path(folder) / RUN_FILE).read_text(encoding="utf-8")))


def _base(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("RUNNER_TEMP") or tempfile.gettempdir())


def _start_ticks(pid: int) -> str:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    # The name in parentheses may hold anything; the state follows it, then numbers: proc(5).
    fields = status.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]
