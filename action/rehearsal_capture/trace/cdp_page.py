"""One page of Chrome, by CDP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rehearsal_capture.trace.cdp_console import CdpConsole
from rehearsal_capture.trace.cdp_requests import CdpRequests
from rehearsal_capture.trace.page_looks import PageLooks
from rehearsal_capture.trace.page_script import page_script
from rehearsal_capture.trace.typed_text import backend_node

_WORLD = "rehearsal"
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
        self.looks = PageLooks(self._describe, self._take_picture)
        self._send = send
        self._handlers = {**CdpRequests(add, target).handlers, **CdpConsole(add).handlers}

    def listen(self) -> None:
        """Have the page tell what happens."""
        # It need not keep the bodies of answers.
        few = {"maxTotalBufferSize": 1, "maxResourceBufferSize": 1}
        self._send("Network.enable", few)
        self._send("Page.enable", {})
        self._send("Log.enable", {})

        def listening(_: dict[str, Any]) -> None:
            self.is_listening = True

        self._send("Runtime.enable", {}, listening)

    def take(self, method: str, event: dict[str, Any]) -> None:
        """Note an event."""
        if method.startswith("Page.javascriptDialog"):
            self.looks.has_dialog = method.endswith("Opening")
        handler = self._handlers.get(method)
        if handler is not None:
            handler(event)

    def describe_field(
        self, params: dict[str, Any], answer: Callable[[dict[str, Any]], None]
    ) -> bool:
        """Have `answer` called with the node of a command's element; return whether it will be."""
        number = backend_node(params, self.target)
        if number is None:
            return False

        def described(reply: dict[str, Any]) -> None:
            answer((reply.get("result") or {}).get("node") or {})

        self._send("DOM.describeNode", {"backendNodeId": number}, described)
        return True

    def _describe(
        self, known: dict[str, int], answer: Callable[[dict[str, Any] | None], None]
    ) -> None:
        def described(reply: dict[str, Any]) -> None:
            answer(((reply.get("result") or {}).get("result") or {}).get("value"))

        def evaluate(reply: dict[str, Any]) -> None:
            world = (reply.get("result") or {}).get("executionContextId")
            if world is None:
                answer(None)
                return
            params = {
                "functionDeclaration": _SCRIPT, "executionContextId": world,
                "arguments": [{"value": known}], "returnByValue": True, "silent": True,
            }  # fmt: skip
            self._send("Runtime.callFunctionOn", params, described)

        self._send("Page.createIsolatedWorld", {"frameId": self.target, "worldName": _WORLD},
                   evaluate)  # fmt: skip

    def _take_picture(self, answer: Callable[[str | None], None]) -> None:
        params = {"format": "jpeg", "quality": _QUALITY, "optimizeForSpeed": True}
        self._send("Page.captureScreenshot", params,
                   lambda reply: answer((reply.get("result") or {}).get("data")))  # fmt: skip
