"""What stands at one place of a pattern: bytes, or a choice between spellings."""

from collections.abc import Iterable, Sequence

# How often a character stands in the spellings of a longer run of it.
HEAD = 8


class Choice:
    """Spellings of a character, or of one that is repeated: any of them may stand there."""

    def __init__(self, spellings: Iterable[bytes], *, plain: bytes) -> None:
        """Take all spellings; `plain` is the one that is compared first."""
        self.plain = plain
        self.spellings = frozenset(spellings)
        self.longest = max(map(len, self.spellings))
        self.shortest = min(map(len, self.spellings))
        self._optional = [0] if b"" in self.spellings else []
        self._lengths_by_first = self._lengths_by_byte(slice(0, 1))
        self._lengths_by_last = self._lengths_by_byte(slice(-1, None))

    def ends(self, data: bytes, start: int) -> list[int]:
        """Return where the spellings end that start there."""
        lengths = self._lengths_by_first.get(data[start : start + 1], self._optional)
        ends = (start + n for n in lengths if start + n <= len(data))
        return [end for end in ends if data[start:end] in self.spellings]

    def starts(self, data: bytes, end: int) -> list[int]:
        """Return where the spellings start that end there."""
        lengths = self._lengths_by_last.get(data[max(0, end - 1) : end], self._optional)
        starts = (end - n for n in lengths if n <= end)
        return [start for start in starts if data[start:end] in self.spellings]

    def is_cut(self, data: bytes, start: int) -> bool:
        """Whether the data ends before a spelling that may start there does."""
        length = len(data) - start
        return length < self.longest and any(
            len(text) > length and text.startswith(data[start:]) for text in self.spellings
        )

    def _lengths_by_byte(self, place: slice) -> dict[bytes, list[int]]:
        lengths: dict[bytes, set[int]] = {}
        for text in self.spellings - {b""}:
            lengths.setdefault(text[place], set(self._optional)).add(len(text))
        return {byte: sorted(each) for byte, each in lengths.items()}


class Run(Choice):
    """Spellings of a character that is repeated more than `HEAD` times, as in a line of dashes.

    It is written in the same way each time, so the rest of a run follows from its head. `spellings`
    are those of the head.
    """

    def __init__(self, spellings: Iterable[bytes], *, plain: bytes, count: int) -> None:
        """Take the spellings of the character, and how often it stands there."""
        super().__init__((text * HEAD for text in spellings), plain=plain * HEAD)
        self._count = count
        self.plain = plain * count
        self.longest = self.longest // HEAD * count
        self.shortest = self.shortest // HEAD * count

    def ends(self, data: bytes, start: int) -> list[int]:
        """Return where the runs end that start there."""
        runs = (self._run(data[start:end]) for end in super().ends(data, start))
        return [start + len(run) for run in runs if data.startswith(run, start)]

    def starts(self, data: bytes, end: int) -> list[int]:
        """Return where the runs start that end there."""
        runs = (self._run(data[start:end]) for start in super().starts(data, end))
        return [end - len(run) for run in runs if data.endswith(run, 0, end)]

    def is_cut(self, data: bytes, start: int) -> bool:
        """Whether the data ends before a run that may start there does."""
        length = len(data) - start
        if length >= self.longest:
            return False
        runs = (self._run(data[start:end]) for end in super().ends(data, start))
        return super().is_cut(data, start) or any(
            len(run) > length and run.startswith(data[start:]) for run in runs
        )

    def _run(self, head: bytes) -> bytes:
        return head[: len(head) // HEAD] * self._count


Part = bytes | Choice


def texts(part: Part) -> Iterable[bytes]:
    """Return what may stand there; of a run, what it begins and ends with."""
    return (part,) if isinstance(part, bytes) else part.spellings


def plain(parts: Iterable[Part]) -> bytes:
    """Return the parts in their plain spelling."""
    return b"".join(part if isinstance(part, bytes) else part.plain for part in parts)


def shortest(part: Part) -> int:
    """Return how many bytes a part has at least."""
    return len(part) if isinstance(part, bytes) else part.shortest


def longest(parts: Iterable[Part]) -> int:
    """Return how many bytes the parts have at most."""
    return sum(len(part) if isinstance(part, bytes) else part.longest for part in parts)


def first_bytes(parts: Sequence[Part], length: int) -> set[bytes]:
    """Return the first bytes of everything that the parts may be; less where they end before."""
    found: set[bytes] = set()
    begun = {b""}
    for part in parts:
        begun = {(text + more)[:length] for text in begun for more in texts(part)}
        found |= {text for text in begun if len(text) == length}
        begun -= found
        if not begun:
            break
    return found | begun


def last_bytes(parts: Sequence[Part], length: int) -> set[bytes]:
    """Return the last bytes of everything that the parts may be; less where they begin later."""
    found: set[bytes] = set()
    begun = {b""}
    for part in reversed(parts):
        begun = {(more + text)[-length:] for text in begun for more in texts(part)}
        found |= {text for text in begun if len(text) == length}
        begun -= found
        if not begun:
            break
    return found | begun
