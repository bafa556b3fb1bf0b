"""Which browser the environment asks for."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rehearsal_testing.errors import BrowserSettingsError

BrowserName = Literal["chrome", "firefox"]
_NAMES: dict[str, BrowserName] = {"chrome": "chrome", "firefox": "firefox"}
_NO = {"", "0", "false", "no", "off"}


@dataclass(frozen=True, kw_only=True)
class BrowserChoice:
    """One browser, as BROWSER, HEADED and SELENIUM_REMOTE_URL describe it.

    With `ipv4` localhost is 127.0.0.1 and nothing else: there a rehearsal publishes the app's port.
    """

    name: BrowserName = "chrome"
    headed: bool = False
    remote_url: str | None = None
    ipv4: bool = False

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "BrowserChoice":
        """Read the choice; what is not set is headless Chrome on this machine.

        Raises BrowserSettingsError where BROWSER names no browser we know, or where a visible
        window is asked for and there is no display to show it on.
        """
        asked = environ.get("BROWSER", "").strip()
        name = _NAMES.get(asked.lower() or "chrome")
        if name is None:
            raise BrowserSettingsError(
                f"BROWSER is {asked!r}. Allowed: {', '.join(_NAMES)}. Without it, chrome is used."
            )
        headed = environ.get("HEADED", "").strip().lower() not in _NO
        remote_url = environ.get("SELENIUM_REMOTE_URL", "").strip() or None
        if headed and not remote_url and not _has_display(environ):
            raise BrowserSettingsError(
                f"HEADED={environ['HEADED']} asks for a visible window, but neither DISPLAY nor "
                "WAYLAND_DISPLAY is set. Unset HEADED, or run it on a desktop (or under xvfb-run)."
            )
        ipv4 = "REHEARSAL_URL" in environ
        return cls(name=name, headed=headed, remote_url=remote_url, ipv4=ipv4)


def _has_display(environ: Mapping[str, str]) -> bool:
    return sys.platform != "linux" or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))
