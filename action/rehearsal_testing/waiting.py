"""Explicit waits: poll until it holds, and when it never does, say what was waited for."""

import time
from collections.abc import Callable
from typing import TypeVar

from selenium.common.exceptions import (
    InvalidSessionIdException,
    SessionNotCreatedException,
    WebDriverException,
)

POLL_SECONDS = 0.05

T = TypeVar("T")


def wait_until(
    condition: Callable[[], T],
    what: str,
    *,
    timeout: float = 10,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """Call `condition` every 50 ms until it holds, and return what it returned.

    It holds when it returns something that counts as true, or None, as assertions do. An
    AssertionError or a WebDriverException means "not yet". After `timeout` seconds the last of
    them is raised itself, so that its type and words stay, with a note naming `what`;
    an AssertionError naming `what` and the last value where there was none.
    """
    deadline = clock() + timeout
    while True:
        try:
            value = condition()
        except (InvalidSessionIdException, SessionNotCreatedException):
            # The browser is gone: no later attempt can go better.
            raise
        except (AssertionError, WebDriverException) as error:
            if clock() >= deadline:
                error.add_note(f"Waited {timeout:g} s for {what}.")
                raise
        else:
            if value is None or value:
                return value
            if clock() >= deadline:
                raise AssertionError(f"Waited {timeout:g} s for {what}, and last found {value!r}.")
        sleep(POLL_SECONDS)
