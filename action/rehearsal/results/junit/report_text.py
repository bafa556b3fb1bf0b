r"""The text of a report: decoded whatever it says of itself, without what XML forbids.

Many tools write into a report what a test printed, byte by byte. An XML parser gives up at the
first control character. So it is made visible: ESC becomes `\x1b`.
"""

import codecs
import re
import sys
from collections.abc import Iterator
from itertools import chain

from rehearsal.ansi import COLOUR_CODE
from rehearsal.regex import regex

# In bytes.
CHUNK_SIZE = 1 << 16
# What begins a document. Tools that write to standard output have other lines before it, and a
# file may hold several documents.
BEGINNING = regex(r"<\?xml\s|<!DOCTYPE\s|<testsuites?[\s>/]")
OTHER_BEGINNING = regex(r"<[A-Za-z!]")
DECLARATION = regex(rb"<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
# Python decodes a byte that is wrong in its encoding as one of these (PEP 383).
WRONG_BYTE = regex(r"[\udc80-\udcff]")
# XML 1.0, section 2.2.
FORBIDDEN = r"[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
# Surefire writes what it must not refer to with `&amp;`.
REFERENCE = r"&(?:amp;?)?#(?:(?P<decimal>[0-9]{1,20})|x(?P<hex>[0-9a-fA-F]{1,20}));"
FORBIDDEN_CHARACTER = regex(FORBIDDEN)
CHARACTER_OR_REFERENCE = regex(f"{FORBIDDEN}|{REFERENCE}")
# An escape character may be written as a reference.
ESCAPE_REFERENCE = regex(r"&(?:amp;?)?#(?:0*27|x0*1[bB]);")
# A reference, a colour or a beginning that the end of a chunk may cut in two is not longer.
MAX_CUT = 40


def read_pieces(content: bytes) -> Iterator[str]:
    """Yield the text of a report in pieces; each document in it begins with a new piece.

    Lines before the first document are left out.
    """
    pieces = _pieces(content, BEGINNING)
    first = next(pieces, "")
    # A log before the document may hold what looks like a tag.
    yield from chain([first], pieces) if first else _pieces(content, OTHER_BEGINNING)


def _pieces(content: bytes, beginning: re.Pattern[str]) -> Iterator[str]:
    rest, begun = "", False
    for chunk in _decode(content):
        text = rest + chunk
        if not begun:
            first = beginning.search(text)
            if not first:
                rest = text[-MAX_CUT:]
                continue
            text, begun = text[first.start() :], True
        end = max(text.rfind(each, max(0, len(text) - MAX_CUT)) for each in "<&\x1b")
        text, rest = (text[:end], text[end:]) if end >= 0 else (text, "")
        yield from _split(_clean(text))
    if begun:
        yield from _split(_clean(rest))


def _decode(content: bytes) -> Iterator[str]:
    encoding = _encoding(content)
    errors = "surrogateescape" if encoding == "utf-8" else "replace"
    decoder = codecs.getincrementaldecoder(encoding)(errors=errors)
    for start in range(0, len(content), CHUNK_SIZE):
        chunk = content[start : start + CHUNK_SIZE]
        yield WRONG_BYTE.sub(_byte, decoder.decode(chunk))


def _byte(found: re.Match[str]) -> str:
    """Return what a byte means that is wrong in UTF-8: most often it is from Windows."""
    return bytes([ord(found[0]) & 0xFF]).decode("cp1252", errors="replace")


def _encoding(content: bytes) -> str:
    """Return the encoding that the bytes are in, whatever the declaration says."""
    beginning = content[:CHUNK_SIZE].lstrip(b" \t\r\n")
    for mark, encoding in BYTE_ORDER_MARKS:
        if beginning.startswith(mark):
            return encoding
    declared = DECLARATION.search(beginning)
    name = declared[1].decode("ascii", errors="replace") if declared else ""
    try:
        # The declaration was readable in ASCII: so an encoding such as UTF-16 is wrong.
        if name and "<".encode(name) == b"<" and codecs.lookup(name).name != "ascii":
            codecs.getincrementaldecoder(name)(errors="replace").decode(b"<\xff")
            return codecs.lookup(name).name
    except (LookupError, ValueError):
        pass  # Not known to Python, or no encoding of text.
    return "utf-8"


def _clean(text: str) -> str:
    """Return the text without colours, and with visible forms of what XML forbids."""
    if "\x1b" in text or "#" in text:
        text = COLOUR_CODE.sub("", ESCAPE_REFERENCE.sub("\x1b", text))
    return CHARACTER_OR_REFERENCE.sub(_form, text)


def _form(found: re.Match[str]) -> str:
    character = found[0]
    if found.lastgroup:
        code = int(found[found.lastgroup], 16 if found["hex"] else 10)
        if code > sys.maxunicode:
            return character[1:]
        character = chr(code)
        if not FORBIDDEN_CHARACTER.match(character):
            return found[0]
    return character.encode("unicode_escape").decode()


def _split(text: str) -> Iterator[str]:
    start = 0
    for found in BEGINNING.finditer(text):
        if found.start() > start:
            yield text[start : found.start()]
        start = found.start()
    if start < len(text):
        yield text[start:]
