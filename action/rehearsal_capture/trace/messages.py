"""The lines of messages: of the console, of exceptions and of dialogs."""

from __future__ import annotations

from typing import Any

from rehearsal_capture.trace.clock import CLOCK
from rehearsal_capture.trace.hidden import cut, hide_in_address, hide_in_error

# In characters.
MAX_TEXT = 1000


def message_line(
    milliseconds: float, level: str, text: str, frame: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return the line of a message; `frame` is where it was written, and counts lines from 0."""
    shown = hide_in_error(" ".join(cut(text, MAX_TEXT * 2).split()))
    shown = cut(f"{shown}{_place(frame or {})}", MAX_TEXT)
    return {"k": "js", "t": round(milliseconds), "level": level, "text": shown}


def dialog_line(event: dict[str, Any]) -> dict[str, Any]:
    """Return the line of a dialog that opens now."""
    text = f"{event['type']}: {event.get('message', '')}"
    return message_line(CLOCK.time() * 1000, "dialog", text)


def _place(frame: dict[str, Any]) -> str:
    """Return ` (FILE:LINE)` of a place that counts lines from 0; empty if it has no file."""
    if not frame.get("url"):
        return ""
    line = frame.get("lineNumber")
    where = hide_in_address(str(frame["url"]))
    return f" ({where}:{line + 1})" if isinstance(line, int) else f" ({where})"
