"""Explicit waits: poll until it holds, and when it never does, say what was waited for."""

import inspect
import time
from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeVar

from selenium.common.exceptions import (
    InvalidSessionIdException,
    SessionNotCreatedException,
    WebDriverException,
)
from selenium.webdriver.remote.webdriver import WebDriver

POLL_SECONDS = 0.05
TIMEOUT_SECONDS = 10.0

T = TypeVar("T")


class WaitFor(Protocol):
    """What waits until `condition` holds, see `wait_until`, and returns what it returned.

    `condition` takes nothing, or the test's first browser, as Selenium's expected conditions do.
    """

    def __call__(
        self, condition: Callable[..., T], what: str, timeout: float = TIMEOUT_SECONDS
    ) -> T: ...


def given(condition: Callable[..., T], browser: Callable[[], WebDriver]) -> Callable[[], T]:
    """Return `condition` that takes nothing: one that wants it is given the browser."""
    return partial(condition, browser()) if _takes_an_argument(condition) else condition


def wait_until(
    condition: Callable[[], T],
    what: str,
    *,
    timeout: float = TIMEOUT_SECONDS,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """Call `condition` every 50 ms until it holds, and return what it returned.

    It holds when it returns something that counts as true, or None, as assertions do. An
    AssertionError or a WebDriverException means "not yet". After `timeout` seconds the last of
    them is raised itself, so that its type and words stay, with a note naming `what`;
    an AssertionError naming `what` and the last value where there was none.
    """
    __tracebackhide__ = True  # pytest shows where the test waited, not how.
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


def _takes_an_argument(condition: Callable[..., object]) -> bool:
    needed = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return any(
        parameter.kind in needed and parameter.default is inspect.Parameter.empty
        for parameter in inspect.signature(condition).parameters.values()
    )
