"""One page of Chrome, by CDP."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from rehearsal_capture.trace.cdp_console import CdpConsole
from rehearsal_capture.trace.cdp_requests import CdpRequests
from rehearsal_capture.trace.clock import CLOCK
from rehearsal_capture.trace.hidden import hide_in_address
from rehearsal_capture.trace.page_script import page_script
from rehearsal_capture.trace.pages import Pages

_WORLD = "rehearsal"
# How many looks may be under way: a page that does not answer gets no more.
_MAX_LOOKS = 2
# In seconds: a page that has not answered then is not waited for.
_GIVEN_UP = 2.0
_QUALITY = 50
_SCRIPT = page_script()


class CdpPage:
    """A page, its requests and its console; `send` sends it a command.

    The ID of its target is that of its main frame, too.
    """

    def __init__(
        self,
        target: str,
        user_context: str,
        add: Callable[[dict[str, Any]], None],
        send: Callable[..., None],
    ) -> None:
        self.target = target
        self.user_context = user_context
        self.is_listening = False
        self._send = send
        self._handlers = {**CdpRequests(add, target).handlers, **CdpConsole(add).handlers}
        # When each look began that is not answered.
        self._looks: dict[object, float] = {}
        self._pictured: float | None = None
        self._has_dialog = False
        # The SHA of each style sheet, by its address; None if there is no room for it.
        self._css: dict[str, str | None] = {}

    def listen(self, ready: Callable[[], None]) -> None:
        """Have the page tell what happens; `ready` is called when it does."""
        # It need not keep the bodies of answers.
        few = {"maxTotalBufferSize": 1, "maxResourceBufferSize": 1}
        self._send("Network.enable", few)
        self._send("Page.enable", {})
        self._send("Log.enable", {})

        def listening(_: dict[str, Any]) -> None:
            self.is_listening = True
            ready()

        self._send("Runtime.enable", {}, listening)

    def take(self, method: str, event: dict[str, Any]) -> None:
        """Note an event."""
        if method.startswith("Page.javascriptDialog"):
            self._has_dialog = method.endswith("Opening")
        handler = self._handlers.get(method)
        if handler is not None:
            handler(event)

    def is_looking(self) -> bool:
        """Whether an answer is still to come."""
        started = [*list(self._looks.values()), *filter(None, (self._pictured,))]
        return (
            not self._has_dialog
            and max(started, default=-_GIVEN_UP) + _GIVEN_UP > CLOCK.monotonic()
        )

    def end_dialog(self) -> None:
        """Note that a dialog is closed; the browser will say so, too, but later."""
        self._has_dialog = False

    def describe(self, node: int, answer: Callable[[dict[str, Any]], None]) -> None:
        """Have `answer` called with the description of an element, by its number in DevTools."""
        self._send("DOM.describeNode", {"backendNodeId": node}, answer)

    def start_test(self) -> None:
        """Begin again for another test."""
        self._css = {}
        self._looks = {}
        self._pictured = None

    def look(self, line: dict[str, Any], pages: Pages, *, with_picture: bool) -> None:
        """Add to a line what the page looks like shortly after it; do not wait for that."""
        waiting = [
            each for each in list(self._looks.values()) if each + _GIVEN_UP > CLOCK.monotonic()
        ]
        if self._has_dialog or len(waiting) >= _MAX_LOOKS:
            return
        look, looks = object(), self._looks
        looks[look] = CLOCK.monotonic()
        self._describe(line, pages, lambda: looks.pop(look, None), attempts=2)
        if with_picture and (
            self._pictured is None or self._pictured + _GIVEN_UP < CLOCK.monotonic()
        ):
            self._picture(line, pages)

    def _describe(
        self, line: dict[str, Any], pages: Pages, end: Callable[[], object], *, attempts: int
    ) -> None:
        def described(reply: dict[str, Any]) -> None:
            value = ((reply.get("result") or {}).get("result") or {}).get("value")
            if value is None and attempts > 1:
                # A navigation came between: the new document has a world of its own.
                self._describe(line, pages, end, attempts=attempts - 1)
                return
            if value is not None:
                self._keep(line, pages, value)
            end()

        def evaluate(reply: dict[str, Any]) -> None:
            world = (reply.get("result") or {}).get("executionContextId")
            if world is None:
                described({})
                return
            params = {
                "functionDeclaration": _SCRIPT, "executionContextId": world,
                "arguments": [{"value": list(self._css)}], "returnByValue": True, "silent": True,
            }  # fmt: skip
            self._send("Runtime.callFunctionOn", params, described)

        self._send("Page.createIsolatedWorld", {"frameId": self.target, "worldName": _WORLD},
                   evaluate)  # fmt: skip

    def _keep(self, line: dict[str, Any], pages: Pages, found: dict[str, Any]) -> None:
        line["url"] = hide_in_address(found["url"])
        line["ready"] = found["ready"]
        line["shot"] = round(CLOCK.time() * 1000)
        for address, text in found["sheets"].items():
            self._css[address] = pages.add_css(text) if text else None
        css = [self._css.get(each) for each in found["css"] if isinstance(each, str)]
        sha = pages.add_dom(found["html"], list(filter(None, css)), is_cut=found["cut"])
        if sha is not None:
            line["dom"] = sha

    def _picture(self, line: dict[str, Any], pages: Pages) -> None:
        started = self._pictured = CLOCK.monotonic()

        def taken(reply: dict[str, Any]) -> None:
            self._pictured = None
            data = (reply.get("result") or {}).get("data")
            if data:
                pages.add_picture(line, base64.b64decode(data), CLOCK.monotonic() - started)

        params = {"format": "jpeg", "quality": _QUALITY, "optimizeForSpeed": True}
        self._send("Page.captureScreenshot", params, taken)
