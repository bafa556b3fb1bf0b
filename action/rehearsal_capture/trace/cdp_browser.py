"""Listen to Chrome by CDP: requests, console, and what its pages look like after a step.

It has a connection of its own, straight to the browser: the driver and the test see nothing of it.
It never pauses a page. A browser that has gone, or does not answer, is quiet.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from rehearsal_capture.trace.cdp_address import find_websocket
from rehearsal_capture.trace.cdp_page import CdpPage
from rehearsal_capture.trace.connected_browser import ConnectedBrowser
from rehearsal_capture.trace.connection import Connection
from rehearsal_capture.trace.windows import Windows

# Events that come often and are not read.
_SKIPPED = (
    b'{"method":"Network.dataReceived"', b'{"method":"Network.requestWillBeSentExtraInfo"',
    b'{"method":"Network.responseReceivedExtraInfo"',
    b'{"method":"Network.resourceChangedPriority"',
    b'{"method":"Network.webSocketFrame', b'{"method":"Network.eventSourceMessage',
)  # fmt: skip


class CdpBrowser(ConnectedBrowser[CdpPage]):
    """A connection to one browser, with a thread of its own that ends with the browser.

    `add` gets each line, with the user context of its page. `profile` is the folder of the
    browser's profile, by which it is told from another one on the same port.
    """

    has_pictures = True

    def __init__(
        self,
        address: str,
        version: str,
        add: Callable[[str, dict[str, Any]], None],
        profile: str | None = None,
    ) -> None:
        self._add = add
        self._windows = Windows(add)
        super().__init__(Connection(
            lambda: find_websocket(address, version, profile),
            self._listen, self._take, skipped=_SKIPPED,
        ))  # fmt: skip
        self._by_session: dict[str, CdpPage] = {}

    def wait_for(self, target: str | None, deadline: float) -> None:
        """Wait until a window, or any, is listened to, at most until `deadline`."""
        self._connection.wait(lambda: self._is_listening(target), deadline)

    def _is_listening(self, target: str | None) -> bool:
        pages = list(self._pages.values()) if target is None else [self._pages.get(target)]
        return any(each is not None and each.is_listening for each in pages)

    def listen_to_requests(self, *, enabled: bool) -> None:
        """Do nothing: Chrome always reports requests."""

    def _listen(self) -> None:
        pages = [{"type": "page", "exclude": False}, {"exclude": True}]
        # All windows that there are come before its answer.
        self._connection.send("Target.setDiscoverTargets", {"discover": True, "filter": pages},
                              lambda _: self._windows.start())  # fmt: skip

    def _take(self, message: dict[str, Any]) -> None:
        method, event = message["method"], message["params"]
        if "sessionId" not in message:
            self._take_target(method, event)
        elif message["sessionId"] in self._by_session:
            self._by_session[message["sessionId"]].take(method, event)

    def _take_target(self, method: str, event: dict[str, Any]) -> None:
        if method == "Target.targetCreated":
            info = event["targetInfo"]
            if info["type"] == "page":
                self._windows.opened(info)
                self._attach(info["targetId"], info.get("browserContextId") or "")
        elif method == "Target.targetInfoChanged":
            self._windows.changed(event["targetInfo"])
        elif method == "Target.targetDestroyed":
            self._windows.closed(event["targetId"])
            self._drop(event["targetId"])
        elif method == "Target.detachedFromTarget":
            self._by_session.pop(event["sessionId"], None)

    def _attach(self, target: str, user_context: str) -> None:
        def attached(reply: dict[str, Any]) -> None:
            session = reply["result"]["sessionId"]
            page = CdpPage(
                target, user_context, lambda line: self._add(user_context, line),
                partial(self._connection.send, sessionId=session),
            )  # fmt: skip
            self._by_session[session] = self._pages[target] = page
            page.listen()

        self._connection.send(
            "Target.attachToTarget", {"targetId": target, "flatten": True}, attached
        )

    def _drop(self, target: str) -> None:
        page = self._pages.pop(target, None)
        for session, each in list(self._by_session.items()):
            if each is page:
                del self._by_session[session]
