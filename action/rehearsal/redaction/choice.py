"""What stands at one place of a pattern: bytes, or a choice between spellings."""

from collections.abc import Iterable, Sequence


class Choice:
    """Spellings of a character, or of one that is repeated: any of them may stand there."""

    def __init__(self, spellings: Iterable[bytes], *, plain: bytes) -> None:
        """Take all spellings; `plain` is the one that is compared first."""
        self.plain = plain
        self.spellings = frozenset(spellings)
        self.longest = max(map(len, self.spellings))
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


Part = bytes | Choice


def texts(part: Part) -> Iterable[bytes]:
    """Return what may stand there."""
    return (part,) if isinstance(part, bytes) else part.spellings


def plain(parts: Iterable[Part]) -> bytes:
    """Return the parts in their plain spelling."""
    return b"".join(part if isinstance(part, bytes) else part.plain for part in parts)


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
