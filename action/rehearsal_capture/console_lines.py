"""The messages of a browser's console as lines of text: when, how bad, where and what."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

# How Chrome names the place of a script's message. It counts from 0, as Firefox does.
_CHROME_PLACE = re.compile(r"\A(?P<url>\S+) (?P<line>\d+):(?P<column>\d+) ")

# Begins a message by which rehearsal_testing learns that all before it have arrived.
END_MARK = "end of the messages "


def console_line(milliseconds: int, level: str, text: str) -> str:
    """Return a message in one line; `milliseconds` since 1970."""
    when = datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
    return f"{when:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + f"Z {level}: {text}"


def place(url: str, line: int, column: int) -> str:
    """Return a place as editors write it, with numbers from 1, to stand before the text."""
    return f"{url}:{line + 1}:{column + 1}: "


def chrome_line(entry: dict[str, Any]) -> str:
    """Return one entry of Chrome's log `browser`."""
    return console_line(entry["timestamp"], entry["level"], chrome_text(entry["message"]))


def chrome_text(message: str) -> str:
    """Return a message with its place as `place` writes it."""
    return _CHROME_PLACE.sub(
        lambda found: place(found["url"], int(found["line"]), int(found["column"])), message
    )
