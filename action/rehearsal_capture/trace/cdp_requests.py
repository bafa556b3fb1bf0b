"""Read requests from the events of CDP's domain Network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rehearsal_capture.trace.hidden import cut, hide_in_address

_TYPES = {
    "Document": "document", "Script": "script", "Stylesheet": "stylesheet", "Image": "image",
    "XHR": "xhr", "Fetch": "fetch", "Font": "font", "WebSocket": "websocket",
}  # fmt: skip
# How many requests are followed at a time: a page may leave them open for ever.
_MAX_OPEN = 500
_MAX_WORDS = 200


class CdpRequests:
    """The requests of one page; `add` gets each as a line, as soon as the browser sends it.

    `frame` is the ID of the page's main frame: the documents of its other frames are not the page.
    """

    def __init__(self, add: Callable[[dict[str, Any]], None], frame: str) -> None:
        self._add = add
        self._frame = frame
        # By ID: the line, and the browser's own clock when it sent the request, in seconds.
        self._open: dict[str, tuple[dict[str, Any], float]] = {}
        self._websockets: dict[str, str] = {}
        self.handlers: dict[str, Callable[[dict[str, Any]], None]] = {
            "Network.requestWillBeSent": self._sent,
            "Network.requestServedFromCache": self._from_cache,
            "Network.responseReceived": self._answered,
            "Network.loadingFinished": self._ended,
            "Network.loadingFailed": self._failed,
            "Network.webSocketCreated": self._websocket,
            "Network.webSocketWillSendHandshakeRequest": self._handshake,
            "Network.webSocketHandshakeResponseReceived": self._shaken,
            "Network.webSocketFrameError": self._failed,
        }

    def _sent(self, event: dict[str, Any]) -> None:
        redirect = event.get("redirectResponse")
        if redirect:
            self._answered({**event, "response": redirect})
            self._ended(event)
        request = event["request"]
        if not request["url"].startswith(("data:", "blob:")):
            kind = _TYPES.get(event.get("type", ""), "other")
            if kind == "document" and event.get("frameId", self._frame) != self._frame:
                kind = "frame"
            self._start(event, request["method"], request["url"], kind)

    def _start(self, event: dict[str, Any], method: str, url: str, kind: str) -> None:
        line = {"k": "net", "t": round(event["wallTime"] * 1000), "method": method,
                "url": hide_in_address(url), "type": kind}  # fmt: skip
        while len(self._open) >= _MAX_OPEN:
            del self._open[next(iter(self._open))]
        self._open[event["requestId"]] = line, event["timestamp"]
        self._add(line)

    def _from_cache(self, event: dict[str, Any]) -> None:
        line, _ = self._open.get(event["requestId"], ({}, 0))
        line["from_cache"] = True

    def _answered(self, event: dict[str, Any]) -> None:
        line, _ = self._open.get(event["requestId"], ({}, 0))
        response = event["response"]
        line["status"] = response["status"]
        if response.get("fromDiskCache") or response.get("fromPrefetchCache"):
            line["from_cache"] = True

    def _ended(self, event: dict[str, Any], failed: str = "") -> None:
        line, sent = self._open.pop(event["requestId"], ({}, 0))
        line["ms"] = max(0, round((event["timestamp"] - sent) * 1000))
        if failed:
            line["failed"] = cut(failed, _MAX_WORDS)

    def _failed(self, event: dict[str, Any]) -> None:
        words = event.get("blockedReason") or event.get("errorText")
        words = words or event.get("errorMessage") or "failed"
        self._ended(event, words)

    def _websocket(self, event: dict[str, Any]) -> None:
        if len(self._websockets) < _MAX_OPEN:
            self._websockets[event["requestId"]] = event["url"]

    def _handshake(self, event: dict[str, Any]) -> None:
        url = self._websockets.pop(event["requestId"], "")
        self._start(event, "GET", url, "websocket")

    def _shaken(self, event: dict[str, Any]) -> None:
        self._answered(event)
        self._ended(event)
