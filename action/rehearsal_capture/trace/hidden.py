"""Hide what may be a secret: typed text, values in addresses, strings in scripts."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

# Replaces hidden text of any length, so it does not show how long the text was.
HIDDEN = "•••"
_MAX_ADDRESS = 500
_MAX_SCRIPT = 200
# In characters: a shorter value of a query is shown, like a page number or a sort order.
_SHORT = 12
_PARAMETER = re.compile(r"(?P<name>[^=&;]+)=(?P<value>[^&;]*)")
_SECRET_NAME = re.compile(
    r"pass|pwd|secret|token|key|code|auth|sig|session|sid|otp|nonce", re.IGNORECASE
)
# A part of a path that looks like a token, as in a link that resets a password.
_TOKEN = re.compile(r"(?<=/)(?=[^/]*\d)(?=[^/]*[A-Za-z])[\w.~:=%-]{20,}(?=/|$)")
# A string that does not end is hidden up to the end of the script.
_STRING = re.compile(
    r"'(?:[^'\\]|\\.)*(?:'|\\?$)|\"(?:[^\"\\]|\\.)*(?:\"|\\?$)|`(?:[^`\\]|\\.)*(?:`|\\?$)"
)


def hide_in_address(address: str) -> str:
    """Return an address without login and tokens, and without long or secret values."""
    if address.startswith("data:"):
        return address[:40].partition(",")[0]
    try:
        parts = urlsplit(address)
    except ValueError:
        return HIDDEN
    host = parts.netloc.rpartition("@")[2]
    path = _TOKEN.sub(HIDDEN, parts.path)
    query, fragment = (_hide_values(each) for each in (parts.query, parts.fragment))
    return urlunsplit((parts.scheme, host, path, query, fragment))[:_MAX_ADDRESS]


def _hide_values(text: str) -> str:
    def hide(found: re.Match[str]) -> str:
        name, value = found["name"], found["value"]
        is_plain = len(value) <= _SHORT and not _SECRET_NAME.search(name)
        return f"{name}={value if is_plain else HIDDEN}"

    return _PARAMETER.sub(hide, text)


def hide_in_script(script: str) -> str:
    """Return the beginning of a script as one line, with its strings hidden."""
    text = _STRING.sub(f"'{HIDDEN}'", script[: _MAX_SCRIPT * 4])
    return " ".join(text.split())[:_MAX_SCRIPT]
