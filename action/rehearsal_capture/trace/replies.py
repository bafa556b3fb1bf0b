"""Read what a driver answers to a command."""

from __future__ import annotations

import json
from typing import Any


def read_reply(reply: Any) -> tuple[Any, str]:
    """Return the value of a reply, and its error: its kind and the first line of its message."""
    if isinstance(reply, BaseException):
        return None, f"{type(reply).__name__}: {reply}".partition("\n")[0]
    value = reply.get("value") if isinstance(reply, dict) else None
    status = reply.get("status") if isinstance(reply, dict) else None
    # Selenium hands on the body of an error as text.
    if status and isinstance(value, str):
        try:
            value = json.loads(value)["value"]
        except (ValueError, KeyError, TypeError):
            return None, str(value).partition("\n")[0]
    if status and isinstance(value, dict) and "error" in value:
        kind = str(value["error"])
        # Chrome repeats the kind, and the locator as JSON.
        message = str(value.get("message") or "").partition("\n")[0].partition(': {"method"')[0]
        return None, message if message.startswith(kind) else f"{kind}: {message}".rstrip(": ")
    return value, ""
