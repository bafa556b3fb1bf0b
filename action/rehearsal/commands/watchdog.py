"""A small process that removes what a rehearsal started if the rehearsal is killed."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO

from rehearsal.commands.remove_everything import remove_everything
from rehearsal.outside.engine import PENDING_GRACE
from rehearsal.outside.watchdog_process import WatchdogProcess
from rehearsal.pipeline.run_folder import RunReference

SHUTDOWN_MESSAGE = b"done"


@contextmanager
def watchdog(argv: list[str], env: Mapping[str, str]) -> Iterator[None]:
    """Keep a watchdog (`argv` starts one) for as long as the block runs."""
    process = WatchdogProcess(argv, env=env)
    try:
        yield
    finally:
        process.close(SHUTDOWN_MESSAGE)


def watch(run: RunReference, environ: Mapping[str, str], pipe: BinaryIO) -> None:
    """Wait for the last message of the rehearsal; if it ends without one, remove everything."""
    if pipe.read() == SHUTDOWN_MESSAGE:
        return

    def ignore(_warning: str) -> None:
        """Say nothing: nobody would read it. The clean-up step tries again."""

    remove_everything(run, environ, ignore)
    # The engine may have been creating a container at that moment, so remove once more.
    time.sleep(PENDING_GRACE)
    remove_everything(run, environ, ignore)
