"""A small process that removes what a rehearsal started if the rehearsal is killed.

After a rehearsal that was not killed it removes what would keep the user waiting.
"""

import time
from collections.abc import Mapping
from enum import Enum
from typing import BinaryIO

from rehearsal.commands.remove_everything import remove_everything, remove_files
from rehearsal.outside.engine import PENDING_GRACE
from rehearsal.pipeline.run_folder import RunReference

# In seconds. Nobody waits for it, and tests may leave a million files.
REMOVAL_TIMEOUT = 600.0


class LastMessage(Enum):
    """What a rehearsal says at its end: whether files are left, and which."""

    DONE = b"done"
    STAGING_LEFT = b"staging left"
    FOLDER_LEFT = b"folder left"


def watch(run: RunReference, environ: Mapping[str, str], pipe: BinaryIO) -> None:
    """Wait for the last message of the rehearsal; if it ends without one, remove everything."""
    try:
        message = LastMessage(pipe.read())
    except ValueError:
        _remove_after_a_kill(run, environ)
        return
    if message is not LastMessage.DONE:
        whole = message is LastMessage.FOLDER_LEFT
        remove_files(run, environ, _ignore, whole=whole, seconds=REMOVAL_TIMEOUT)


def _remove_after_a_kill(run: RunReference, environ: Mapping[str, str]) -> None:
    remove_everything(run, environ, _ignore)
    # The engine may have been creating a container at that moment, so remove once more.
    time.sleep(PENDING_GRACE)
    remove_everything(run, environ, _ignore)


def _ignore(_warning: str) -> None:
    """Say nothing: nobody would read it. On GitHub the clean-up step tries again."""
