"""Find pieces of secrets beside an ellipsis: error messages shorten long values.

Pydantic prints `input_value='5FAG7BsSo...l@postgres:5432/fa'`, unittest
`'5FAG7[19 chars]s:5432/fa'`, rich `'5FAG7BsSo'+19`. A piece of six characters or more that touches
the ellipsis is replaced.
"""

import bisect
import json
from collections.abc import Iterable, Iterator
from operator import itemgetter

from rehearsal.redaction.pattern import Span
from rehearsal.redaction.secret import MIN_REPLACED_LENGTH as MIN_LENGTH
from rehearsal.redaction.secret_parts import secret_parts
from rehearsal.regex import regex

# All ellipses are read as dots of the same length.
DOTS = b"..."
FIRST = itemgetter(slice(0, MIN_LENGTH))
LAST = itemgetter(slice(-MIN_LENGTH, None))
COUNT = regex(rb"\[\d{1,9} chars\]|'\+\d{1,9}")
MAX_ELLIPSIS = len("[123456789 chars]")
# What may become an ellipsis, with numbers read as 0.
ELLIPSES = (b"...", b"\xe2\x80\xa6", b"\\u0", b"[0 chars]", b"'+0")
ELLIPSIS_STARTS = frozenset(each[0] for each in ELLIPSES)
ARMOUR = regex(rb"-----(BEGIN|END) [A-Z0-9 ]+-----")
DIGITS = regex(rb"\d+")
ESCAPE = regex(rb"\\+(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)")


class ShortenedValues:
    """Every piece of every value, as the printers that shorten values write it."""

    def __init__(self, values: Iterable[str]) -> None:
        lines = {line for value in values for line in _lines(value) if len(line) >= MIN_LENGTH}
        armour = {line for line in lines if ARMOUR.fullmatch(line)}
        # No piece contains a line feed.
        self._armour = b"\n".join(sorted(armour))
        self._text = b"\n".join(sorted(lines - armour))
        self._longest = max(map(len, lines), default=0)
        self._sixes = _grams(lines - armour, MIN_LENGTH)
        # More than three dots leave one or two.
        self._starts = self._sixes.union(
            *({(dots + six)[:MIN_LENGTH] for six in self._sixes} for dots in (b".", b".."))
        )

    def scan(self, data: bytes, *, final: bool = False) -> tuple[list[Span], int]:
        """Return where pieces are, and where the first starts that the end may cut.

        With `final`, no data follows: then nothing is cut.
        """
        if not self._sixes:
            return [], len(data)
        dotted = _dotted(data)
        return list(self._spans(dotted)), len(data) if final else self._first_cut(dotted)

    def _spans(self, dotted: bytes) -> Iterator[Span]:
        """Yield each piece on either side of dots."""
        if DOTS not in dotted or not self._may_have_pieces(dotted):
            return
        end = -len(DOTS)
        texts = dotted.split(DOTS)
        for index, text in enumerate(texts):
            end += len(text) + len(DOTS)
            if LAST(text) not in self._sixes and FIRST(text) not in self._starts:
                continue
            # More than three dots are one ellipsis.
            start = end - len(text.lstrip(b".") if index else text)
            if index < len(texts) - 1:
                length = self._longest_end(dotted[start:end].rpartition(b"\n")[2])
                if self._is_secret(dotted[end - length : end]):
                    yield end - length, end
            if index:
                length = self._longest_start(dotted[start:end].partition(b"\n")[0])
                if self._is_secret(dotted[start : start + length]):
                    yield start, start + length

    def _may_have_pieces(self, dotted: bytes) -> bool:
        """Take a quick look at what stands beside dots: most of it is no piece."""
        if DOTS * 2 in dotted:
            for dots in (DOTS * 8, DOTS * 2):
                while dots in dotted:
                    dotted = dotted.replace(dots, DOTS)
        texts = dotted.split(DOTS)
        # Where dots are close, most texts are too short, and a look at their lengths is faster.
        if len(texts) * (MIN_LENGTH + 2) > len(dotted):
            texts = [text for text in texts if len(text) >= MIN_LENGTH]
        return not (
            self._sixes.isdisjoint(map(LAST, texts)) and self._starts.isdisjoint(map(FIRST, texts))
        )

    def _first_cut(self, dotted: bytes) -> int:
        line = dotted[max(dotted.rfind(b"\n") + 1, len(dotted) - self._longest - MAX_ELLIPSIS) :]
        dots = line.rfind(DOTS)
        text = line if dots < 0 else line[dots:].lstrip(b".")
        # The end may cut a piece, or the ellipsis after one.
        cut = self._longest_end(text)
        for length in range(1, min(len(text), MAX_ELLIPSIS)):
            if text[-length] not in ELLIPSIS_STARTS:
                continue
            end = DIGITS.sub(b"0", text[-length:])
            if any(each.startswith(end) for each in ELLIPSES):
                # Dots before it become part of it.
                before = text[:-length].rstrip(b".")
                if (piece := self._longest_end(before)) >= MIN_LENGTH:
                    cut = max(cut, piece + len(text) - len(before))
                # The piece after the ellipsis before may have to end there.
                if dots >= 0 and self._longest_start(text) > len(before):
                    cut = len(text)
        return len(dotted) - cut

    def _longest_end(self, text: bytes) -> int:
        """Return the length of the longest end of a text that is a piece."""
        lengths = self._lengths(text, LAST(text))
        return bisect.bisect_left(lengths, True, key=lambda n: text[-n:] not in self._text)

    def _longest_start(self, text: bytes) -> int:
        lengths = self._lengths(text, FIRST(text))
        return bisect.bisect_left(lengths, True, key=lambda n: text[:n] not in self._text)

    def _lengths(self, text: bytes, six: bytes) -> range:
        """Return the lengths that a piece at this end may have.

        If its six characters are in no value, none of six or more: this look-up in a set is much
        faster than a search of all values.
        """
        longest = self._longest if six in self._sixes else MIN_LENGTH - 1
        return range(1, min(len(text), longest) + 1)

    def _is_secret(self, piece: bytes) -> bool:
        """Whether a piece has enough characters, some of them letters or digits."""
        text = ESCAPE.sub(b"\n", piece)
        return (
            len(text) >= MIN_LENGTH
            and any(chr(byte).isalnum() for byte in text)
            and not all(line in self._armour for line in text.split(b"\n"))
        )


def _grams(lines: Iterable[bytes], length: int) -> frozenset[bytes]:
    return frozenset(
        line[at : at + length] for line in lines for at in range(len(line) - length + 1)
    )


def _dotted(data: bytes) -> bytes:
    """Return the data with each ellipsis as dots, as many as its bytes."""
    # One byte is found much faster than two.
    if (b"]" in data and b" chars]" in data) or (b"'" in data and b"'+" in data):
        data = COUNT.sub(lambda found: b"." * len(found[0]), data)
    if b"\\" in data:
        data = data.replace(b"\\u2026", b"......")
    return data if data.isascii() else data.replace("…".encode(), b"...")


def _lines(value: str) -> Iterator[bytes]:
    """Yield each line of a value and its parts, as it is, in JSON, in Python, and in both."""
    known = ""
    for text in sorted(secret_parts(value), key=len, reverse=True):
        if text in known:
            continue
        known += f"\n{text}"
        in_json, in_python = json.dumps(text)[1:-1], repr(text)[1:-1]
        for spelling in (
            text,
            in_json,
            json.dumps(text, ensure_ascii=False)[1:-1],
            json.dumps(in_json)[1:-1],
            in_python,
            in_python.replace("\\'", "'").replace("'", "\\'"),
            json.dumps(in_python)[1:-1],
        ):
            yield from spelling.encode(errors="surrogateescape").split(b"\n")
