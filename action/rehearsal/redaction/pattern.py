"""A pattern: how one text may be written, and the bytes by which it is found."""

from collections.abc import Iterator, Sequence

from rehearsal.redaction.choice import (
    Part,
    first_bytes,
    last_bytes,
    longest,
    plain,
    shortest,
    texts,
)

WORD = 4
# A sequence of this length holds a whole aligned word wherever it stands.
WINDOW = 2 * WORD - 1
# How much of a longer sequence is a window, and how far from the pattern's start it begins.
LONG_WINDOW = 32
MAX_BEFORE_WINDOW = 24

Span = tuple[int, int]


class Pattern:
    """A sequence of parts. Its occurrences are found around a place that is known.

    Each occurrence contains a window: bytes that are searched for.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        index = _rarest(parts)
        self._parts, self._before, self._rest = parts, parts[:index], parts[index:]
        # Window, and where the rest starts in it.
        self.windows = dict(self._windows())
        # An occurrence whose window the end of the data cuts starts so many bytes before it.
        self.reach = longest(self._before) + max(map(len, self.windows))
        self.heads = first_bytes(parts, WORD)
        self.is_multiline = any(
            b"\n" in text for each in (self.windows, *map(texts, self._before)) for text in each
        )
        # Between letters or digits, the plain text has no other reading.
        is_bounded = isinstance(parts[0], bytes) and isinstance(parts[-1], bytes)
        self._plain = plain(parts) if is_bounded else None
        self._plain_before = len(plain(self._before))

    def around(self, data: bytes, middle: int) -> tuple[list[Span], int | None]:
        """Return the occurrences whose rest starts there.

        Also return where they start if the end of the data may cut one.
        """
        start = middle - self._plain_before
        if self._plain and start >= 0 and data.startswith(self._plain, start):
            return [(start, start + len(self._plain))], None
        if not (starts := _starts(self._before, data, middle)):
            return [], None
        ends, is_cut = _ends(self._rest, data, middle)
        start = min(starts)
        return [(start, end) for end in ends], start if is_cut else None

    def ends(self, data: bytes, start: int) -> tuple[set[int], bool]:
        """Return where occurrences end that start there, and whether the data's end may cut one."""
        return _ends(self._parts, data, start)

    def _windows(self) -> Iterator[tuple[bytes, int]]:
        first = self._rest[0]
        if isinstance(first, bytes) and len(first) >= WINDOW:
            yield first[:LONG_WINDOW], 0
            return
        for text in first_bytes(self._rest, WINDOW):
            # What is shorter ends with the pattern.
            missing = WINDOW - len(text)
            for left in last_bytes(self._before, missing) if missing else (b"",):
                yield left + text, len(left)


def _starts(parts: Sequence[Part], data: bytes, end: int) -> set[int]:
    """Return where the parts start that end there."""
    places = {end}
    for part in reversed(parts):
        if isinstance(part, bytes):
            places = {at - len(part) for at in places if data.endswith(part, 0, at)}
        else:
            places = {start for at in places for start in part.starts(data, at)}
        if not places:
            break
    return places


def _ends(parts: Sequence[Part], data: bytes, start: int) -> tuple[set[int], bool]:
    """Return where the parts end that start there, and whether the data's end may cut them."""
    places, is_cut = {start}, False
    for part in parts:
        if isinstance(part, bytes):
            is_cut = is_cut or any(
                len(data) - at < len(part) and part.startswith(data[at:]) for at in places
            )
            places = {at + len(part) for at in places if data.startswith(part, at)}
        else:
            is_cut = is_cut or any(part.is_cut(data, at) for at in places)
            places = {end for at in places for end in part.ends(data, at)}
        if not places:
            break
    return places, is_cut


def _rarest(parts: Sequence[Part]) -> int:
    """Return the index of the part to search for: long, near the start, and rare in logs."""
    best, choice, before = (0, (0, 0)), 0, 0
    for index, part in enumerate(parts):
        if isinstance(part, bytes):
            is_window = len(part) >= WINDOW
            key = min(len(part), WINDOW), rarity(part[:LONG_WINDOW]) if is_window else (0, 0)
            if key > best:
                best, choice = key, index
        before += shortest(part)
        if before > MAX_BEFORE_WINDOW:
            break
    return choice


def rarity(text: bytes) -> tuple[int, int]:
    """Estimate how rare a text is in logs, where dashes, blanks and plain English are common."""
    return len(set(text)), sum(not chr(byte).islower() for byte in text)
