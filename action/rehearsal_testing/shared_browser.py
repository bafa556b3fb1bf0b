"""A browser that several tests share, each in its own user context."""

import contextlib
import shutil
from dataclasses import dataclass, replace
from typing import Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver

from rehearsal_capture.trace.recorder import RECORDER
from rehearsal_testing.bidi import prepare_bidi, send_bidi
from rehearsal_testing.browser import Browser
from rehearsal_testing.context_driver import ContextDriver, context_driver
from rehearsal_testing.firefox_cookies import FirefoxCookies


@dataclass(frozen=True, kw_only=True)
class SharedBrowser:
    """A shared browser, and its state before the first test."""

    browser: Browser
    first_window: str
    window_rect: dict[str, int]
    timeouts: Any
    client_config: dict[str, Any]

    # The preparation of a test is not part of its trace.
    @classmethod
    @RECORDER.paused()
    def of(cls, browser: Browser) -> "SharedBrowser":
        """Return a shared browser for one that has just started.

        Raises WebDriverException if it does not know WebDriver BiDi.
        """
        driver = browser.driver
        prepare_bidi(driver)
        if not isinstance(driver.capabilities.get("webSocketUrl"), str):
            raise WebDriverException("the browser or its driver does not know WebDriver BiDi")
        return cls(
            browser=browser,
            first_window=driver.current_window_handle,
            window_rect=driver.get_window_rect(),
            timeouts=driver.execute(Command.GET_TIMEOUTS)["value"],
            client_config=_client_config(driver),
        )

    @RECORDER.paused()
    def open_context(self) -> Browser:
        """Return a browser for one test: a new user context of this one.

        Raises an exception of any kind if this browser has crashed or does not answer.
        """
        driver = self.browser.driver
        if isinstance(driver.command_executor, RemoteConnection):
            vars(driver.command_executor.client_config).update(self.client_config)
        user_context = send_bidi(driver, "browser.createUserContext", {})["userContext"]
        self._empty_downloads(user_context)
        window = self._open_window(user_context, "window" if self._is_chrome else "tab")
        RECORDER.use_context(driver.session_id, user_context)
        driver.switch_to.window(window)
        driver.set_window_rect(**self.window_rect)
        # Selenium's own setter leaves out time-outs of 0.
        driver.execute(Command.SET_TIMEOUTS, dict(self.timeouts))
        self.browser.console.start_again()
        return replace(
            self.browser,
            driver=context_driver(
                driver,
                user_context=user_context,
                hidden_windows=frozenset({self.first_window}),
                open_window=lambda kind: self._open_window(user_context, kind),
                cookies=None if self._is_chrome else self._cookies(user_context),
                end_context=lambda: self._end_context(user_context),
            ),
        )

    @RECORDER.paused()
    def is_reusable(self, driver: ContextDriver) -> bool:
        """End the user context of `driver`; return whether the next test may use this browser."""
        with contextlib.suppress(Exception):
            driver.quit()
            return not driver.changed and self.browser.driver.window_handles == [self.first_window]
        return False

    @property
    def _is_chrome(self) -> bool:
        return self.browser.driver.capabilities.get("browserName") != "firefox"

    def _empty_downloads(self, user_context: str) -> None:
        if self.browser.workspace is None:
            return
        downloads = self.browser.workspace.downloads
        shutil.rmtree(downloads, ignore_errors=True)
        if self._is_chrome:
            # Chrome's preference applies only to the default context.
            behavior = {"type": "allowed", "destinationFolder": str(downloads)}
            parameters = {"downloadBehavior": behavior, "userContexts": [user_context]}
            send_bidi(self.browser.driver, "browser.setDownloadBehavior", parameters)

    def _open_window(self, user_context: str, kind: str) -> str:
        parameters = {"type": kind, "userContext": user_context}
        return str(send_bidi(self.browser.driver, "browsingContext.create", parameters)["context"])

    def _cookies(self, user_context: str) -> FirefoxCookies:
        driver = self.browser.driver
        return FirefoxCookies(
            user_context,
            send=lambda method, parameters: send_bidi(driver, method, parameters),
            address=lambda: str(driver.execute_script("return document.URL")),
        )

    def _end_context(self, user_context: str) -> None:
        driver = self.browser.driver
        # If the browser hangs, this fails after 20 s; a classic command would wait two minutes.
        send_bidi(driver, "browser.getUserContexts", {})
        # The test may have closed its window, or left a dialog open in it.
        driver.switch_to.window(self.first_window)
        # Release the keys that the test has not released.
        driver.execute(Command.W3C_CLEAR_ACTIONS)
        send_bidi(driver, "browser.removeUserContext", {"userContext": user_context})


def _client_config(driver: WebDriver) -> dict[str, Any]:
    executor = driver.command_executor
    return dict(vars(executor.client_config)) if isinstance(executor, RemoteConnection) else {}
