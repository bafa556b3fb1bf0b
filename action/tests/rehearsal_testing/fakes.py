"""A stand-in for a browser, so that no real one is needed."""

from dataclasses import dataclass, field
from typing import Any, cast

from selenium.common.exceptions import NoAlertPresentException
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.webdriver import WebDriver

from rehearsal_testing.browser import Browser
from rehearsal_testing.browser_console import BrowserConsole


@dataclass
class FakeDriver:
    page_source: str = "<p>page</p>"
    current_url: str = "http://localhost/"
    screenshots: list[bytes | Exception] = field(default_factory=lambda: [b"png"])
    log: list[dict[str, Any]] = field(default_factory=list)
    capabilities: dict[str, Any] = field(default_factory=lambda: {"browserName": "chrome"})
    dialogs: list[str] = field(default_factory=list)
    has_quit: bool = False

    def get_screenshot_as_png(self) -> bytes:
        shot = self.screenshots.pop(0) if len(self.screenshots) > 1 else self.screenshots[0]
        if isinstance(shot, Exception):
            raise shot
        return shot

    def execute(self, command: str, _params: dict[str, Any] | None = None) -> dict[str, Any]:
        if command == Command.W3C_GET_ALERT_TEXT:
            if not self.dialogs:
                raise NoAlertPresentException
            return {"value": self.dialogs[0]}
        if command == Command.W3C_DISMISS_ALERT:
            return {"value": self.dialogs.pop(0)}
        assert command == Command.GET_LOG
        # As chromedriver does: it returns each message once.
        log, self.log = self.log, []
        return {"value": log}

    def quit(self) -> None:
        self.has_quit = True


def fake_browser(driver: FakeDriver) -> Browser:
    as_driver = cast("WebDriver", driver)
    return Browser(driver=as_driver, console=BrowserConsole.connect(as_driver), workspace=None)


EVIDENCE = ["address.txt", "console.log", "page.html", "screenshot.png"]


def evidence_and(suffix: str) -> list[str]:
    """Return the names of evidence files, without and with `suffix`."""
    return sorted([*EVIDENCE, *(name.replace(".", f"-{suffix}.") for name in EVIDENCE)])
