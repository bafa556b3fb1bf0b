"""Do something in a thread of its own: with a time limit, or while something else is done."""

import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def within(seconds: float, action: Callable[[], Result]) -> Result:
    """Call `action`; return what it returns, raise what it raises.

    Raises TimeoutError if it has not ended after `seconds`, as a system call that never returns;
    the thread goes on, but its result is dropped.
    """
    return _started(action)(seconds)


def in_background(action: Callable[[], Result]) -> Callable[[], Result]:
    """Start to call `action`; return what waits for its end, and returns or raises the same."""
    wait = _started(action)
    return lambda: wait(None)


def _started(action: Callable[[], Result]) -> Callable[[float | None], Result]:
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(action())
        except BaseException as error:  # noqa: BLE001  (it is raised again)
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def wait(seconds: float | None) -> Result:
        thread.join(seconds)
        if errors:
            raise errors[0]
        if not results:
            raise TimeoutError(f"it was not done after {seconds:.0f} s")
        return results[0]

    return wait
