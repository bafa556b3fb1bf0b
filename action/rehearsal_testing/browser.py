"""Start a browser, and end it so that nothing of it is left."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, Firefox, Remote
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver
from urllib3.exceptions import HTTPError

from rehearsal_testing.browser_console import Console
from rehearsal_testing.browser_settings import BrowserChoice
from rehearsal_testing.browser_workspace import Lair
from rehearsal_testing.chrome import chrome_options, start_chrome
from rehearsal_testing.executables import find_programs
from rehearsal_testing.firefox import firefox_options, start_firefox


@dataclass(frozen=True, kw_only=True)
class Browser:
    """A running browser, its console so far, and the lair that ends with it."""

    driver: WebDriver
    console: Console
    lair: Lair | None

    def close(self) -> None:
        """End it. One that is gone already is fine."""
        if self.lair is None:
            # Whoever runs the grid ends a session that nobody uses.
            with contextlib.suppress(WebDriverException, HTTPError, OSError):
                self.driver.quit()
            return
        self.lair.clear()
        if isinstance(self.driver.command_executor, RemoteConnection):
            self.driver.command_executor.close()  # type: ignore[no-untyped-call]
        if isinstance(self.driver, Chrome | Firefox):
            # Reaped first: of a driver that seems alive, Selenium would ask that it shuts down.
            self.driver.service.process.kill()
            self.driver.service.process.wait()
            self.driver.service.stop()


def start_browser(choice: BrowserChoice, environ: Mapping[str, str]) -> Browser:
    """Start the chosen browser with a fresh profile, its window 1024 by 768 pixels.

    Raises BrowserMissingError where the machine lacks it or its driver, and Selenium's
    WebDriverException where it does not start.
    """
    driver: WebDriver
    if choice.remote_url is not None:
        options = chrome_options(choice) if choice.name == "chrome" else firefox_options(choice)
        driver = Remote(command_executor=choice.remote_url, options=options)
        return Browser(driver=driver, console=Console.of(driver), lair=None)
    programs = find_programs(choice.name, environ)
    start = start_chrome if choice.name == "chrome" else start_firefox
    lair = Lair.make()
    try:
        driver = start(choice, programs, lair, environ)
        return Browser(driver=driver, console=Console.of(driver), lair=lair)
    except BaseException:
        lair.clear()
        raise
