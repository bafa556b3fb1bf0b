"""The base class for functional tests."""

import inspect
import os
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from selenium.webdriver.remote.webdriver import WebDriver

from rehearsal_capture.selenium_sessions import forget
from rehearsal_testing.attempt_record import relative_path
from rehearsal_testing.browser import Browser, start_browser
from rehearsal_testing.browser_pool import BROWSER_POOL
from rehearsal_testing.browser_settings import BrowserSettings
from rehearsal_testing.class_fixtures import record_class_fixtures
from rehearsal_testing.junit import Case
from rehearsal_testing.recording_result import RecordingResult
from rehearsal_testing.retry_loop import EARLIER_ATTEMPTS, run_with_retries
from rehearsal_testing.retry_policy import retries_allowed
from rehearsal_testing.shard_filter import SHARD_FILTER
from rehearsal_testing.waiting import TIMEOUT_SECONDS, bind_browser, wait_until

T = TypeVar("T")


class BrowserTestCase(unittest.TestCase):
    """A test that drives real browsers, each with its own profile.

    It also works before another test case class:
    `class NewVisitorTest(BrowserTestCase, StaticLiveServerTestCase)`. Runs under unittest,
    Django's test runner and pytest.

    Environment variables: BROWSER (`chrome` or `firefox`), HEADED (`1` shows the window),
    SELENIUM_REMOTE_URL (a grid), REHEARSAL_EVIDENCE (the folder for screenshot.png, page.html,
    address.txt and console.log of a failed test; default `test-evidence/`), REHEARSAL_JUNIT (the
    folder for the outcome of each test as XML; none by default), REHEARSAL_RETRIES (how often a
    failed test runs again), REHEARSAL_SHARD (`1/4`: the first of four parts of the tests).
    """

    wait_timeout = TIMEOUT_SECONDS
    """The default time-out of `wait_for`, in seconds."""

    shared_browser = False
    """Whether the tests share a browser; each gets a new user context, not a new browser."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # An invalid variable is an error before any test runs, not in the middle.
        retries_allowed(os.environ)
        self._register()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        record_class_fixtures(cls)

    @property
    def browser(self) -> WebDriver:
        """The test's first browser; it starts when it is first used."""
        if "_first_browser" not in self.__dict__:
            self._first_browser = self.new_browser()
        return self._first_browser

    @browser.setter
    def browser(self, driver: WebDriver) -> None:
        """Adopt a driver that the test has started: its evidence is kept, and the test ends it."""
        browsers, earlier = self._open_browsers(), self.__dict__.get("_first_browser")
        browsers[:] = (each for each in browsers if each.driver is not earlier)
        self._first_browser = driver
        forget(driver.session_id)
        browsers.append(Browser.adopt(driver))

    def new_browser(self) -> WebDriver:
        """Start one more browser, with its own profile."""
        settings = BrowserSettings.from_environ(os.environ)
        # A retry must not fail again for what another test has left.
        if self.shared_browser and not self.__dict__.get(EARLIER_ATTEMPTS):
            browser = BROWSER_POOL.take(settings, os.environ)
        else:
            browser = start_browser(settings, os.environ)
        self._open_browsers().append(browser)
        self.addCleanup(self._close_browser, browser)
        return browser.driver

    def wait_for(
        self,
        condition: Callable[..., T],
        what: str,
        timeout: float | None = None,
    ) -> T:
        """Wait until `condition` holds, as `wait_until` does, and return its value.

        It takes no argument, or the test's first browser, as Selenium's own conditions do.
        """
        ready = bind_browser(condition, lambda: self.browser)
        return wait_until(ready, what, timeout=self.wait_timeout if timeout is None else timeout)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what cannot be pickled: Django sends tests and sub-tests to other processes."""
        state: Any = super().__getstate__()
        browsers = ("_first_browser", "_running_browsers")
        picklable = {name: value for name, value in state.items() if name not in browsers}
        return picklable | {"_outcome": None, "_subtest": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._register()

    def __call__(self, *args: Any, **kwds: Any) -> Any:
        # Django sets up and tears down a test in its own `__call__`, around `run`.
        return self._run_recorded(super().__call__, *args, **kwds)

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        recorded: unittest.TestResult | None = self._run_recorded(super().run, result)
        return recorded

    def _run_recorded(self, run: Callable[[Any], Any], result: Any = None) -> Any:
        if isinstance(result, RecordingResult):
            if not self._open_browsers():
                # A subclass may call `run` twice. The first call closed its browser.
                self.__dict__.pop("_first_browser", None)
            return run(result)
        result = self.defaultTestResult() if result is None else result
        case = _case_of(self)
        if SHARD_FILTER.selects(case.id):
            run_with_retries(self, case, run, result, self._open_browsers)
        else:
            SHARD_FILTER.skip(case, self, result)
        return result

    def _register(self) -> None:
        if hasattr(self, self._testMethodName):
            SHARD_FILTER.register(_case_of(self))

    def _open_browsers(self) -> list[Browser]:
        # Created when needed: the setUp of a subclass need not call ours.
        browsers: list[Browser] = self.__dict__.setdefault("_running_browsers", [])
        return browsers

    def _close_browser(self, browser: Browser) -> None:
        self._open_browsers().remove(browser)
        browser.close()


def _case_of(test: unittest.TestCase) -> Case:
    method = test._testMethodName  # noqa: SLF001
    code = inspect.unwrap(getattr(type(test), method)).__code__
    return Case(
        classname=f"{type(test).__module__}.{type(test).__qualname__}",
        name=method,
        file=relative_path(Path(code.co_filename)),
        line=code.co_firstlineno,
    )
