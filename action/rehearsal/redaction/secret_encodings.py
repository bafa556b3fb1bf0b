"""The forms of a secret: every spelling under which a log, a page or a report may show it."""

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote

from rehearsal.redaction.secret import MIN_REPLACED_LENGTH

ESCAPE = re.compile("%[0-9A-F]{2}")


def encoded_values(value: str) -> set[bytes]:
    """Return every form under which a value is looked for, those too short left out."""
    parts = {value, value.strip(), *_lines(value), *_strings_in_json(value)}
    forms = {
        form for part in parts if len(part) >= MIN_REPLACED_LENGTH for form in _encodings(part)
    }
    return {form for form in forms if len(form) >= MIN_REPLACED_LENGTH}


def _lines(value: str) -> Iterator[str]:
    """Yield each line; PEM armour is no secret, and the same in every key."""
    return (line.strip() for line in value.splitlines() if not line.startswith("-----"))


def _encodings(text: str) -> Iterator[bytes]:
    """Yield the spellings, each of them in a page or a report too, and what base64 makes of it."""
    once = {spelling for spell in SPELLINGS for spelling in spell(text)}
    twice = {spelling for each in once for spell in CARRIERS for spelling in spell(each)}
    yield from (spelling.encode(errors="surrogateescape") for spelling in once | twice)
    yield from _base64(text.encode(errors="surrogateescape"))


def _as_it_is(text: str) -> Iterator[str]:
    yield text


def _in_json(text: str) -> Iterator[str]:
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]


def _in_markup(text: str) -> Iterator[str]:
    """Yield it as in HTML and XML: text and attributes, with the entities that tools prefer."""
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
    """Yield it as in a repr, its own or a sentence's: that one may have both kinds of quotes."""
    for spelling in (repr(text)[1:-1], ascii(text)[1:-1]):
        yield spelling
        yield spelling.replace("\\'", "'").replace("'", "\\'")
    yield repr(text.encode(errors="surrogateescape"))[2:-1]


def _in_urls(text: str) -> Iterator[str]:
    """Yield it as in paths and queries: Python, JavaScript and forms leave different signs bare."""
    for safe in ("", "/", "!'()*", "*"):
        escaped = quote(text, safe=safe, errors="surrogateescape")
        plus = escaped.replace("%20", "+")
        for spelling in (escaped, plus, plus.replace("~", "%7E")):
            yield spelling
            yield ESCAPE.sub(lambda found: found[0].lower(), spelling)


SPELLINGS = (_as_it_is, _in_json, _in_markup, _in_python, _in_urls)
# What is spelled in one way is printed inside another: a repr in a page, or in a line of JSON.
CARRIERS = (_in_json, _in_markup)


def _base64(raw: bytes) -> Iterator[bytes]:
    """Yield the characters that are the value's alone, at each of the three alignments."""
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + raw)
        own = encoded[-(-8 * shift // 6) : 8 * (shift + len(raw)) // 6]
        yield own
        yield own.translate(bytes.maketrans(b"+/", b"-_"))


def _strings_in_json(value: str) -> Iterator[str]:
    """Yield each string inside a value that is a JSON object or list (a service account, say)."""
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
