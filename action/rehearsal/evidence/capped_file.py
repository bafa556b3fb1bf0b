"""A file of limited size: it keeps the head and the tail of what is written."""

import re
from pathlib import Path

# In bytes. People do not read more of a log, and artifacts are paid for by size.
HEAD_SIZE = 64 << 20
# In bytes: the tail has at least this size, and at most twice this size.
SEGMENT_SIZE = 8 << 20
GAP = b"\n... %d bytes are left out here ...\n"
GAP_PATTERN = re.compile(rb"\n\.\.\. (\d+) bytes are left out here \.\.\.\n")
MAX_GAP_LENGTH = 64


class CappedFile:
    """An unbuffered file: what was written is on disk even if this process is killed.

    Bytes after the first `head` go into two more files in turn: each time one of them holds
    `segment` bytes, the other is emptied and filled. `close` appends both to the file, after a line
    that says how many bytes are left out.
    """

    def __init__(self, path: Path, *, head: int = HEAD_SIZE, segment: int = SEGMENT_SIZE) -> None:
        self.received = 0
        """How many bytes were written so far, kept or not."""
        self._path = path
        self._head_size, self._segment_size = head, segment
        self._file = path.open("ab", buffering=0)
        self._space_left = head
        self._segments: list[Path] = []

    @property
    def closed(self) -> bool:
        """Whether the file is closed."""
        return self._file.closed

    def write(self, data: bytes) -> None:
        """Append all of `data`. Raises OSError."""
        self.received += len(data)
        while data:
            if not self._space_left:
                self._next_segment()
            written = self._file.write(data[: self._space_left]) or 0
            self._space_left -= written
            data = data[written:]

    def close(self) -> None:
        """Close, and join head and tail in one file."""
        self._file.close()
        if not self._segments:
            return
        tail = b"".join(segment.read_bytes() for segment in self._segments)
        left_out = self.received - self._head_size - len(tail)
        with self._path.open("ab") as file:
            if left_out:
                file.write(GAP % left_out)
            file.write(tail)
        for segment in self._segments:
            segment.unlink()

    def _next_segment(self) -> None:
        self._file.close()
        if len(self._segments) > 1:
            self._segments.pop(0).unlink()
        used = {segment.suffix for segment in self._segments}
        suffix = ".tail-1" if ".tail-1" not in used else ".tail-2"
        segment = self._path.with_name(self._path.name + suffix)
        self._file = segment.open("wb", buffering=0)
        self._segments.append(segment)
        self._space_left = self._segment_size


def read_range(path: Path, total: int, start: int, end: int, *, head: int = HEAD_SIZE) -> bytes:
    """Return the bytes `start` to `end` of the `total` bytes that were written.

    The line about the gap stands for the bytes that are left out. Raises OSError.
    """
    with path.open("rb") as file:
        gap = None
        if path.stat().st_size != total:
            file.seek(head)
            gap = GAP_PATTERN.match(file.read(MAX_GAP_LENGTH))
        if not gap:
            file.seek(start)
            return file.read(end - start)
        left_out = int(gap[1])
        pieces = []
        if start < head:
            file.seek(start)
            pieces.append(file.read(min(end, head) - start))
        if start < head + left_out and end > head:
            pieces.append(gap[0])
        if end > head + left_out:
            begin = max(start, head + left_out)
            file.seek(begin - left_out + len(gap[0]))
            pieces.append(file.read(end - begin))
        return b"".join(pieces)
