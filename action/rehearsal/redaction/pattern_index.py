"""Find many patterns at once, in a time that hardly depends on their number.

Text is read as aligned 32-bit words, and a set intersection, which runs in C, finds those that a
pattern may contain. Each pattern has windows: bytes of which every occurrence contains one. A
window of seven bytes holds a whole aligned word wherever it stands, so four words a window, one
for each alignment, cannot miss it. Around a window that is in the text, the pattern is compared in
both directions. The idea is q-gram filtering, as in Wu and Manber, "A fast algorithm for
multi-pattern searching" (1994).
"""

import itertools
import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rehearsal.redaction.pattern import WINDOW, WORD, Pattern, Span, rarity

# From so many windows on, one look at each word is faster than a search for each window.
MANY_WINDOWS = 32
# Words that no text has make the set's table large: then few words of a text share a place in it
# with one of ours. They are in places of their own, by their first byte, which is not ASCII.
FILLERS = tuple(high << 8 | low for high in range(10) for low in range(0x80, 0x100))


class _Entry(NamedTuple):
    """A window, the place of one of its words, and two other words at the same alignment.

    A text without all three words lacks the window. A window with fewer words repeats them.
    """

    window: bytes
    offset: int
    second: int
    third: int


class PatternIndex:
    """Patterns by the words of their windows."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._windows: dict[bytes, list[tuple[Pattern, int]]] = {}
        self._line_starts = _Starts()
        self._starts = _Starts()
        for pattern in patterns:
            (self._starts if pattern.is_multiline else self._line_starts).add(pattern)
            for text, offset in pattern.windows.items():
                self._windows.setdefault(text, []).append((pattern, offset))
        self._by_word: dict[int, list[_Entry]] = {}
        for text in self._windows:
            for word, entry in _entries(text):
                self._by_word.setdefault(word, []).append(entry)
        entries = [each for entries in self._by_word.values() for each in entries]
        words = {*self._by_word, *(e.second for e in entries), *(e.third for e in entries)}
        self._words = frozenset([*FILLERS, *words])

    def scan(self, data: bytes, *, final: bool = False) -> tuple[list[Span], int]:
        """Return where patterns occur, and where the first starts that the end may cut.

        With `final`, no data follows: then nothing is cut.
        """
        if not self._windows:
            return [], len(data)
        spans: list[Span] = []
        limit = len(data)
        for text, at in self._windows_in(data):
            for pattern, offset in self._windows[text]:
                found, cut = pattern.around(data, at + offset)
                spans += found
                limit = limit if cut is None else min(limit, cut)
        if final:
            return spans, len(data)
        # Where the end of the data cuts a window, the pattern starts shortly before.
        limit = self._line_starts.first_cut(data, data.rfind(b"\n") + 1, limit)
        return spans, self._starts.first_cut(data, 0, limit)

    def _windows_in(self, data: bytes) -> Iterator[tuple[bytes, int]]:
        """Yield each window that is in the data, and where."""
        words = memoryview(data)[: len(data) // WORD * WORD].cast("I")
        found = self._words.intersection(words)
        likely = [
            (word, each)
            for word in found
            for each in self._by_word.get(word, ())
            if each.second in found and each.third in found
        ]
        texts = {each.window for _, each in likely}
        if len(texts) < MANY_WINDOWS:
            for text in texts:
                yield from ((text, at) for at in _occurrences(text, data))
        else:
            entries: dict[int, list[_Entry]] = {}
            for word, each in likely:
                entries.setdefault(word, []).append(each)
            places = itertools.compress(itertools.count(), map(entries.__contains__, words))
            for place in places:
                for each in entries[words[place]]:
                    at = place * WORD - each.offset
                    if at >= 0 and data.startswith(each.window, at):
                        yield each.window, at
        # The words of six bytes may need one byte more.
        if data[1 - WINDOW :] in self._windows:
            yield data[1 - WINDOW :], len(data) + 1 - WINDOW


class _Starts:
    """Patterns by their first bytes."""

    def __init__(self) -> None:
        self._patterns: dict[bytes, list[Pattern]] = {}
        self._reach = 0

    def add(self, pattern: Pattern) -> None:
        self._reach = max(self._reach, pattern.reach)
        for head in {text[:length] for text in pattern.heads for length in range(1, WORD + 1)}:
            self._patterns.setdefault(head, []).append(pattern)

    def first_cut(self, data: bytes, start: int, limit: int) -> int:
        """Return where, from `start`, a pattern starts that the end may cut; else `limit`."""
        for at in range(max(start, len(data) - self._reach), limit):
            if (patterns := self._patterns.get(data[at : at + WORD])) and any(
                pattern.ends(data, at)[1] for pattern in patterns
            ):
                return at
        return limit


def _entries(window: bytes) -> Iterator[tuple[int, _Entry]]:
    """Yield an entry for each alignment: a text with the window contains one of their words."""
    for shift in range(min(WORD, len(window) - WORD + 1)):
        places = sorted(
            range(shift, len(window) - WORD + 1, WORD),
            key=lambda at: rarity(window[at : at + WORD]),
            reverse=True,
        )
        words = [_number(window[at : at + WORD]) for at in places[:3]]
        word, second, third = (words * 3)[:3]
        yield word, _Entry(window, places[0], second, third)
    if len(window) < WINDOW:
        # At one alignment of four, the only whole word ends with a byte that is not known.
        at = WORD - 1
        for byte in range(256):
            word = _number(window[at:] + bytes((byte,)))
            yield word, _Entry(window, at, word, word)


def _number(word: bytes) -> int:
    return int.from_bytes(word, sys.byteorder)


def _occurrences(text: bytes, data: bytes) -> Iterator[int]:
    at = data.find(text)
    while at != -1:
        yield at
        at = data.find(text, at + 1)
