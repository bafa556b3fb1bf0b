"""Replace secrets in bytes on their way out: pure, streaming, one pass."""

import base64
import html
import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from rehearsal.secret import SHORTEST_REPLACED, Secret

REPLACEMENT = b"***"


class Redactor:
    """Knows every form of every secret; makes one stream for each text that leaves."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        forms = {form for secret in secrets for form in forms_of(secret.value)}
        self._sorted = sorted(forms)
        longest_first = sorted(forms, key=len, reverse=True)
        self._pattern = re.compile(b"|".join(map(re.escape, longest_first)) or rb"(?!)")

    def text(self, text: str) -> str:
        """Replace the secrets in one whole text."""
        return self.whole(text.encode(errors="surrogateescape")).decode(errors="surrogateescape")

    def whole(self, data: bytes) -> bytes:
        """Replace the secrets in one whole piece."""
        return self._pattern.sub(REPLACEMENT, data)

    def stream(self) -> "RedactingStream":
        """Start a stream of its own; a secret split across two writes is still found."""
        return RedactingStream(self)

    def split(self, data: bytes) -> tuple[bytes, bytes]:
        """Return what can leave already, and the tail that may still become a secret."""
        out: list[bytes] = []
        done, hold = 0, self._hold(data, 0)
        for match in self._pattern.finditer(data):
            if match.start() >= hold:
                break
            out += (data[done : match.start()], REPLACEMENT)
            done = match.end()
            if done > hold:
                hold = self._hold(data, done)
        out.append(data[done:hold])
        return b"".join(out), data[hold:]

    def _hold(self, data: bytes, start: int) -> int:
        """Return where the longest tail that begins some form starts."""
        longest = max(map(len, self._sorted), default=0)
        for at in range(max(start, len(data) - longest + 1), len(data)):
            tail = data[at:]
            index = bisect_left(self._sorted, tail)
            if any(
                form.startswith(tail) and form != tail for form in self._sorted[index : index + 2]
            ):
                return at
        return len(data)


class RedactingStream:
    """One text in the making: feed it pieces, send on what it returns, flush it at the end."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._tail = b""

    def feed(self, piece: bytes) -> bytes:
        """Take the next piece; return what can leave."""
        out, self._tail = self._redactor.split(self._tail + piece)
        return out

    def flush(self) -> bytes:
        """Return the rest: nothing more comes."""
        out, self._tail = self._redactor.whole(self._tail), b""
        return out


def forms_of(value: str) -> set[bytes]:
    """Return every form under which a value is looked for, those too short left out."""
    parts = {value, value.strip(), *map(str.strip, value.splitlines()), *_strings_in_json(value)}
    forms = {form for part in parts if part for form in _encodings(part)}
    return {form for form in forms if len(form) >= SHORTEST_REPLACED}


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
    if len(raw) >= SHORTEST_REPLACED:
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
            yield from item.splitlines()
        elif isinstance(item, list):
            pending += item
        elif isinstance(item, dict):
            pending += item.values()
