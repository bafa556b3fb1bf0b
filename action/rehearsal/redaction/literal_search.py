"""Search bytes that come in pieces for literal texts, as fast as memory is read.

`bytes.find` reads some gigabytes a second, but once for each literal. With many of them one look at
all aligned words of the bytes tells first whether any literal may be there: one that is long enough
has a whole word wherever it stands. See `pattern_index`, which also finds shorter texts.
"""

import sys
from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

WORD = 8
# A text of this length has a whole aligned word wherever it stands.
WINDOW = 2 * WORD - 1
# From so many long literals on, the look at the words is faster.
MANY = 24
# In bytes, before and from the start of a literal: what a hit shows.
BEFORE, AFTER = 64, 512
# Of one literal in one piece. A hostile file may have nothing but hits.
MAX_HITS = 100


class Hit(NamedTuple):
    """A literal that stands at `offset` of all bytes; `text` is what is around its start."""

    literal: bytes
    offset: int
    text: bytes


class LiteralSearch:
    """Literals to search for."""

    def __init__(self, literals: Iterable[bytes]) -> None:
        literals = frozenset(literals)
        self._long = [text for text in literals if len(text) >= WINDOW]
        self._short = [text for text in literals if len(text) < WINDOW]
        self._words = frozenset(
            int.from_bytes(text[at : at + WORD], sys.byteorder)
            for text in self._long
            for at in range(WORD)
        )
        self.reach = max((AFTER, *map(len, literals)))

    def stream(self) -> "LiteralStream":
        """Start to search bytes that come in pieces."""
        return LiteralStream(self)

    def literals_in(self, data: bytes) -> list[bytes]:
        """Return the literals that may be in the data."""
        if len(self._long) < MANY or self._may_have_long(data):
            return self._short + self._long
        return self._short

    def _may_have_long(self, data: bytes) -> bool:
        words = memoryview(data)[: len(data) // WORD * WORD].cast("Q")
        return not self._words.isdisjoint(words)


class LiteralStream:
    """Bytes that come in pieces; a literal that is split between them is found, too."""

    def __init__(self, search: LiteralSearch) -> None:
        self._search = search
        # The end of what was fed. Its first `_done` bytes were searched, and are only shown.
        self._tail = b""
        self._done = self._base = 0

    @property
    def position(self) -> int:
        """How many bytes were searched: any later hit is behind them."""
        return self._base + self._done

    def feed(self, piece: bytes) -> list[Hit]:
        """Add a piece; return the hits whose surroundings are known, sorted by their offsets."""
        data = self._tail + piece
        return self._hits(data, max(self._done, len(data) - self._search.reach))

    def flush(self) -> list[Hit]:
        """Return the hits in what is left, at the end."""
        return self._hits(self._tail, len(self._tail))

    def _hits(self, data: bytes, limit: int) -> list[Hit]:
        """Return the hits that start before the limit, and keep what is needed for the others."""
        found: list[Hit] = []
        for literal in self._search.literals_in(data):
            at, end = self._done, limit + len(literal) - 1
            for _ in range(MAX_HITS):
                if (at := data.find(literal, at, end)) == -1:
                    break
                text = data[max(0, at - BEFORE) : at + AFTER]
                found.append(Hit(literal, self._base + at, text))
                at += len(literal)
        kept = max(0, limit - BEFORE)
        self._tail, self._done, self._base = data[kept:], limit - kept, self._base + kept
        return sorted(found, key=attrgetter("offset"))
