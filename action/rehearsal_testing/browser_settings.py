"""Read from the environment which browser to start, and how."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rehearsal_testing.errors import BrowserSettingsError

BrowserName = Literal["chrome", "firefox"]
_BROWSERS: dict[str, BrowserName] = {"chrome": "chrome", "firefox": "firefox"}
_FALSE_VALUES = {"", "0", "false", "no", "off"}


@dataclass(frozen=True, kw_only=True)
class BrowserSettings:
    """One browser, as BROWSER, HEADED and SELENIUM_REMOTE_URL describe it.

    With `ipv4_localhost`, localhost is 127.0.0.1 only: a rehearsal publishes the app's port there.
    With `shared`, each test gets a user context of the browser, by WebDriver BiDi.
    """

    name: BrowserName = "chrome"
    headed: bool = False
    remote_url: str | None = None
    ipv4_localhost: bool = False
    shared: bool = False

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "BrowserSettings":
        """Read the settings; the default is headless Chrome on this machine.

        Raises BrowserSettingsError if BROWSER is neither chrome nor firefox, or if HEADED asks
        for a visible window and there is no display.
        """
        browser = environ.get("BROWSER", "").strip()
        name = _BROWSERS.get(browser.lower() or "chrome")
        if name is None:
            allowed = ", ".join(_BROWSERS)
            raise BrowserSettingsError(
                f"BROWSER is {browser!r}. Allowed: {allowed}. Without it, chrome is used."
            )
        headed = environ.get("HEADED", "").strip().lower() not in _FALSE_VALUES
        remote_url = environ.get("SELENIUM_REMOTE_URL", "").strip() or None
        if headed and not remote_url and not _has_display(environ):
            raise BrowserSettingsError(
                f"HEADED={environ['HEADED']} asks for a visible window, but neither DISPLAY nor "
                "WAYLAND_DISPLAY is set. Unset HEADED, or run it on a desktop (or under xvfb-run)."
            )
        ipv4 = "REHEARSAL_URL" in environ
        return cls(name=name, headed=headed, remote_url=remote_url, ipv4_localhost=ipv4)


def _has_display(environ: Mapping[str, str]) -> bool:
    return sys.platform != "linux" or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))
