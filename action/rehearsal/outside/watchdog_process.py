"""The process of the watchdog, from both sides."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NoReturn

# How long the watchdog has to end after the message, in seconds.
GRACE = 3.0


class WatchdogProcess:
    """A child that reads a pipe from this process, and so notices when this process ends."""

    def __init__(self, argv: Sequence[str], *, env: Mapping[str, str]) -> None:
        self._child = subprocess.Popen(
            argv,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def close(self, message: bytes, *, wait: bool = True) -> None:
        """Send a last message; without `wait` the child may go on when this process has ended."""
        if pipe := self._child.stdin:
            with suppress(BrokenPipeError), pipe:
                pipe.write(message)
        if wait:
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(GRACE)


def exit_now() -> NoReturn:
    """End this process without Python's own clean-up: another process waits for its end.

    That clean-up takes ten times as long as everything a watchdog does.
    """
    os._exit(0)
