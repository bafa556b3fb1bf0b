"""Start and close a browser."""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, Firefox, Remote
from selenium.webdriver.chrome.service import Service as ChromeService
from selenium.webdriver.firefox.service import Service as FirefoxService
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver
from urllib3.exceptions import HTTPError

from rehearsal_capture.selenium_sessions import forget
from rehearsal_testing.browser_console import BrowserConsole
from rehearsal_testing.browser_options import chrome_options, firefox_options
from rehearsal_testing.browser_settings import BrowserSettings
from rehearsal_testing.browser_workspace import BrowserWorkspace
from rehearsal_testing.executables import Executables, find_executables


@dataclass(frozen=True, kw_only=True)
class Browser:
    """A running browser and its console; `workspace` is None if it runs on another machine.

    For a shared browser, `close` calls `give_back` and does not end the browser.
    """

    driver: WebDriver
    console: BrowserConsole
    workspace: BrowserWorkspace | None
    give_back: Callable[[], None] | None = None

    @classmethod
    def adopt(cls, driver: WebDriver) -> "Browser":
        """Return a browser that somebody else has started, and ends."""
        is_chrome = driver.capabilities.get("browserName") != "firefox"
        # Firefox's console needs handlers that were there from the start.
        console = BrowserConsole.connect(driver) if is_chrome else BrowserConsole()
        return cls(driver=driver, console=console, workspace=None)

    def close(self) -> None:
        """End the browser, or the remote session; it may have ended already."""
        if self.give_back is not None:
            self.give_back()
            return
        if self.workspace is None:
            # If this fails, the grid ends a session that nobody uses.
            with contextlib.suppress(WebDriverException, HTTPError, OSError):
                self.driver.quit()
            return
        self.workspace.close()
        if isinstance(self.driver.command_executor, RemoteConnection):
            self.driver.command_executor.close()  # type: ignore[no-untyped-call]
        if isinstance(self.driver, Chrome | Firefox):
            # Wait for the driver first: Selenium asks one that seems alive to shut down.
            self.driver.service.process.kill()
            self.driver.service.process.wait()
            self.driver.service.stop()


def start_browser(settings: BrowserSettings, environ: Mapping[str, str]) -> Browser:
    """Start a browser with a new profile and a window of 1024 by 768 pixels.

    Raises BrowserMissingError if the browser or its driver is not installed, and Selenium's
    WebDriverException if it does not start.
    """
    browser = _start(settings, environ)
    # Its evidence is kept here.
    forget(browser.driver.session_id)
    return browser


def _start(settings: BrowserSettings, environ: Mapping[str, str]) -> Browser:
    driver: WebDriver
    if settings.remote_url is not None:
        options = (chrome_options if settings.name == "chrome" else firefox_options)(settings)
        driver = Remote(command_executor=settings.remote_url, options=options)
        return Browser(driver=driver, console=BrowserConsole.connect(driver), workspace=None)
    executables = find_executables(settings.name, environ)
    workspace = BrowserWorkspace.create()
    try:
        driver = _start_local(settings, executables, workspace, environ)
        return Browser(driver=driver, console=BrowserConsole.connect(driver), workspace=workspace)
    except BaseException:
        workspace.close()
        raise


def _start_local(
    settings: BrowserSettings,
    executables: Executables,
    workspace: BrowserWorkspace,
    environ: Mapping[str, str],
) -> Chrome | Firefox:
    arguments = workspace.service_arguments(environ, executables.driver)
    if settings.name == "chrome":
        chrome = chrome_options(settings, workspace)
        chrome.binary_location = str(executables.browser)
        return Chrome(options=chrome, service=ChromeService(**arguments))
    firefox = firefox_options(settings, workspace)
    firefox.binary_location = str(executables.browser)
    return Firefox(options=firefox, service=FirefoxService(**arguments))
