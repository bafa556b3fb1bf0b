"""The class that functional tests derive from."""

import inspect
import os
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from selenium.webdriver.remote.webdriver import WebDriver

from rehearsal_testing.attempt_record import seen_from_here
from rehearsal_testing.browser import Browser, start_browser
from rehearsal_testing.browser_settings import BrowserChoice
from rehearsal_testing.class_fixtures import record_class_steps
from rehearsal_testing.junit import Case
from rehearsal_testing.recording_result import Recorder
from rehearsal_testing.retry_loop import attempt
from rehearsal_testing.retry_policy import retries_allowed
from rehearsal_testing.shard_filter import PART
from rehearsal_testing.waiting import TIMEOUT_SECONDS, given, wait_until

T = TypeVar("T")


class BrowserTestCase(unittest.TestCase):
    """A test that drives real browsers, each with a profile of its own.

    Works alone, and before another test case class:
    `class NewVisitorTest(BrowserTestCase, StaticLiveServerTestCase)`. Runs under unittest,
    Django's test runner and pytest.

    The environment decides: BROWSER (`chrome` or `firefox`), HEADED (`1` shows the window),
    SELENIUM_REMOTE_URL (a grid), REHEARSAL_EVIDENCE (where a failed test leaves screenshot.png,
    page.html, address.txt, console.log; `test-evidence/` without it), REHEARSAL_JUNIT (where a test
    leaves its outcome as XML; nowhere without it), REHEARSAL_RETRIES (how often a failed test is
    run again), REHEARSAL_SHARD (`1/4`: the first of four parts of the tests).
    """

    wait_timeout = TIMEOUT_SECONDS
    """Seconds that `wait_for` waits unless told otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Before anything has started: none of what was asked for is left undone half-way.
        retries_allowed(os.environ)
        self._enter()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        record_class_steps(cls)

    @property
    def browser(self) -> WebDriver:
        """The test's first browser; it starts when it is first asked for."""
        if "_first_browser" not in self.__dict__:
            self._first_browser = self.new_browser()
        return self._first_browser

    def new_browser(self) -> WebDriver:
        """Start a browser for one more visitor, who shares nothing with the others."""
        browser = start_browser(BrowserChoice.from_environ(os.environ), os.environ)
        self._browsers().append(browser)
        self.addCleanup(self._close, browser)
        return browser.driver

    def wait_for(
        self,
        condition: Callable[..., T],
        what: str,
        timeout: float | None = None,
    ) -> T:
        """Wait until `condition` holds, see `wait_until`, and return what it returned.

        It takes nothing, or the test's first browser, as Selenium's expected conditions do.
        """
        ready = given(condition, lambda: self.browser)
        return wait_until(ready, what, timeout=self.wait_timeout if timeout is None else timeout)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what no other process can have: Django hands tests, and sub-tests, over."""
        state: Any = super().__getstate__()
        here = ("_first_browser", "_running_browsers")
        kept = {name: value for name, value in state.items() if name not in here}
        return kept | {"_outcome": None, "_subtest": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._enter()

    def __call__(self, *args: Any, **kwds: Any) -> Any:
        # Around everything, Django's own set-up and tear-down of a test included.
        return self._recorded(super().__call__, *args, **kwds)

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        recorded: unittest.TestResult | None = self._recorded(super().run, result)
        return recorded

    def _recorded(self, run: Callable[[Any], Any], result: Any = None) -> Any:
        if isinstance(result, Recorder):
            return run(result)
        result = self.defaultTestResult() if result is None else result
        case = _case(self)
        if PART.holds(case.id):
            attempt(self, case, run, result, self._browsers)
        else:
            PART.leave(case, self, result)
        return result

    def _enter(self) -> None:
        if hasattr(self, self._testMethodName):
            PART.enter(_case(self))

    def _browsers(self) -> list[Browser]:
        # Made when needed, so that a subclass may define __init__ and setUp as it likes.
        browsers: list[Browser] = self.__dict__.setdefault("_running_browsers", [])
        return browsers

    def _close(self, browser: Browser) -> None:
        self._browsers().remove(browser)
        browser.close()


def _case(test: unittest.TestCase) -> Case:
    method = test._testMethodName  # noqa: SLF001
    code = inspect.unwrap(getattr(type(test), method)).__code__
    return Case(
        classname=f"{type(test).__module__}.{type(test).__qualname__}",
        name=method,
        file=seen_from_here(Path(code.co_filename)),
        line=code.co_firstlineno,
    )
