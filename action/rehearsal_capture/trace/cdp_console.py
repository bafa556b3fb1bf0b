"""Read the console, uncaught exceptions and dialogs from the events of CDP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rehearsal_capture.trace.hidden import HIDDEN, SECRET_NAME, cut
from rehearsal_capture.trace.messages import MAX_TEXT, dialog_line, message_line

_LEVELS = {"debug": "debug", "verbose": "debug", "info": "info", "log": "info",
           "warning": "warning", "error": "error", "assert": "error"}  # fmt: skip
# Not messages.
_IGNORED = ("clear", "startGroup", "startGroupCollapsed", "endGroup", "profile", "profileEnd")
_MAX_ARGUMENTS = 20


class CdpConsole:
    """The messages of one page; `add` gets each as a line."""

    def __init__(self, add: Callable[[dict[str, Any]], None]) -> None:
        self._add = add
        self.handlers: dict[str, Callable[[dict[str, Any]], None]] = {
            "Runtime.consoleAPICalled": self._called,
            "Runtime.exceptionThrown": self._thrown,
            "Log.entryAdded": self._entry,
            "Page.javascriptDialogOpening": self._dialog,
        }

    def _called(self, event: dict[str, Any]) -> None:
        if event["type"] in _IGNORED:
            return
        text = " ".join(map(_text_of, event["args"][:_MAX_ARGUMENTS]))
        frames = (event.get("stackTrace") or {}).get("callFrames") or [{}]
        level = _LEVELS.get(event["type"], "info")
        self._add(message_line(event["timestamp"], level, text, frames[0]))

    def _thrown(self, event: dict[str, Any]) -> None:
        details = event["exceptionDetails"]
        thrown = details.get("exception") or {}
        # Its description has the stack, from the second line on.
        what = str(thrown.get("description") or thrown.get("value") or "").partition("\n")[0]
        frames = (details.get("stackTrace") or {}).get("callFrames") or [details]
        text = f"{details.get('text', 'Uncaught')} {what}".strip()
        self._add(message_line(event["timestamp"], "error", text, frames[0]))

    def _entry(self, event: dict[str, Any]) -> None:
        entry = event["entry"]
        # A request that failed has a line of its own.
        if entry["source"] != "network" or not entry["text"].startswith("Failed to load"):
            level = _LEVELS.get(entry["level"], "info")
            self._add(message_line(entry["timestamp"], level, entry["text"], entry))

    def _dialog(self, event: dict[str, Any]) -> None:
        self._add(dialog_line(event))


def _text_of(argument: dict[str, Any]) -> str:
    """Return an argument of console.log as the console shows it, an object by its properties."""
    if "value" in argument:
        return cut(str(argument["value"]), MAX_TEXT)
    preview = argument.get("preview")
    if preview and argument.get("subtype") != "error":
        found = [f"{each.get('name')}: {_value_of(each)}" for each in preview["properties"]]
        return cut(f"{preview.get('description', '')} {{{', '.join(found)}}}", MAX_TEXT)
    text = argument.get("description") or argument.get("unserializableValue")
    return cut(str(text or argument.get("type")), MAX_TEXT)


def _value_of(each: dict[str, Any]) -> str:
    is_secret = SECRET_NAME.search(str(each.get("name")))
    return HIDDEN if is_secret else str(each.get("value"))
