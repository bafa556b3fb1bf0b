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
# The last part of a path as Django and build tools name a static file: words and numbers of a
# version, a hash of the content, a suffix, as in `app.3f2a9c1b7d4e.css`. Before the hash is no room
# for a token: a word has no digit inside it, and each of its capitals begins a part.
_WORD = r"(?:[A-Za-z]?[a-z]*(?:[A-Z][a-z]{2,})*|[A-Z]{2,})\d{0,2}"
_HASHED_FILE = re.compile(
    rf"(?P<name>{_WORD}(?:[._~-]+{_WORD}){{0,9}}[._-])(?P<hash>[0-9a-f]{{8,64}}|[\w-]{{8}})"
    r"(?P<suffix>(?:\.[a-z]{1,8}){0,2}"
    r"\.(?:css|m?js|map|woff2?|ttf|otf|eot|wasm|svg|png|jpe?g|gif|webp|avif|ico))",
    re.ASCII,
)
# In characters: a longer hash may be all that keeps strangers from a file. One of 16 or 20 is usual
# for code, styles and fonts; a picture with that may be somebody's own.
_SHORT_HASH, _LONG_HASH = 12, 20
_PICTURES = ("svg", "png", "jpg", "jpeg", "gif", "webp", "avif", "ico")
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
    folder, slash, file = parts.path.rpartition("/")
    path = _hide_tokens(f"{folder}{slash}") + (_hashed_file(file) or _hide_tokens(f"/{file}")[1:])
    path = _PATH_PARAMETER.sub(rf"\g<name>={HIDDEN}", path)
    query, fragment = (_hide_values(each) for each in (parts.query, parts.fragment))
    return cut(urlunsplit((parts.scheme, host, path, query, fragment)), _MAX_ADDRESS)


def _hide_tokens(path: str) -> str:
    return _TOKEN.sub(HIDDEN, path)


def _hashed_file(name: str) -> str:
    """Return the name of a static file, its hash hidden if it is long; empty for any other name."""
    found = _HASHED_FILE.fullmatch(name) if len(name) <= _MAX_ADDRESS else None
    if not found:
        return ""
    limit = _SHORT_HASH if name.endswith(_PICTURES) else _LONG_HASH
    shown = found["hash"] if len(found["hash"]) <= limit else HIDDEN
    return f"{found['name']}{shown}{found['suffix']}"


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
