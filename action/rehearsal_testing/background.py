"""Work in another thread whose result is wanted later."""

import contextlib
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Background(Generic[T]):
    """Work that begins at once in a thread of its own. The process may end before it does."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._result: T | None = None
        # Threads of concurrent.futures would hold up the end of the process.
        self._thread = threading.Thread(target=self._run, name="rehearsal browser", daemon=True)
        self._thread.start()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the work has ended, at most so long; return whether it has."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def result(self) -> T | None:
        """Wait for the result; None if the work has failed."""
        self.wait()
        return self._result

    def _run(self) -> None:
        # The next attempt, which somebody waits for, tells what is wrong.
        with contextlib.suppress(Exception):
            self._result = self._work()
