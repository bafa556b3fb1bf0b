"""The class that functional tests derive from."""

import inspect
import os
import time
import unittest
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from selenium.webdriver.remote.webdriver import WebDriver

from rehearsal_testing import junit
from rehearsal_testing.browser import Browser, start_browser
from rehearsal_testing.choice import BrowserChoice
from rehearsal_testing.evidence import EvidenceFolder
from rehearsal_testing.recorder import Recorder
from rehearsal_testing.waiting import wait_until

T = TypeVar("T")


class BrowserTestCase(unittest.TestCase):
    """A test that drives real browsers, each with a profile of its own.

    Works alone, and before another test case class:
    `class NewVisitorTest(BrowserTestCase, StaticLiveServerTestCase)`. Runs under unittest,
    Django's test runner and pytest.

    The environment decides: BROWSER (`chrome` or `firefox`), HEADED (`1` shows the window),
    SELENIUM_REMOTE_URL (a grid), REHEARSAL_EVIDENCE (where a failed test leaves screenshot.png,
    page.html and console.log; `test-evidence/` without it), REHEARSAL_JUNIT (where every test
    leaves its outcome as XML; nowhere without it).
    """

    wait_timeout = 10.0
    """Seconds that `wait_for` waits unless told otherwise."""

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
        ready = partial(condition, self.browser) if _takes_an_argument(condition) else condition
        return wait_until(ready, what, timeout=self.wait_timeout if timeout is None else timeout)

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
        evidence = EvidenceFolder.for_test(self.id(), os.environ)
        evidence.forget()
        recorder = Recorder(result, self, partial(self._keep, evidence))
        started, clock = datetime.now(UTC), time.perf_counter()
        try:
            run(recorder)
        except BaseException as error:
            # Ctrl-C, or pytest's way out: it was this test that ran.
            recorder.saw_error(error)
            raise
        finally:
            self._write_junit(recorder, evidence, started, time.perf_counter() - clock)
        return result

    def _keep(self, evidence: EvidenceFolder, failure: int, error: BaseException) -> None:
        if self._browsers():
            evidence.keep(self._browsers(), failure=failure)
            error.add_note(f"What the browser showed is kept in {evidence.path}")

    def _write_junit(
        self, recorder: Recorder, evidence: EvidenceFolder, started: datetime, seconds: float
    ) -> None:
        folder = os.environ.get("REHEARSAL_JUNIT")
        if not folder:
            return
        file, line = _where(self)
        junit.write(
            junit.Outcome(
                classname=f"{type(self).__module__}.{type(self).__qualname__}",
                name=self._testMethodName,
                file=file,
                line=line,
                started=started,
                seconds=seconds,
                problems=recorder.problems,
                skipped=recorder.skipped,
                evidence=evidence.path.name if evidence.path.exists() else None,
            ),
            Path(folder),
        )

    def _browsers(self) -> list[Browser]:
        # Made when needed, so that a subclass may define __init__ and setUp as it likes.
        browsers: list[Browser] = self.__dict__.setdefault("_running_browsers", [])
        return browsers

    def _close(self, browser: Browser) -> None:
        self._browsers().remove(browser)
        browser.close()


def _takes_an_argument(condition: Callable[..., object]) -> bool:
    needed = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return any(
        parameter.kind in needed and parameter.default is inspect.Parameter.empty
        for parameter in inspect.signature(condition).parameters.values()
    )


def _where(test: unittest.TestCase) -> tuple[str, int]:
    """Return file and line of the test method, from the working directory where it is below."""
    code = inspect.unwrap(getattr(type(test), test._testMethodName)).__code__  # noqa: SLF001
    file = Path(code.co_filename)
    if file.is_relative_to(Path.cwd()):
        file = file.relative_to(Path.cwd())
    return str(file), code.co_firstlineno
