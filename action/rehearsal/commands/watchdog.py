"""A small process that removes what a rehearsal started if the rehearsal is killed.

After a rehearsal that was not killed it removes what would keep the user waiting.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import BinaryIO

from rehearsal.commands.remove_everything import attempt, remove_everything, remove_files
from rehearsal.outside.engine import PENDING_GRACE
from rehearsal.outside.watchdog_process import WatchdogProcess
from rehearsal.pipeline.older_evidence import remove_older
from rehearsal.pipeline.run_folder import RunReference, temp_folder
from rehearsal.pipeline.venv_cache import VenvCache, find_cache_folder

# In seconds. Nobody waits for it, and tests may leave a million files.
REMOVAL_TIMEOUT = 600.0
DONE = "done"


class Left(StrEnum):
    """What a rehearsal leaves for the watchdog to remove."""

    STAGING = "staging"
    FOLDER = "folder"
    VENVS = "venvs"
    OLDER = "older"


class Watchdog:
    """The watchdog, as the rehearsal sees it; `argv` starts one."""

    def __init__(
        self, argv: Sequence[str], env: Mapping[str, str], cache: VenvCache | None
    ) -> None:
        self._process = WatchdogProcess(argv, env=env)
        self._cache = cache

    def dismiss(self, left: set[Left]) -> None:
        """Let it end; if there is anything left to remove, not before it is removed."""
        venvs = {Left.VENVS} if self._cache and self._cache.has_removed else set()
        left = left | venvs
        self._process.close(last_message(left), wait=not left)


def last_message(left: Iterable[Left]) -> bytes:
    """Return what a rehearsal says at its end."""
    return " ".join((DONE, *left)).encode()


def watch(run: RunReference, environ: Mapping[str, str], pipe: BinaryIO) -> None:
    """Wait for the last message of the rehearsal; if it ends without one, remove everything."""
    said, *left = pipe.read().decode(errors="replace").split(" ")
    if said != DONE:
        remove_everything(run, environ, _ignore)
        # The engine may have been creating a container at that moment, so remove once more.
        time.sleep(PENDING_GRACE)
        remove_everything(run, environ, _ignore)
    if Left.STAGING in left or Left.FOLDER in left:
        whole = Left.FOLDER in left
        remove_files(run, environ, _ignore, whole=whole, seconds=REMOVAL_TIMEOUT)
    if Left.OLDER in left:
        attempt(
            "remove the evidence of earlier rehearsals",
            REMOVAL_TIMEOUT,
            lambda: remove_older(temp_folder(environ), run.folder_name, REMOVAL_TIMEOUT),
            _ignore,
        )
    if said != DONE or Left.VENVS in left:
        attempt(
            "remove what the tests' environments left",
            REMOVAL_TIMEOUT,
            lambda: VenvCache(find_cache_folder(environ)).sweep(),
            _ignore,
        )


def _ignore(_warning: str) -> None:
    """Say nothing: nobody would read it. On GitHub the clean-up step tries again."""
