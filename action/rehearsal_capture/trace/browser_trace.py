"""The trace of one browser, with what the browser itself tells."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from rehearsal_capture.trace.clock import CLOCK
from rehearsal_capture.trace.session_trace import SessionTrace
from rehearsal_capture.trace.typed_text import TypedText

if TYPE_CHECKING:
    from rehearsal_capture.trace.bidi_browser import BidiBrowser
    from rehearsal_capture.trace.cdp_browser import CdpBrowser
    from rehearsal_capture.trace.connected_browser import Page
    from rehearsal_capture.trace.pages import Pages

# In seconds, from the start of a browser or a change of the window: how long the next step waits
# until the browser tells of that window.
_START = 0.5
_PAUSE = 0.01
# In seconds: how long the end of a test waits for its last picture.
_LAST = 2.0
# Steps after which there is no page to look at, or it has not changed.
_BLIND = frozenset({"newSession", "quit", "close", "addCookie", "deleteCookie", "deleteAllCookies"})
_DIALOGS = frozenset({"w3cAcceptAlert", "w3cDismissAlert"})
_PICTURES = "REHEARSAL_TRACE_PICTURES"


class BrowserTrace:
    """A browser's trace and, while it listens, the connection to the browser."""

    def __init__(self, number: int, capabilities: dict[str, Any], started: float) -> None:
        name = str(capabilities.get("browserName", ""))
        version = str(capabilities.get("browserVersion", ""))
        self.trace = SessionTrace(number, f"{name} {version.partition('.')[0]}".strip())
        self._browser: CdpBrowser | BidiBrowser | None = None
        self._field: TypedText | None = None
        # Until when the next step waits, None if the window is listened to.
        self._deadline: float | None = None
        self.start_test(started)
        options = capabilities.get("goog:chromeOptions")
        address = options.get("debuggerAddress") if isinstance(options, dict) else None
        self._address, self._version = address, version
        self._bidi = capabilities.get("webSocketUrl") if name == "firefox" else None
        profile = capabilities.get("chrome")
        folder = profile.get("userDataDir") if isinstance(profile, dict) else None
        self._profile = folder if isinstance(folder, str) else None

    def start_test(self, started: float) -> None:
        """Begin a test; `started` is in seconds since 1970."""
        self.trace.start_test(round(started * 1000))
        if self._browser is not None:
            self._browser.start_test()

    def follow_windows(self, command: str, params: dict[str, Any]) -> None:
        """Note which window the test uses."""
        if command == "switchToWindow":
            name = str(params.get("handle") or params.get("name") or "")
            # Older drivers write a prefix before the ID of the target.
            name = name[len("CDwindow-") :] if name.startswith("CDwindow-") else name
            self.trace.window = name
            self._deadline = CLOCK.monotonic() + _START

    def listen(self, *, is_retry: bool) -> None:
        """Connect to the browser, if that is possible and not yet done."""
        if isinstance(self._address, str):
            # Most Pythons of the tests start no browser.
            from rehearsal_capture.trace.cdp_browser import CdpBrowser  # noqa: PLC0415

            address, self._address = self._address, None
            self._browser = CdpBrowser(address, self._version, self.trace.add, self._profile)
            self._begin(self._browser)
        elif isinstance(self._bidi, str):
            self._listen_to_firefox(self._bidi)
            self._bidi = None
        if self._browser is not None:
            self._browser.listen_to_requests(enabled=is_retry)

    def _listen_to_firefox(self, address: str) -> None:
        from rehearsal_capture.trace.bidi_browser import ADDRESS, BidiBrowser  # noqa: PLC0415

        if ADDRESS.fullmatch(address):
            self._browser = BidiBrowser(address, self.trace.add)
            self._begin(self._browser)

    def _begin(self, browser: CdpBrowser | BidiBrowser) -> None:
        browser.start()
        self._deadline = CLOCK.monotonic() + _START

    def await_window(self, command: str) -> None:
        """Wait until the window is listened to, so that what a step causes is recorded."""
        if self._browser is not None and self._deadline is not None and command not in _BLIND:
            self._browser.wait_for(self.trace.window, self._deadline)
            self._deadline = None

    def look(self, command: str, step: dict[str, Any], pages: Pages, *, is_retry: bool) -> None:
        """Add to a step what the page looks like shortly after it, without waiting."""
        if self._browser is None or command in _BLIND:
            return
        page = self._browser.page(self.trace.window, self.trace.user_context)
        if page is not None:
            if command in _DIALOGS:
                # The browser will say so, too, but later.
                page.looks.has_dialog = False
            has_time = is_retry or (self._browser.has_pictures and pages.has_time())
            wanted = os.environ.get(_PICTURES) != "off" and has_time
            page.looks.look(step, pages, with_picture=wanted)

    def look_last(self, pages: Pages) -> None:
        """Look once more at the page after the last step, and wait for that: what it became."""
        step, page = self.trace.last_step(), self._last_page()
        if page is not None and step is not None:
            page.looks.look(step, pages, with_picture=os.environ.get(_PICTURES) != "off")
            self.settle(CLOCK.monotonic() + _LAST)

    def look_at_failure(self, pages: Pages) -> None:
        """Look at the page of a test that has just failed, and wait for that.

        There is a screenshot already.
        """
        page = self._last_page()
        if page is not None:
            page.looks.look(self.trace.note_failure(CLOCK.time()), pages, with_picture=False)
            self.settle(CLOCK.monotonic() + _LAST)

    def _last_page(self) -> Page | None:
        """Return the page that the last step led to, as soon as earlier looks at it are answered.

        None if the browser, or the test's user context, has ended: its window is another's then.
        """
        if self._browser is None or self.trace.last_step() is None:
            return None
        self.settle(CLOCK.monotonic() + _LAST)
        page = self._browser.page(self.trace.window, self.trace.user_context)
        is_own = page is not None and self.trace.user_context in (None, page.user_context)
        return page if is_own else None

    def ask_field(self, params: dict[str, Any]) -> None:
        """Ask what kind of field a test is about to type into."""
        page = self._browser and self._browser.page(self.trace.window, self.trace.user_context)
        typed = TypedText(params)
        if page and page.describe_field(params, typed.answer):
            self._field = typed

    def show_typed(self, params: dict[str, Any], step: dict[str, Any]) -> None:
        """Show the typed text in a step as soon as the field is known to hold no secret."""
        typed, self._field = self._field, None
        if typed is not None and typed.is_of(params):
            typed.show_in(step)

    def settle(self, deadline: float) -> None:
        """Wait for what the browser is still to tell, at most until `deadline`."""
        if self._browser is not None:
            while self._browser.is_looking() and CLOCK.monotonic() < deadline:
                time.sleep(_PAUSE)

    def close(self) -> None:
        """End the connection."""
        if self._browser is not None:
            self._browser.close()

    def forget(self) -> None:
        """Drop the connection in a fork."""
        if self._browser is not None:
            self._browser.forget()
