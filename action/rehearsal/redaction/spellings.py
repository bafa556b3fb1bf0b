"""How printers write one character: as it is, or escaped for a format, or for two formats."""

import html.entities
from collections.abc import Iterator
from functools import cache
from urllib.parse import quote

# Letters after a backslash: JSON, Python, JavaScript, Go and the shell's $'..' (\e or \E).
LETTERS = {
    "\a": "a",
    "\b": "b",
    "\t": "t",
    "\n": "n",
    "\v": "v",
    "\f": "f",
    "\r": "r",
    "\x1b": "eE",
}
# What only this character has: SQL and CSV double quotes, shells close and open them, compose
# doubles dollars, forms write a blank as a plus, and some writers end lines with CR LF.
OWN = {
    "'": ("''", "'\\''", "'\"'\"'"),
    '"': ('""',),
    "$": ("$$",),
    "%": ("%%",),
    " ": ("+",),
    "\n": ("\r\n", "'\n'", "\\r\\n", "%0D%0A", "%0d%0a", "&#13;&#10;", "&#xD;&#xA;", "&#xd;&#xa;"),
}
MAX_LATIN_1 = 0xFF


@cache
def spellings(char: str) -> frozenset[bytes]:
    """Return every way in which a printer, or one printer inside another, writes a character."""
    once = {char, *OWN.get(char, ()), *_escaped(char), *_in_urls(char), *_in_markup(char)}
    twice = {outer for text in once for outer in _outer(text)}
    # Escapes add up: a repr in JSON in JSON.
    thrice = {
        text.replace("\\", "\\\\").replace('"', double) for text in twice for double in ('"', '\\"')
    }
    return frozenset(text.encode(errors="surrogateescape") for text in once | twice | thrice)


def _escaped(char: str) -> Iterator[str]:
    """Yield what follows a backslash in programming languages, JSON and shells."""
    yield f"\\{char}"
    yield from (f"\\{letter}" for letter in LETTERS.get(char, ""))
    code, units = ord(char), char.encode("utf-16-be", errors="surrogatepass")
    numbers = [int.from_bytes(units[at : at + 2]) for at in range(0, len(units), 2)]
    raw = _raw(char)
    for case in "xX":
        yield "".join(f"\\u{number:04{case}}" for number in numbers)
        yield f"\\u{{{code:{case}}}}"
        yield f"\\U{code:08{case}}"
        yield "".join(f"\\x{byte:02{case}}" for byte in raw)
        if code <= MAX_LATIN_1:
            yield f"\\x{code:02{case}}"
    yield "".join(f"\\{byte:03o}" for byte in raw)


def _in_urls(char: str) -> Iterator[str]:
    """Yield bytes in hexadecimal after a per cent sign, or in mails after an equals sign."""
    for sign in "%=":
        for case in "xX":
            yield "".join(f"{sign}{byte:02{case}}" for byte in _raw(char))


def _in_markup(char: str) -> Iterator[str]:
    """Yield the entities of HTML and XML, named and numeric."""
    yield from _names().get(char, ())
    for number in ("{:d}", "{:02d}", "{:03d}", "x{:x}", "x{:X}", "x{:02x}", "x{:02X}"):
        yield f"&#{number.format(ord(char))};"


@cache
def _names() -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for name, text in html.entities.html5.items():
        if name.endswith(";"):
            names.setdefault(text, []).append(f"&{name}")
    return names


def _outer(text: str) -> Iterator[str]:
    """Yield a spelling as written inside a quoted string, markup or a URL."""
    doubled = text.replace("\\", "\\\\")
    json = doubled.replace('"', '\\"')
    yield from (doubled, json, doubled.replace("'", "\\'"))
    yield json.replace("&", "\\u0026").replace("'", "\\u0027")
    yield quote(text, safe="", errors="surrogateescape")
    for double, single in (("&quot;", "&#x27;"), ("&#34;", "&#39;"), ('"', "'")):
        yield text.replace("&", "&amp;").replace('"', double).replace("'", single)


def _raw(char: str) -> bytes:
    return char.encode(errors="surrogateescape")
