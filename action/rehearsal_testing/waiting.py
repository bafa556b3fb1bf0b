"""Explicit waits: call a condition until it holds, and name it in the error if it never does."""

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
    """Wait until `condition` holds, as `wait_until` does, and return its value.

    `condition` takes no argument, or the test's first browser, as Selenium's own conditions do.
    """

    def __call__(
        self, condition: Callable[..., T], what: str, timeout: float = TIMEOUT_SECONDS
    ) -> T: ...


def bind_browser(condition: Callable[..., T], browser: Callable[[], WebDriver]) -> Callable[[], T]:
    """Return a condition without arguments; one that takes the browser is called with it."""
    return partial(condition, browser()) if _takes_an_argument(condition) else condition


def wait_until(
    condition: Callable[[], T],
    what: str,
    *,
    timeout: float = TIMEOUT_SECONDS,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """Call `condition` every 50 ms until it holds, and return its value.

    It holds if it returns a true value, or None, as assertions do. An AssertionError or a
    WebDriverException means "not yet". After `timeout` seconds the last of these errors is
    raised, with a note that names `what`. If there was none, an AssertionError names `what` and
    the last value.
    """
    __tracebackhide__ = True  # pytest shows the line of the test, not this function.
    deadline = clock() + timeout
    while True:
        try:
            value = condition()
        except (InvalidSessionIdException, SessionNotCreatedException):
            # The browser is gone: another try would fail too.
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
