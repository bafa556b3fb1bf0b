"""A file of limited size: it keeps the head and the tail of what is written."""

import os
import re
from contextlib import suppress
from io import FileIO
from typing import BinaryIO

from rehearsal.outside.files import write_all
from rehearsal.outside.folder import Folder

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
    that says how many bytes are left out. All three stay open: their names may be gone by then.
    """

    def __init__(
        self, folder: Folder, name: str, *, head: int = HEAD_SIZE, segment: int = SEGMENT_SIZE
    ) -> None:
        """Create the file `name`; replace one that is there. Raises OSError."""
        self.received = 0
        """How many bytes were written so far, kept or not."""
        self._folder, self._name = folder, name
        self._head_size, self._segment_size = head, segment
        self._head = self._file = folder.create_file(name, replace=True)
        self._space_left = head
        self._segments: list[tuple[str, FileIO]] = []

    @property
    def closed(self) -> bool:
        """Whether the file is closed."""
        return self._head.closed

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
        """Close, and join head and tail in one file. Raises OSError."""
        with self._head:
            if not self._segments:
                return
            tail = b""
            for _, file in self._segments:
                with file:
                    file.seek(0)
                    tail += file.readall()
            left_out = self.received - self._head_size - len(tail)
            write_all(self._head, (GAP % left_out if left_out else b"") + tail)
            while self._segments:
                self._drop_segment()

    def _next_segment(self) -> None:
        if len(self._segments) > 1:
            self._drop_segment()
        used = {name[-1] for name, _ in self._segments}
        name = f"{self._name}.tail-{1 if '1' not in used else 2}"
        self._file = self._folder.create_file(name, replace=True)
        self._segments.append((name, self._file))
        self._space_left = self._segment_size

    def _drop_segment(self) -> None:
        name, file = self._segments.pop(0)
        file.close()
        with suppress(FileNotFoundError):
            self._folder.unlink(name)


def read_range(file: BinaryIO, total: int, start: int, end: int, *, head: int = HEAD_SIZE) -> bytes:
    """Return the bytes `start` to `end` of the `total` bytes that were written.

    The line about the gap stands for the bytes that are left out. Raises OSError.
    """
    gap = None
    if file.seek(0, os.SEEK_END) != total:
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
