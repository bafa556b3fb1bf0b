"""A run's folder and names, and the file by which the clean-up step finds it again."""

import json
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

FOLDER_PREFIX = "rehearsal-"
RUN_FILE = "run.json"
LABEL = "dress-rehearsal"
RUN_VARIABLE = "REHEARSAL_RUN"


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """One run of the action.

    `pid` and `start_ticks` (clock ticks since boot) identify its process. `evidence_policy` is the
    input evidence. `outputs` is None until the run has finished, `cleaned_up` is set by the
    clean-up step.
    """

    id: str
    folder: str
    pid: int
    start_ticks: str
    artifact_name: str = ""
    evidence_policy: str = "on-failure"
    outputs: Mapping[str, str] | None = None
    cleaned_up: bool = False

    @property
    def label(self) -> str:
        """The label (name=value) of the run's containers and volumes."""
        return f"{LABEL}={self.id}"

    @property
    def env_marker(self) -> str:
        """The variable (NAME=value) in the environment of the run's child processes."""
        return f"{RUN_VARIABLE}={self.id}"

    @property
    def path(self) -> Path:
        """The run's folder."""
        return Path(self.folder)

    def write(self) -> None:
        """Write the run file atomically."""
        part = self.path / f"{RUN_FILE}.part"
        part.write_text(json.dumps(asdict(self)), encoding="utf-8")
        part.replace(self.path / RUN_FILE)

    def is_alive(self) -> bool:
        """Return whether the run's process is alive; another process with the same ID is not."""
        return bool(self.start_ticks) and _start_ticks(self.pid) == self.start_ticks


def create_run(environ: Mapping[str, str]) -> RunRecord:
    """Make a run and its folder, which only our user can read."""
    parts = (environ.get("GITHUB_RUN_ID"), environ.get("GITHUB_RUN_ATTEMPT"), secrets.token_hex(4))
    run_id = "-".join(part for part in parts if part)
    folder = _temp_folder(environ) / f"{FOLDER_PREFIX}{run_id}"
    folder.mkdir(mode=0o700)
    job = environ.get("GITHUB_JOB")
    run = RunRecord(
        id=run_id,
        folder=str(folder),
        pid=os.getpid(),
        start_ticks=_start_ticks(os.getpid()),
        artifact_name="-".join(part for part in ("rehearsal", job, *parts[1:]) if part),
    )
    run.write()
    return run


def unfinished_runs(environ: Mapping[str, str]) -> Iterator[RunRecord]:
    """Yield the runs in RUNNER_TEMP (or the temp folder) that are not cleaned up, oldest first."""
    files = _temp_folder(environ).glob(f"{FOLDER_PREFIX}*/{RUN_FILE}")
    for file in sorted(files, key=lambda path: path.stat().st_mtime):
        try:
            run = read_run(str(file.parent))
        except (OSError, ValueError, TypeError):
            continue  # Not our file, or one of another version.
        if not run.cleaned_up:
            yield run


def read_run(folder: str) -> RunRecord:
    """Read the run file in a run's folder. Raises `OSError`, `ValueError` or `TypeError`."""
    return RunRecord(**json.loads((Path(folder) / RUN_FILE).read_text(encoding="utf-8")))


def _temp_folder(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("RUNNER_TEMP") or tempfile.gettempdir())


def _start_ticks(pid: int) -> str:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    # proc(5): a name in parentheses, which may hold any character, then the state, then numbers.
    fields = status.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]
