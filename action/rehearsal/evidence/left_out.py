"""What is left out of the evidence: a bounded list of notices."""

from collections.abc import Iterator

# So many files are named; the others are counted.
MAX_NAMED = 10
MEGABYTE = 1_000_000
# In bytes: less is not shown in megabytes.
SMALLEST_SHOWN = MEGABYTE // 10


class LeftOut:
    """Files that are not kept, each with its size in bytes and the reason."""

    def __init__(self) -> None:
        self._files: list[tuple[int, str, str]] = []

    def add(self, name: str, size: int, reason: str) -> None:
        """Add a file or a folder; the size of a folder is 0."""
        self._files.append((size, name, reason))

    def notices(self) -> Iterator[str]:
        """Yield a sentence for each of the largest files, and one for all others."""
        largest_first = sorted(self._files, key=lambda each: -each[0])
        for size, name, reason in largest_first[:MAX_NAMED]:
            shown = f" ({megabytes(size)})" if size else ""
            yield f"{name}{shown} was left out: {reason}."
        if others := largest_first[MAX_NAMED:]:
            size = sum(each[0] for each in others)
            files = "file was" if len(others) == 1 else "files were"
            yield f"{len(others)} more {files} left out ({megabytes(size)})."


def megabytes(size: int) -> str:
    """Return a size in bytes in the unit of the input evidence-limit."""
    return f"{size} bytes" if size < SMALLEST_SHOWN else f"{size / MEGABYTE:,.1f} MB"
