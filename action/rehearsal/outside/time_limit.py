"""A time limit for anything, also for a system call that never returns."""

import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def within(seconds: float, action: Callable[[], Result]) -> Result:
    """Call `action` in a thread of its own; return what it returns, raise what it raises.

    Raises TimeoutError if it has not ended after `seconds`; the thread goes on, but its result is
    dropped.
    """
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(action())
        except BaseException as error:  # noqa: BLE001  (it is raised again)
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise TimeoutError(f"it was not done after {seconds:.0f} s")
    return results[0]
