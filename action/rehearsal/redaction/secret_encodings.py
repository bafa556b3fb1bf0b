"""The encodings in which a log, a page or a report may contain a secret."""

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote

from rehearsal.redaction.secret import MIN_REPLACED_LENGTH

ESCAPE = re.compile("%[0-9A-F]{2}")


def encoded_values(value: str) -> set[bytes]:
    """Return every encoding of a value, except for those that are too short."""
    long_parts = (part for part in value_parts(value) if len(part) >= MIN_REPLACED_LENGTH)
    encoded = {each for part in long_parts for each in _encodings(part)}
    return {each for each in encoded if len(each) >= MIN_REPLACED_LENGTH}


def value_parts(value: str) -> set[str]:
    """Return what is secret of a value: all of it, each line, and each string if it is JSON."""
    return {value, value.strip(), *_lines(value), *_strings_in_json(value)}


def _lines(value: str) -> Iterator[str]:
    """Yield each line, except for PEM armour, which is the same in every key."""
    return (line.strip() for line in value.splitlines() if not line.startswith("-----"))


def _encodings(text: str) -> Iterator[bytes]:
    """Yield each encoding, each encoding inside JSON or markup, and base64."""
    once = {encoded for encode in ENCODERS for encoded in encode(text)}
    twice = {encoded for each in once for encode in OUTER_ENCODERS for encoded in encode(each)}
    yield from (encoded.encode(errors="surrogateescape") for encoded in once | twice)
    yield from _base64(text.encode(errors="surrogateescape"))


def _plain(text: str) -> Iterator[str]:
    yield text


def _in_json(text: str) -> Iterator[str]:
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]


def _in_markup(text: str) -> Iterator[str]:
    """Yield a text as in HTML and XML, with the entities that different tools use."""
    bare = html.escape(text, quote=False)
    full = html.escape(text)
    attribute = bare.replace('"', "&quot;")
    named = full.replace("&#x27;", "&apos;")
    numbered = full.replace("&#x27;", "&#39;")
    short = numbered.replace("&quot;", "&#34;")
    for spelling in (bare, full, attribute, named, numbered, short):
        yield spelling
        yield spelling.encode("ascii", "xmlcharrefreplace").decode()


def _in_python(text: str) -> Iterator[str]:
    """Yield a text as in its own repr, or in that of a longer text with both kinds of quotes."""
    for spelling in (repr(text)[1:-1], ascii(text)[1:-1]):
        yield spelling
        yield spelling.replace("\\'", "'").replace("'", "\\'")
    yield repr(text.encode(errors="surrogateescape"))[2:-1]


def _in_urls(text: str) -> Iterator[str]:
    """Yield a text as in URLs: Python, JavaScript and forms quote different characters."""
    for safe in ("", "/", "!'()*", "*"):
        escaped = quote(text, safe=safe, errors="surrogateescape")
        plus = escaped.replace("%20", "+")
        for spelling in (escaped, plus, plus.replace("~", "%7E")):
            yield spelling
            yield ESCAPE.sub(lambda found: found[0].lower(), spelling)


ENCODERS = (_plain, _in_json, _in_markup, _in_python, _in_urls)
# An encoded value may be inside another encoding: a repr in a page, or in a line of JSON.
OUTER_ENCODERS = (_in_json, _in_markup)


def _base64(raw: bytes) -> Iterator[bytes]:
    """Yield the base64 characters that depend on the value only, at each of three alignments."""
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + raw)
        own = encoded[-(-8 * shift // 6) : 8 * (shift + len(raw)) // 6]
        yield own
        yield own.translate(bytes.maketrans(b"+/", b"-_"))


def _strings_in_json(value: str) -> Iterator[str]:
    """Yield each string in a value that is a JSON object or list (a service account, say)."""
    if not value.lstrip().startswith(("{", "[")):
        return
    try:
        pending = [json.loads(value)]
    except ValueError:
        return
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            yield item
            yield from _lines(item)
        elif isinstance(item, list):
            pending += item
        elif isinstance(item, dict):
            pending += item.values()
