"""Keep the browsers of this process from test to test."""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from multiprocessing import util as multiprocessing_util
from typing import cast

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, Firefox
from urllib3.exceptions import HTTPError
from websocket import WebSocketException

from rehearsal_testing.browser import Browser, start_browser
from rehearsal_testing.browser_settings import BrowserSettings
from rehearsal_testing.context_driver import ContextDriver
from rehearsal_testing.retry_loop import print_message
from rehearsal_testing.shared_browser import SharedBrowser

# A browser's behaviour depends on these, and on variables whose names end with _proxy.
_VARIABLES = (
    "CHROME_BIN",
    "FIREFOX_BIN",
    "SE_CHROMEDRIVER",
    "SE_GECKODRIVER",
    "PATH",
    "DISPLAY",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "TZ",
)
# How many idle browsers of one kind are kept. On a Grid, others may wait for a session.
_MAX_IDLE, _MAX_IDLE_REMOTE = 2, 1


class BrowserPool:
    """Gives each test a user context of an idle browser, or starts a browser if none is idle.

    A browser belongs to one test at a time. If a test takes two browsers, it gets two sessions,
    which it can use in turns or in two threads. A second session in the same Chrome would not do:
    each session attaches to all pages, so it waits for the dialogs of the other, and both read the
    console of both.
    """

    def __init__(self, start: Callable[..., Browser], say: Callable[[str], None]) -> None:
        self._start = start
        self._say = say
        self._idle: dict[object, list[SharedBrowser]] = {}
        self._lent: list[SharedBrowser] = []
        self._without_contexts: set[object] = set()
        self._inherited: list[SharedBrowser] = []
        self._process: int | None = None

    def take(self, settings: BrowserSettings, environ: Mapping[str, str]) -> Browser:
        """Return a new user context of a browser, or a new browser if user contexts do not work.

        Raises what `start_browser` raises.
        """
        self._end_with_process()
        kind = _kind_of(settings, environ)
        if kind in self._without_contexts:
            return self._start(settings, environ)
        while idle := self._idle.get(kind):
            shared = idle.pop()
            with contextlib.suppress(Exception), _closed_on_error(shared.browser):
                return self._lend(shared, kind)
        return self._lend_new(settings, environ, kind)

    def close(self) -> None:
        """End all browsers, also those that a test still uses."""
        browsers = [shared.browser for shared in self._drop_all()]
        for browser in browsers:
            if browser.workspace is not None:
                browser.workspace.begin_close()
        for browser in browsers:
            browser.close()

    def forget(self) -> None:
        """Drop all browsers after a fork without ending them: they are the parent process's."""
        # Keep a reference: Selenium ends the driver when its object is collected.
        self._inherited += self._drop_all()
        for shared in self._inherited:
            _disown(shared.browser)

    def _lend_new(
        self, settings: BrowserSettings, environ: Mapping[str, str], kind: object
    ) -> Browser:
        try:
            browser = self._start(replace(settings, shared=True), environ)
            with _closed_on_error(browser):
                return self._lend(SharedBrowser.of(browser), kind)
        except (WebDriverException, WebSocketException, HTTPError, OSError) as error:
            return self._start_own(settings, environ, kind, error)

    def _start_own(
        self,
        settings: BrowserSettings,
        environ: Mapping[str, str],
        kind: object,
        error: Exception,
    ) -> Browser:
        browser = self._start(settings, environ)
        self._without_contexts.add(kind)
        why = (getattr(error, "msg", None) or str(error)).partition("\n")[0]
        self._say(
            f"{settings.name} cannot be shared, so each test starts a browser of its own: {why}"
        )
        return browser

    def _lend(self, shared: SharedBrowser, kind: object) -> Browser:
        lent = shared.open_context()
        self._lent.append(shared)
        return replace(lent, give_back=lambda: self._take_back(shared, kind, lent))

    def _take_back(self, shared: SharedBrowser, kind: object, lent: Browser) -> None:
        if shared not in self._lent:
            return
        self._lent.remove(shared)
        idle = self._idle.setdefault(kind, [])
        limit = _MAX_IDLE if shared.browser.workspace else _MAX_IDLE_REMOTE
        # A time limit of the test may end it here, and nobody else knows this browser now.
        with _closed_on_error(shared.browser):
            is_kept = len(idle) < limit and shared.is_reusable(cast("ContextDriver", lent.driver))
        if is_kept:
            idle.append(shared)
        else:
            shared.browser.close()

    def _drop_all(self) -> list[SharedBrowser]:
        dropped = [*self._lent, *(each for idle in self._idle.values() for each in idle)]
        self._lent.clear()
        self._idle.clear()
        return dropped

    def _end_with_process(self) -> None:
        if self._process == os.getpid():
            return
        if self._process is None:
            os.register_at_fork(after_in_child=self.forget)
        self._process = os.getpid()
        # Unlike atexit, this also runs at the end of a process of multiprocessing.
        multiprocessing_util.Finalize(None, self.close, exitpriority=1)


@contextlib.contextmanager
def _closed_on_error(browser: Browser) -> Iterator[None]:
    try:
        yield
    except BaseException:
        browser.close()
        raise


def _kind_of(settings: BrowserSettings, environ: Mapping[str, str]) -> object:
    names = [*_VARIABLES, *(name for name in environ if name.lower().endswith("_proxy"))]
    return settings, tuple((name, environ.get(name)) for name in sorted(names))


def _disown(browser: Browser) -> None:
    """Make sure that only the parent process ends the browser."""
    # With a return code, Python and Selenium regard the process as ended.
    if isinstance(browser.driver, Chrome | Firefox):
        browser.driver.service.process.returncode = 0
    if browser.workspace is not None:
        browser.workspace.cleanup.returncode = 0
        # The browser ends only when the parent has closed its end of the pipe, too.
        browser.workspace.begin_close()


BROWSER_POOL = BrowserPool(start_browser, print_message)
"""The browsers of this process."""
