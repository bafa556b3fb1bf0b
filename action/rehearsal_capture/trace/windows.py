"""The windows and tabs that open and close during a test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rehearsal_capture.trace.clock import CLOCK
from rehearsal_capture.trace.hidden import hide_in_address

_NO_PAGE = ("", "about:blank")


class Windows:
    """The windows of one browser; `add` gets a line for each, with its user context.

    A browser begins with a window, and so does each user context: those have no line.
    """

    def __init__(self, add: Callable[[str, dict[str, Any]], None]) -> None:
        self._add = add
        self._has_started = False
        # The user contexts of the windows that are open, and the lines of the new ones, by target.
        self._contexts: dict[str, str] = {}
        self._lines: dict[str, dict[str, Any]] = {}

    def start(self) -> None:
        """Note windows from now on: those before were open already."""
        self._has_started = True

    def opened(self, info: dict[str, Any]) -> None:
        """Note a new window by what CDP's TargetInfo tells."""
        target, context = info["targetId"], info.get("browserContextId") or ""
        is_first = context not in self._contexts.values()
        # What Chrome loads in case somebody goes there is no window.
        if info.get("subtype") != "prerender":
            self._contexts[target] = context
            if self._has_started and not is_first:
                self._note(target, _address(info), opened=True)

    def changed(self, info: dict[str, Any]) -> None:
        """Note the first address of a window that opened without one."""
        line = self._lines.get(info["targetId"])
        if line is not None and not line["url"]:
            line["url"] = _address(info)

    def closed(self, target: str) -> None:
        """Note the end of a window that has a line."""
        line = self._lines.get(target)
        if line is not None:
            self._note(target, line["url"], opened=False)
            del self._lines[target]
        self._contexts.pop(target, None)

    def _note(self, target: str, url: str, *, opened: bool) -> None:
        line = {"k": "window", "t": round(CLOCK.time() * 1000), "id": target, "url": url,
                "opened": opened}  # fmt: skip
        self._lines[target] = line
        self._add(self._contexts[target], line)


def _address(info: dict[str, Any]) -> str:
    url = str(info.get("url") or "")
    return "" if url in _NO_PAGE else hide_in_address(url)
