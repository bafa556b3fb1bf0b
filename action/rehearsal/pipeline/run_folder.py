"""A run of the action: its id, its folder, and how its clean-up step finds it again.

The tests run as our user, so no file says what belongs to a run: everything follows from its id,
which the runner hands from step to step.
"""

import errno
import re
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from rehearsal.dataclass import dataclass
from rehearsal.outside.folder import Folder
from rehearsal.outside.processes import processes_holding
from rehearsal.regex import regex
from rehearsal.results.file_names import STAGING

FOLDER_PREFIX = "rehearsal-"
LABEL = "dress-rehearsal"
RUN_VARIABLE = "REHEARSAL_RUN"
ENGINE_VARIABLE = "REHEARSAL_ENGINE"
# The ID and the attempt of the workflow run, except on a laptop, and a random part.
RUN_ID = r"(?:[0-9]{1,20}-[0-9]{1,6}-)?[0-9a-f]{8}"
REFERENCE = regex(rf"({RUN_ID})/([0-9]{{1,20}})/([0-9]{{1,20}})", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class RunReference:
    """A run as the first step names it to the clean-up step and to the watchdog.

    `evidence` and `staging` are the inodes of its folders: the tests may have replaced them. Zero
    means that they are not known.
    """

    id: str
    evidence: int = 0
    staging: int = 0

    @classmethod
    def parse(cls, text: str) -> "RunReference | None":
        """Return the reference that `str` made a text of, or None for any other text."""
        found = REFERENCE.fullmatch(text)
        return found and cls(id=found[1], evidence=int(found[2]), staging=int(found[3]))

    def __str__(self) -> str:
        return f"{self.id}/{self.evidence}/{self.staging}"

    @property
    def label(self) -> str:
        """The label (name=value) of the run's containers, networks and volumes."""
        return f"{LABEL}={self.id}"

    @property
    def env_marker(self) -> str:
        """The variable (NAME=value) in the environment of the run's child processes."""
        return f"{RUN_VARIABLE}={self.id}"

    @property
    def engine_marker(self) -> str:
        """The variable (NAME=value) in the environment of what an engine without daemon starts."""
        return f"{ENGINE_VARIABLE}={self.id}"

    @property
    def folder_name(self) -> str:
        """The name of the run's folder."""
        return f"{FOLDER_PREFIX}{self.id}"

    def path(self, environ: Mapping[str, str]) -> Path:
        """Return the path of the run's folder."""
        return _temp_path(environ) / self.folder_name

    def open(self, environ: Mapping[str, str]) -> Folder:
        """Open the run's folder. Raises OSError."""
        return temp_folder(environ).folder(self.folder_name)


def temp_folder(environ: Mapping[str, str]) -> Folder:
    """Open the folder for the folders of runs. Raises OSError."""
    if is_missing(environ):
        raise FileNotFoundError(errno.ENOENT, "it is not set", "RUNNER_TEMP")
    return Folder(_temp_path(environ))


def is_missing(environ: Mapping[str, str]) -> bool:
    """Return whether a runner has no RUNNER_TEMP."""
    return environ.get("GITHUB_ACTIONS") == "true" and not environ.get("RUNNER_TEMP")


def _temp_path(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("RUNNER_TEMP") or tempfile.gettempdir()).resolve()


def new_run(environ: Mapping[str, str]) -> RunReference:
    """Return a run with a new id."""
    return RunReference(id=f"{_workflow_run(environ)}{secrets.token_hex(4)}")


def default_artifact_name(run: RunReference, environ: Mapping[str, str]) -> str:
    """Return a name for the artifact that is unique to job, attempt and run."""
    own = run.id.removeprefix(f"{environ.get('GITHUB_RUN_ID')}-")
    return "-".join(filter(None, ("rehearsal", environ.get("GITHUB_JOB"), own)))


def newest_ended_run(environ: Mapping[str, str]) -> RunReference | None:
    """Return the newest of this workflow run's runs whose process has ended, or None.

    This is for a first step whose outputs were lost. A run without a staging folder was cleaned up.
    Raises OSError if RUNNER_TEMP cannot be opened.
    """
    temp = temp_folder(environ)
    pattern = re.compile(rf"{FOLDER_PREFIX}({_workflow_run(environ)}[0-9a-f]{{8}})")
    times: dict[str, float] = {}
    for entry in temp.entries():
        if entry.is_folder and (found := pattern.fullmatch(entry.name)):
            with suppress(OSError):  # Another user's, or gone.
                folder = temp.folder(entry.name)
                if folder.exists(STAGING) and not processes_holding(folder):
                    times[found[1]] = folder.modified
    return RunReference(id=max(times, key=lambda run: times[run])) if times else None


def _workflow_run(environ: Mapping[str, str]) -> str:
    """Return how an id begins: with RUN-ATTEMPT- on GitHub, with nothing on a laptop."""
    start = "".join(f"{environ.get(name)}-" for name in ("GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT"))
    return start if re.fullmatch(r"[0-9]{1,20}-[0-9]{1,6}-", start) else ""
