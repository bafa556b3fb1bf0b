"""Listen to Firefox by BiDi: console, and what its pages look like after a step.

Firefox lets a session have several connections. This one is our own, but the session's other
connections get the events that it subscribes to, too. Requests cost some 30 ms a step: they are for
retries. Pictures cost 40 ms: they are for retries and for `trace: always`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rehearsal_capture.console_lines import END_MARK
from rehearsal_capture.trace.bidi_page import BidiPage
from rehearsal_capture.trace.bidi_requests import BidiRequests
from rehearsal_capture.trace.connected_browser import ConnectedBrowser
from rehearsal_capture.trace.connection import Connection
from rehearsal_capture.trace.messages import dialog_line, message_line
from rehearsal_capture.trace.windows import Windows

# Firefox on this machine, and no Grid between, which may allow one connection only.
ADDRESS = re.compile(r"ws://(localhost|127\.0\.0\.1|\[::1\]):\d+/session/[\w-]+")
_EVENTS = (
    "browsingContext.contextCreated", "browsingContext.contextDestroyed", "log.entryAdded",
    "browsingContext.userPromptOpened", "browsingContext.userPromptClosed",
)  # fmt: skip
_REQUESTS = ("network.beforeRequestSent", "network.responseCompleted", "network.fetchError")
_LEVELS = {"debug": "debug", "info": "info", "warn": "warning", "error": "error"}


class BidiBrowser(ConnectedBrowser[BidiPage]):
    """A connection to the session of one browser; `add` gets each line, with its user context."""

    # On a first attempt, unless the trace of each test is wanted.
    has_pictures = False

    def __init__(self, url: str, add: Callable[[str, dict[str, Any]], None]) -> None:
        self._add = add
        self._windows = Windows(add)
        self._requests = BidiRequests()
        super().__init__(Connection(lambda: url, self._listen, self._take))
        self._listens_to_requests = False
        # The answers to the subscriptions to requests, as far as they can be ended.
        self._subscriptions: list[str] = []
        self._is_ready = False
        # By the names of frames: those of their windows.
        self._of_frames: dict[str, str] = {}

    def wait_for(self, target: str | None, deadline: float) -> None:
        """Wait until a window, or all of the start, are listened to, at most until `deadline`."""
        self._connection.wait(lambda: self._is_ready and target in (None, *self._pages), deadline)

    def listen_to_requests(self, *, enabled: bool) -> None:
        """Start listening to requests, or stop."""
        if enabled != self._listens_to_requests:
            self._listens_to_requests = enabled
            if enabled:
                self._subscribe(_REQUESTS, self._subscribed)
            else:
                self._unsubscribe()

    def _listen(self) -> None:
        self._subscribe(_EVENTS)
        if self._listens_to_requests:
            # They were asked for before the connection was open.
            self._subscribe(_REQUESTS, self._subscribed)
        # Its answer comes after the events of all windows that are open.
        self._connection.send("session.status", {}, lambda _: self._begin())

    def _begin(self) -> None:
        self._windows.start()
        self._is_ready = True

    def _subscribe(
        self, events: tuple[str, ...], done: Callable[[dict[str, Any]], None] | None = None
    ) -> None:
        # One by one: an older Firefox does not know all of them.
        for each in events:
            self._connection.send("session.subscribe", {"events": [each]}, done)

    def _subscribed(self, reply: dict[str, Any]) -> None:
        # An older Firefox gives it no name. To end it by its events would end the test's, too.
        if subscription := (reply.get("result") or {}).get("subscription"):
            self._subscriptions.append(subscription)
        if not self._listens_to_requests:
            self._unsubscribe()

    def _unsubscribe(self) -> None:
        while self._subscriptions:
            ended = {"subscriptions": [self._subscriptions.pop()]}
            self._connection.send("session.unsubscribe", ended)

    def _take(self, message: dict[str, Any]) -> None:
        method, event = message["method"], message["params"]
        if method == "browsingContext.contextCreated":
            self._opened(event)
        elif method == "browsingContext.contextDestroyed":
            self._closed(event["context"])
        else:
            source = event.get("source") or event
            window = str(source.get("context"))
            page = self._pages.get(self._of_frames.get(window, window))
            if page is not None:
                self._take_of_page(method, event, page)

    def _take_of_page(self, method: str, event: dict[str, Any], page: BidiPage) -> None:
        line = None
        if method == "log.entryAdded":
            is_ours = str(event.get("text")).startswith(END_MARK)
            line = None if is_ours else _message(event)
        elif method == "browsingContext.userPromptOpened":
            page.looks.has_dialog = True
            line = dialog_line(event)
        elif method == "browsingContext.userPromptClosed":
            page.looks.has_dialog = False
        elif method == "network.beforeRequestSent":
            line = self._requests.sent(event)
        elif method == "network.responseCompleted":
            self._requests.answered(event)
        elif method == "network.fetchError":
            self._requests.failed(event)
        if line is not None:
            self._add(page.user_context, line)

    def _opened(self, event: dict[str, Any]) -> None:
        context, parent = event["context"], event.get("parent")
        if parent is not None:
            self._of_frames[context] = self._of_frames.get(parent, parent)
        elif context not in self._pages:
            user_context = event.get("userContext") or ""
            self._pages[context] = BidiPage(context, user_context, self._connection.send)
            info = {"targetId": context, "browserContextId": user_context, "url": event["url"]}
            self._windows.opened(info)

    def _closed(self, context: str) -> None:
        self._of_frames.pop(context, None)
        if self._pages.pop(context, None) is not None:
            self._windows.closed(context)


def _message(event: dict[str, Any]) -> dict[str, Any]:
    """Return the line of a message of the console, or of an exception that nothing caught."""
    text = str(event.get("text") or "")
    uncaught = "Uncaught " if event.get("type") == "javascript" else ""
    frames = (event.get("stackTrace") or {}).get("callFrames") or [{}]
    level = _LEVELS.get(event["level"], "info")
    return message_line(event["timestamp"], level, f"{uncaught}{text}", frames[0])
