"""Replace secrets in bytes on their way out: pure, streaming, one pass.

The search is nearly flat in the number of secrets. Text is read as aligned 32-bit words, and a set
intersection, which runs in C, tells which words of which forms occur at all; only those forms are
then looked for. A form of seven bytes or more holds a whole aligned word wherever it stands, so
four words a form, one for each alignment, cannot miss it. The idea is q-gram filtering, as in
Wu and Manber, "A fast algorithm for multi-pattern searching" (1994).
"""

import sys
from collections.abc import Iterable, Iterator

from rehearsal.redaction.secret import Secret
from rehearsal.redaction.secret_encodings import encoded_values

REPLACEMENT = b"***"
WORD = 4
# From this length on a form holds an aligned word at every alignment.
SURE = 2 * WORD - 1


class Redactor:
    """Knows every form of every secret; makes one stream for each text that leaves."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._forms = sorted({form for secret in secrets for form in encoded_values(secret.value)})
        self._across_lines = [form for form in self._forms if b"\n" in form]
        self._longest = max(map(len, self._forms), default=1)
        self._by_word: dict[int, set[bytes]] = {}
        for form in self._forms:
            for word in _telling_words(form):
                self._by_word.setdefault(int.from_bytes(word, sys.byteorder), set()).add(form)
        self._words = frozenset(self._by_word)
        # By their first word, and by the shorter beginnings that the end of a piece may cut.
        self._by_head: dict[bytes, list[bytes]] = {}
        for form in self._forms:
            for length in range(1, WORD + 1):
                self._by_head.setdefault(form[:length], []).append(form)
        # Forms of six bytes need the words that begin two bytes later, too.
        self._starts = (0, 2) if any(len(form) < SURE for form in self._forms) else (0,)

    def text(self, text: str) -> str:
        """Replace the secrets in one whole text."""
        return self.whole(text.encode(errors="surrogateescape")).decode(errors="surrogateescape")

    def whole(self, data: bytes) -> bytes:
        """Replace the secrets in one whole piece."""
        stream = self.stream()
        return stream.feed(data) + stream.flush()

    def stream(self) -> "RedactingStream":
        """Start a stream of its own; a secret split across two writes is still found."""
        return RedactingStream(self)

    def spans(self, data: bytes) -> list[tuple[int, int]]:
        """Return where secrets stand, as sorted (start, end); spans may overlap."""
        found: set[bytes] = set()
        for start in self._starts:
            end = start + (len(data) - start) // WORD * WORD
            if end > start:
                for word in self._words.intersection(memoryview(data)[start:end].cast("I")):
                    found |= self._by_word[word]
        return sorted((at, at + len(form)) for form in found for at in _occurrences(form, data))

    def open_end(self, data: bytes) -> int:
        """Return where the longest tail that may still become a secret begins."""
        line = max(data.rfind(b"\n") + 1, len(data) - self._longest + 1)
        first = next(filter(lambda at: self._opens(data, at), range(line, len(data))), len(data))
        for form in self._across_lines:
            first = _open_start(form, data, max(0, len(data) - len(form) + 1), first)
        return first

    def _opens(self, data: bytes, at: int) -> bool:
        forms = self._by_head.get(data[at : at + WORD])
        return forms is not None and any(
            len(form) > len(data) - at and form.startswith(data[at:]) for form in forms
        )


class RedactingStream:
    """One text in the making: feed it pieces, send on what it returns, flush it at the end."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._tail = b""
        # So many bytes of the tail are part of a secret that has been replaced already.
        self._covered = 0

    def feed(self, piece: bytes) -> bytes:
        """Take the next piece; return what can leave."""
        data = self._tail + piece
        return self._emit(data, self._redactor.open_end(data))

    def flush(self) -> bytes:
        """Return the rest: nothing more comes."""
        return self._emit(self._tail, len(self._tail))

    def _emit(self, data: bytes, hold: int) -> bytes:
        out: list[bytes] = []
        done = self._covered
        for start, end in self._redactor.spans(data):
            if start >= done:
                if start >= hold:
                    break
                out += (data[done:start], REPLACEMENT)
            done = max(done, end)
        out.append(data[done:hold])
        self._tail = data[hold:]
        self._covered = max(0, done - hold)
        return b"".join(out)


def _telling_words(form: bytes) -> Iterator[bytes]:
    """Yield words of which one stands aligned wherever the form does, the rarest there are."""
    if len(form) < SURE:
        yield from (form[0:WORD], form[1 : 1 + WORD])
        return
    for shift in range(WORD):
        yield max(
            (form[at : at + WORD] for at in range(shift, len(form) - WORD + 1, WORD)),
            key=_rarity,
        )


def _rarity(word: bytes) -> tuple[int, int]:
    """Guess how rare a word is in logs: rulers, blanks and plain English are not."""
    return len(set(word)), sum(not chr(byte).islower() for byte in word)


def _occurrences(form: bytes, data: bytes) -> Iterator[int]:
    at = data.find(form)
    while at != -1:
        yield at
        at = data.find(form, at + 1)


def _open_start(form: bytes, data: bytes, start: int, limit: int) -> int:
    """Return where, from `start`, the data's end begins the form; `limit` when nowhere before."""
    at = data.find(form[:WORD], start, limit + WORD)
    while at != -1 and at < limit:
        if form.startswith(data[at:]):
            return at
        at = data.find(form[:WORD], at + 1, limit + WORD)
    for at in range(max(start, len(data) - WORD + 1), min(limit, len(data))):
        if form.startswith(data[at:]):
            return at
    return limit
