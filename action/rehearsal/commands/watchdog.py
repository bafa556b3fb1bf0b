"""A small process that outlives the helper, and removes what it started if it is killed."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO

from rehearsal.commands.clean_up import remove_everything
from rehearsal.outside.engine import PENDING_GRACE
from rehearsal.outside.process import WatchdogProcess
from rehearsal.pipeline.run import Run

SHUTDOWN_MESSAGE = b"done"


@contextmanager
def watchdog(argv: list[str], env: Mapping[str, str]) -> Iterator[None]:
    """Keep a watchdog (`argv` starts one) for as long as the block runs."""
    lifeline = WatchdogProcess(argv, env=env)
    try:
        yield
    finally:
        lifeline.close(SHUTDOWN_MESSAGE)


def watch(run: Run, environ: Mapping[str, str], lifeline: BinaryIO) -> None:
    """Wait until the helper says farewell; when it is gone without a word, remove everything."""
    if lifeline.read() != SHUTDOWN_MESSAGE:
        remove_everything(run, environ)
        # What the engine was making just then is there by now.
        time.sleep(PENDING_GRACE)
        remove_everything(run, environ)
