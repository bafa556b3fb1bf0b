"""Read requests from the events of BiDi's module network."""

from __future__ import annotations

from typing import Any

from rehearsal_capture.trace.hidden import cut, hide_in_address

# By what the answer is for, else by what asked for it.
_DESTINATIONS = {
    "document": "document", "iframe": "frame", "frame": "frame", "script": "script",
    "style": "stylesheet", "image": "image", "font": "font",
}  # fmt: skip
_INITIATORS = {"xmlhttprequest": "xhr", "fetch": "fetch"}
# How many requests are followed at a time: a page may leave them open for ever.
_MAX_OPEN = 500
_MAX_WORDS = 200


class BidiRequests:
    """The requests of one browser."""

    def __init__(self) -> None:
        # By ID: the line of a request that has not ended.
        self._open: dict[str, dict[str, Any]] = {}

    def sent(self, event: dict[str, Any]) -> dict[str, Any] | None:
        """Return the line of a request that begins; None if it is not one to a server."""
        request = event["request"]
        if request["url"].startswith(("data:", "blob:")):
            return None
        kind = _DESTINATIONS.get(request.get("destination") or "")
        kind = kind or _INITIATORS.get(request.get("initiatorType") or "", "other")
        line = {"k": "net", "t": event["timestamp"], "method": request["method"],
                "url": hide_in_address(request["url"]), "type": kind}  # fmt: skip
        while len(self._open) >= _MAX_OPEN:
            del self._open[next(iter(self._open))]
        self._open[request["request"]] = line
        return line

    def answered(self, event: dict[str, Any]) -> None:
        """Note the whole answer to a request."""
        line = self._end(event)
        line["status"] = event["response"]["status"]
        if event["response"].get("fromCache"):
            line["from_cache"] = True

    def failed(self, event: dict[str, Any]) -> None:
        """Note that a request got no answer."""
        self._end(event)["failed"] = cut(str(event.get("errorText") or "failed"), _MAX_WORDS)

    def _end(self, event: dict[str, Any]) -> dict[str, Any]:
        line = self._open.pop(event["request"]["request"], {"t": event["timestamp"]})
        line["ms"] = max(0, event["timestamp"] - line["t"])
        return line
