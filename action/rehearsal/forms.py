"""The forms of a secret: every spelling under which a log, a page or a report may show it."""

import base64
import html
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from rehearsal.secret import SHORTEST_REPLACED


def forms_of(value: str) -> set[bytes]:
    """Return every form under which a value is looked for, those too short left out."""
    parts = {value, value.strip(), *_lines(value), *_strings_in_json(value)}
    forms = {form for part in parts if len(part) >= SHORTEST_REPLACED for form in _encodings(part)}
    return {form for form in forms if len(form) >= SHORTEST_REPLACED}


def _lines(value: str) -> Iterator[str]:
    """Yield each line; PEM armour is no secret, and the same in every key."""
    return (line.strip() for line in value.splitlines() if not line.startswith("-----"))


def _encodings(text: str) -> Iterator[bytes]:
    spellings = (
        text,
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        html.escape(text),
        html.escape(text, quote=False),
        quote(text, safe=""),
        quote(text),
        quote_plus(text),
        repr(text)[1:-1],
        ascii(text)[1:-1],
    )
    raw = text.encode(errors="surrogateescape")
    yield from (spelling.encode(errors="surrogateescape") for spelling in spellings)
    yield repr(raw)[2:-1].encode()
    yield from _base64(raw)


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
