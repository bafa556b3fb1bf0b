"""A file that does not grow for ever: of a flood it keeps the head and the tail."""

import re
from pathlib import Path

# An app that logs this much has said what it had to say; artifacts are paid for by size.
HEAD_SIZE = 64 << 20
# Of what comes after the head at least this much is kept, and at most twice as much.
SEGMENT_SIZE = 8 << 20
GAP = b"\n... %d bytes are left out here ...\n"
GAP_PATTERN = re.compile(rb"\n\.\.\. (\d+) bytes are left out here \.\.\.\n")
MAX_GAP_LENGTH = 64


class CappedFile:
    """Append-only and unbuffered: what is written is there, whatever becomes of the writer.

    What comes after the first `head` bytes goes into two more files in turn, each begun anew when
    the other holds `segment` bytes; `close` joins them, and says how much is left out between.
    """

    def __init__(self, path: Path, *, head: int = HEAD_SIZE, segment: int = SEGMENT_SIZE) -> None:
        self.count = 0
        """How many bytes have come so far."""
        self._path = path
        self._head, self._segment = head, segment
        self._file = path.open("ab", buffering=0)
        self._room = head
        self._segments: list[Path] = []

    @property
    def closed(self) -> bool:
        """Whether nothing can be written any more."""
        return self._file.closed

    def write(self, data: bytes) -> None:
        """Append all of `data`. Raises OSError."""
        self.count += len(data)
        while data:
            if not self._room:
                self._next_segment()
            written = self._file.write(data[: self._room]) or 0
            self._room -= written
            data = data[written:]

    def close(self) -> None:
        """Close, with head and tail in one file."""
        self._file.close()
        if not self._segments:
            return
        tail = b"".join(segment.read_bytes() for segment in self._segments)
        missing = self.count - self._head - len(tail)
        with self._path.open("ab") as file:
            if missing:
                file.write(GAP % missing)
            file.write(tail)
        for segment in self._segments:
            segment.unlink()

    def _next_segment(self) -> None:
        self._file.close()
        if len(self._segments) > 1:
            self._segments.pop(0).unlink()
        taken = {segment.suffix for segment in self._segments}
        suffix = ".tail-1" if ".tail-1" not in taken else ".tail-2"
        segment = self._path.with_name(self._path.name + suffix)
        self._file = segment.open("wb", buffering=0)
        self._segments.append(segment)
        self._room = self._segment


def read_range(path: Path, total: int, start: int, end: int, *, head: int = HEAD_SIZE) -> bytes:
    """Return the bytes `start` to `end` of all `total` that came, the gap's own words in its place.

    Raises OSError.
    """
    with path.open("rb") as file:
        gap = None
        if path.stat().st_size != total:
            file.seek(head)
            gap = GAP_PATTERN.match(file.read(MAX_GAP_LENGTH))
        if not gap:
            file.seek(start)
            return file.read(end - start)
        missing = int(gap[1])
        pieces = []
        if start < head:
            file.seek(start)
            pieces.append(file.read(min(end, head) - start))
        if start < head + missing and end > head:
            pieces.append(gap[0])
        if end > head + missing:
            begin = max(start, head + missing)
            file.seek(begin - missing + len(gap[0]))
            pieces.append(file.read(end - begin))
        return b"".join(pieces)
