"""Replace secrets in bytes on their way out: pure, streaming, one pass.

The patterns are the encoded values of all secrets. The time hardly depends on their number: text is
read as aligned 32-bit words, and a set intersection, which runs in C, finds the words of patterns
that occur in it; only those patterns are then searched for. A pattern of seven bytes or more holds
a whole aligned word wherever it stands, so four words a pattern, one for each alignment, cannot
miss it. The idea is q-gram filtering, as in Wu and Manber, "A fast algorithm for multi-pattern
searching" (1994).
"""

import sys
from collections.abc import Iterable, Iterator

from rehearsal.redaction.secret import Secret
from rehearsal.redaction.secret_encodings import encoded_values

REPLACEMENT = b"***"
WORD = 4
# From this length on a pattern holds an aligned word at every alignment.
ALIGNED_LENGTH = 2 * WORD - 1


class Redactor:
    """Knows every encoded value of every secret; makes one stream for each text."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._secrets = tuple(secrets)
        self._patterns = sorted(
            {pattern for secret in self._secrets for pattern in encoded_values(secret.value)}
        )
        self._multiline_patterns = [pattern for pattern in self._patterns if b"\n" in pattern]
        self._longest = max(map(len, self._patterns), default=1)
        self._by_word: dict[int, set[bytes]] = {}
        for pattern in self._patterns:
            for word in _index_words(pattern):
                self._by_word.setdefault(int.from_bytes(word, sys.byteorder), set()).add(pattern)
        self._words = frozenset(self._by_word)
        # Prefixes of one word, and shorter ones: the end of a piece may cut a pattern anywhere.
        self._by_prefix: dict[bytes, list[bytes]] = {}
        for pattern in self._patterns:
            for length in range(1, WORD + 1):
                self._by_prefix.setdefault(pattern[:length], []).append(pattern)
        # Patterns of six bytes need the words that begin two bytes later, too.
        is_short = any(len(pattern) < ALIGNED_LENGTH for pattern in self._patterns)
        self._offsets = (0, 2) if is_short else (0,)

    def redact(self, text: str) -> str:
        """Replace the secrets in a text."""
        return self.redact_bytes(text.encode(errors="surrogateescape")).decode(
            errors="surrogateescape"
        )

    def names_in(self, text: str) -> list[str]:
        """Return the names of the secrets whose values are in a text."""
        return [each.name for each in self._secrets if Redactor([each]).redact(text) != text]

    def redact_bytes(self, data: bytes) -> bytes:
        """Replace the secrets in bytes that are complete."""
        stream = self.stream()
        return stream.feed(data) + stream.flush()

    def stream(self) -> "RedactingStream":
        """Start a stream: a secret that is split across two pieces is found, too."""
        return RedactingStream(self)

    def spans(self, data: bytes) -> list[tuple[int, int]]:
        """Return where secrets are, as sorted (start, end); spans may overlap."""
        found: set[bytes] = set()
        for start in self._offsets:
            end = start + (len(data) - start) // WORD * WORD
            if end > start:
                for word in self._words.intersection(memoryview(data)[start:end].cast("I")):
                    found |= self._by_word[word]
        return sorted(
            (at, at + len(pattern)) for pattern in found for at in _occurrences(pattern, data)
        )

    def partial_start(self, data: bytes) -> int:
        """Return where the longest tail begins that may be the beginning of a secret."""
        line = max(data.rfind(b"\n") + 1, len(data) - self._longest + 1)
        starts = (at for at in range(line, len(data)) if self._is_partial(data, at))
        first = next(starts, len(data))
        for pattern in self._multiline_patterns:
            first = _partial_start(pattern, data, max(0, len(data) - len(pattern) + 1), first)
        return first

    def _is_partial(self, data: bytes, at: int) -> bool:
        patterns = self._by_prefix.get(data[at : at + WORD])
        return patterns is not None and any(
            len(pattern) > len(data) - at and pattern.startswith(data[at:]) for pattern in patterns
        )


class RedactingStream:
    """A text that comes in pieces: feed them, send on what is returned, flush at the end."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._tail = b""
        # How many bytes at the tail's start belong to a secret that is already replaced.
        self._covered = 0

    def feed(self, piece: bytes) -> bytes:
        """Add a piece; return the redacted bytes that no later piece can change."""
        data = self._tail + piece
        return self._emit(data, self._redactor.partial_start(data))

    def flush(self) -> bytes:
        """Return the rest, redacted."""
        return self._emit(self._tail, len(self._tail))

    def _emit(self, data: bytes, limit: int) -> bytes:
        out: list[bytes] = []
        done = self._covered
        for start, end in self._redactor.spans(data):
            if start >= done:
                if start >= limit:
                    break
                out += (data[done:start], REPLACEMENT)
            done = max(done, end)
        out.append(data[done:limit])
        self._tail = data[limit:]
        self._covered = max(0, done - limit)
        return b"".join(out)


def _index_words(pattern: bytes) -> Iterator[bytes]:
    """Yield one word for each alignment of the pattern: one always matches. Prefer rare words."""
    if len(pattern) < ALIGNED_LENGTH:
        yield from (pattern[0:WORD], pattern[1 : 1 + WORD])
        return
    for shift in range(WORD):
        yield max(
            (pattern[at : at + WORD] for at in range(shift, len(pattern) - WORD + 1, WORD)),
            key=_rarity,
        )


def _rarity(word: bytes) -> tuple[int, int]:
    """Estimate how rare a word is in logs, where dashes, blanks and plain English are common."""
    return len(set(word)), sum(not chr(byte).islower() for byte in word)


def _occurrences(pattern: bytes, data: bytes) -> Iterator[int]:
    at = data.find(pattern)
    while at != -1:
        yield at
        at = data.find(pattern, at + 1)


def _partial_start(pattern: bytes, data: bytes, start: int, limit: int) -> int:
    """Return where, from `start`, a pattern begins that the end of the data cuts; else `limit`."""
    at = data.find(pattern[:WORD], start, limit + WORD)
    while at != -1 and at < limit:
        if pattern.startswith(data[at:]):
            return at
        at = data.find(pattern[:WORD], at + 1, limit + WORD)
    for at in range(max(start, len(data) - WORD + 1), min(limit, len(data))):
        if pattern.startswith(data[at:]):
            return at
    return limit
