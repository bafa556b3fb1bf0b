"""How an image may contain a secret, for a search in which a false alarm is worse than a miss.

A redactor replaces every part of a value in every spelling. This looks for values that are in no
image by chance, in these forms: as they are, in JSON, in URLs, in HTML, and in base64 without line
breaks, at each of its three alignments. The forms of values made of letters and digits are few.
"""

import base64
import html
import json
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import quote, quote_plus

from rehearsal.redaction.secret_parts import ARMOUR, json_scalars, url_passwords
from rehearsal.regex import regex

MIN_LENGTH = 8
# Shorter texts of words and numbers are in images for other reasons: names, addresses, dates.
MIN_LENGTH_OF_WORDS = 24
WORD = "(?:(?:[a-z]+|[A-Z]+|[A-Z][a-z]+)[0-9]{0,4}|[0-9]+)"
WORDS = regex(rf"{WORD}(?:[\s./@:=_+,-]+{WORD})*[\W_]*")
# A part of a value is only looked for if it has letters and digits, and looks like no address.
RANDOM = regex(r"(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])(?!.*://)(?!\S+@\S+\.\w+\Z)\S+")
URL_SAFE = bytes.maketrans(b"+/", b"-_")
ALIGNMENTS = 3


def search_forms(value: str) -> set[bytes]:
    """Return the forms of a secret to look for; none if an image may have them by chance.

    Beside the whole value these are passwords in URLs, and what is in JSON.
    """
    parts = {part.strip() for part in (*json_scalars(value), *url_passwords(value))}
    secret = {part for part in parts if RANDOM.fullmatch(part) or part.startswith(ARMOUR)}
    texts = {_without_armour(text) for text in {value.strip(), *secret}}
    return {form for text in texts if _is_distinctive(text) for form in _forms(text)}


def _is_distinctive(text: str) -> bool:
    """Whether a text is in no image by chance, as words, numbers and sequences are."""
    if len(text) < MIN_LENGTH:
        return False
    steps = [ord(after) - ord(before) for before, after in pairwise(text)]
    if sum(a == b and abs(a) <= 1 for a, b in pairwise(steps)) > len(text) // 2:
        return False
    return len(text) >= MIN_LENGTH_OF_WORDS or not WORDS.fullmatch(text)


def _without_armour(text: str) -> str:
    """Return a PEM text without its first and last line, which all keys have in common."""
    first, *lines = text.split("\n")
    if first.startswith(ARMOUR) and lines and lines[-1].startswith(ARMOUR):
        return "\n".join(lines[:-1]).strip()
    return text


def _forms(text: str) -> Iterator[bytes]:
    raw = text.encode(errors="surrogateescape")
    yield raw
    yield json.dumps(text)[1:-1].encode()
    yield json.dumps(text, ensure_ascii=False)[1:-1].encode(errors="surrogateescape")
    yield html.escape(text).encode(errors="surrogateescape")
    yield from (quote(raw, safe="").encode(), quote(raw).encode(), quote_plus(raw).encode())
    for shift in range(ALIGNMENTS):
        encoded = base64.b64encode(bytes(shift) + raw)
        # Only these characters depend on nothing but the text.
        encoded = encoded[-(-8 * shift // 6) : 8 * (shift + len(raw)) // 6]
        yield from (encoded, encoded.translate(URL_SAFE))
