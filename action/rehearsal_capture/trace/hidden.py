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
_SEPARATOR = re.compile(r"([&;])")
# What fields and parameters are called, or say in `autocomplete`, whose content may be a secret.
SECRET_NAME = re.compile(
    r"pass|pwd|secret|token|key|code|auth|sig|session|sid|otp|nonce|csrf|xsrf|pin\b|^cc-|card"
    r"|cvc|cvv|iban|ssn|cred|jwt|bearer|mnemonic|seed|verif|[m2]fa\b",
    re.IGNORECASE,
)
# A part of a path that looks like a token, as in a link that resets a password.
_TOKEN = re.compile(r"(?<=/)(?=[^/]*\d)(?=[^/]*[A-Za-z])[\w.~:=%-]{20,}(?=/|$)")
# The session of a server of Java, in the path.
_PATH_PARAMETER = re.compile(r"(?<=;)(?P<name>[^=/;]*)=[^/;]*")
# A string that does not end is hidden up to the end of its line (so is what follows the apostrophe
# of a comment), one in backticks up to the end of the script.
_STRING = re.compile(
    r"'(?:[^'\\\n]|\\[\s\S])*(?:'|\\?$)|\"(?:[^\"\\\n]|\\[\s\S])*(?:\"|\\?$)"
    r"|`(?:[^`\\]|\\[\s\S])*(?:`|\\?\Z)",
    re.MULTILINE,
)
# What a driver says of a page that did not open: its address, or that address in one of Firefox.
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s\"'<>]+", re.IGNORECASE)
_PAGE_OF_ERROR = re.compile(r"(?<=[?&]u=)[^&\s]*")


def cut(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters.

    The redactor knows a piece of a secret by the ellipsis beside it, and by nothing else.
    """
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def hide_in_address(address: str) -> str:
    """Return an address without login and tokens, and without long or secret values."""
    if address.startswith("data:"):
        return address[:40].partition(",")[0]
    try:
        parts = urlsplit(address)
    except ValueError:
        return HIDDEN
    host = parts.netloc.rpartition("@")[2]
    path = _PATH_PARAMETER.sub(rf"\g<name>={HIDDEN}", _TOKEN.sub(HIDDEN, parts.path))
    query, fragment = (_hide_values(each) for each in (parts.query, parts.fragment))
    return cut(urlunsplit((parts.scheme, host, path, query, fragment)), _MAX_ADDRESS)


def _hide_values(text: str) -> str:
    return "".join(map(_hide_value, _SEPARATOR.split(text)))


def _hide_value(text: str) -> str:
    """Return a part of a query; one without a value may be a path, as in `#/reset/TOKEN`."""
    name, equals, value = text.partition("=")
    if not equals:
        return _TOKEN.sub(HIDDEN, f"/{text}")[1:]
    is_plain = len(value) <= _SHORT and not SECRET_NAME.search(name)
    return f"{name}={value if is_plain else HIDDEN}"


def hide_in_error(error: str) -> str:
    """Return a driver's message with its addresses as `hide_in_address` shows them."""
    shown = _ADDRESS.sub(lambda found: hide_in_address(found[0]), error)
    return _PAGE_OF_ERROR.sub(HIDDEN, shown)


def hide_in_script(script: str) -> str:
    """Return the beginning of a script as one line, with its strings hidden."""
    text = _STRING.sub(f"'{HIDDEN}'", script[: _MAX_SCRIPT * 4])
    return cut(" ".join(text.split()), _MAX_SCRIPT)
