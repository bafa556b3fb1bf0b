"""A file of limited size: it keeps the head and the tail of what is written."""

import os
import weakref
from contextlib import suppress
from io import FileIO
from pathlib import PurePosixPath
from typing import BinaryIO

from rehearsal.outside.files import write_all
from rehearsal.outside.folder import Folder
from rehearsal.outside.remove_tree import remove_tree
from rehearsal.regex import regex

# In bytes. People do not read more of a log, and artifacts are paid for by size.
HEAD_SIZE = 64 << 20
# In bytes: the tail has at least this size, and at most twice this size.
SEGMENT_SIZE = 8 << 20
# In bytes, of what is in memory at once.
CHUNK = 1 << 20
GAP = b"\n... %d bytes are left out here ...\n"
GAP_PATTERN = regex(rb"\n\.\.\. (\d+) bytes are left out here \.\.\.\n")
MAX_GAP_LENGTH = 64


class CappedFile:
    """An unbuffered file: what was written is on disk even if this process is killed.

    Bytes after the first `head` go into two more files in turn: each time one of them holds
    `segment` bytes, the other is emptied and filled. `close` appends both to the file, after a line
    that says how many bytes are left out. All three stay open: their names may be gone by then, and
    `restore` makes the file anew from what was held open.
    """

    def __init__(
        self, folder: Folder, name: str, *, head: int = HEAD_SIZE, segment: int = SEGMENT_SIZE
    ) -> None:
        """Create the file `name`; replace one that is there. Raises OSError."""
        self.received = 0
        """How many bytes were written so far, kept or not."""
        self.closed = False
        """Whether head and tail are in one file."""
        self._folder, self.name = folder, name
        self._head_size, self._segment_size = head, segment
        self._current = _Part(name, folder.create_file(name, replace=True), head)
        self._head = self._current
        self._segments: list[_Part] = []
        # How many bytes others have cut off, or added if the number is negative.
        self._lost = 0

    def write(self, data: bytes) -> None:
        """Append all of `data`. Raises OSError."""
        self.received += len(data)
        while data:
            if not self._current.space_left:
                self._next_segment()
            data = data[self._current.write(data) :]

    def close(self) -> None:
        """Join head and tail in one file, which stays open for `restore`. Raises OSError."""
        if self.closed:
            return
        self.closed = True
        if not self._segments:
            return
        self._lost = sum(each.lost for each in self._segments)
        tail = sum(each.size for each in self._segments)
        if left_out := self.received - self._head_size - tail - self._lost:
            self._head.append(GAP % left_out)
        while self._segments:
            with self._segments[0].file as file:
                file.seek(0)
                while piece := file.read(CHUNK):
                    self._head.append(piece)
            self._drop_segment()

    def restore(self, folder: Folder) -> bool:
        """Write the file again if its name in `folder` no longer leads to it.

        Return whether it was written again; `lost` says what of it is gone. Raises OSError.
        """
        file = self._head.file
        if folder.leads_to(self.name, file):
            return False
        _clear(folder, self.name)
        with folder.create_file(self.name) as copy:
            file.seek(0)
            while piece := file.read(CHUNK):
                write_all(copy, piece)
        return True

    @property
    def lost(self) -> int:
        """How many bytes others have cut off the file, or added to it if the number is negative."""
        return self._lost + self._head.lost

    def _next_segment(self) -> None:
        if len(self._segments) > 1:
            self._drop_segment()
        used = {each.name[-1] for each in self._segments}
        name = f"{self.name}.tail-{1 if '1' not in used else 2}"
        file = self._folder.create_file(name, replace=True)
        self._current = _Part(name, file, self._segment_size)
        self._segments.append(self._current)

    def _drop_segment(self) -> None:
        part = self._segments.pop(0)
        part.file.close()
        with suppress(FileNotFoundError):
            self._folder.unlink(part.name)


class _Part:
    """One of the files: what was written to it, and how much more it takes, in bytes."""

    def __init__(self, name: str, file: FileIO, limit: int) -> None:
        self.name, self.file, self.space_left = name, file, limit
        self._written = 0
        # Not __del__: in a cycle, which a log is part of, the file may be collected before this.
        weakref.finalize(self, file.close)

    @property
    def size(self) -> int:
        """The size of the file."""
        return os.fstat(self.file.fileno()).st_size

    @property
    def lost(self) -> int:
        """How many of the bytes that were written are no longer there."""
        return self._written - self.size

    def write(self, data: bytes) -> int:
        """Append as much as there is space for; return how much that was. Raises OSError."""
        written = self.file.write(data[: self.space_left]) or 0
        self.space_left -= written
        self._written += written
        return written

    def append(self, data: bytes) -> None:
        """Append all of `data`, whatever the limit. Raises OSError."""
        rest = memoryview(data)
        while rest:
            written = self.file.write(rest) or 0
            self._written += written
            rest = rest[written:]


def _clear(folder: Folder, name: str) -> None:
    """Remove what others have put in the place of a file. Raises OSError."""
    try:
        folder.unlink(name)
    except FileNotFoundError:
        pass
    except IsADirectoryError:
        path = PurePosixPath(name)
        remove_tree(folder.folder(str(path.parent)), path.name)


def read_range(file: BinaryIO, total: int, start: int, end: int, *, head: int = HEAD_SIZE) -> bytes:
    """Return the bytes `start` to `end` of the `total` bytes that were written.

    The line about the gap stands for the bytes that are left out. Raises OSError.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(head)
    gap = GAP_PATTERN.match(file.read(MAX_GAP_LENGTH))
    left_out = int(gap[1]) if gap else 0
    # The line may be as long as what it stands for: the size alone does not tell.
    if not gap or size - len(gap[0]) + left_out != total:
        file.seek(start)
        return file.read(end - start)
    pieces = []
    if start < head:
        file.seek(start)
        pieces.append(file.read(min(end, head) - start))
    if start < head + left_out and end > max(start, head):
        pieces.append(gap[0])
    if end > head + left_out:
        begin = max(start, head + left_out)
        file.seek(begin - left_out + len(gap[0]))
        pieces.append(file.read(end - begin))
    return b"".join(pieces)
