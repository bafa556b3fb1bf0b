"""The index of a log: when each piece came, of which stream; the log read by it."""

import math
import os
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import field, replace
from typing import BinaryIO

from rehearsal.dataclass import dataclass
from rehearsal.evidence.capped_file import read_range
from rehearsal.evidence.log_order import Piece, join_pieces
from rehearsal.outside.files import read_head_and_tail
from rehearsal.outside.folder import Folder
from rehearsal.regex import regex
from rehearsal.results.file_names import CONTAINER_LOG, INDEX_SUFFIX

# In bytes. A longer index has more than 200,000 entries; reading them takes a second.
MAX_INDEX_SIZE = 8 << 20
# Where an entry names its stream: from then on we asked the app ourselves.
OWN_REQUESTS = "asks"
# Where a report shows the log across that moment.
OWN_REMARK = "# from here on: requests of Dress Rehearsal itself, and how the app was stopped"
# Not more digits than an array takes: the tests may write into the file.
ENTRY = regex(rb"(\d{1,18}\.\d+) (\S+) (\d{1,18}) (\d{1,18})\n")


@dataclass(frozen=True, kw_only=True)
class LogIndex:
    """When each piece of a log arrived: its time, its start, its end and its stream, in order.

    What came after `asked` (in seconds since 1970) is of no test: we have asked the app ourselves.
    `own_start` says the same of the app's log itself, as an offset, whatever the clock says.
    """

    # Arrays: a log may have millions of entries, and lists would need five times the memory.
    times: "array[float]" = field(default_factory=lambda: array("d"))
    starts: "array[int]" = field(default_factory=lambda: array("Q"))
    ends: "array[int]" = field(default_factory=lambda: array("Q"))
    # The first letter of each stream's name.
    streams: bytearray = field(default_factory=bytearray)
    asked: float = math.inf
    own_start: int = sys.maxsize

    @property
    def total(self) -> int:
        """How many bytes the log received."""
        return self.ends[-1] if self.ends else 0

    @property
    def has_both_streams(self) -> bool:
        """Whether the app wrote to standard output and to standard error."""
        return len(set(self.streams)) > 1

    @property
    def is_complete(self) -> bool:
        """Whether there is an entry for each byte of the log."""
        return not self.starts or (self.starts[0] == 0 and self.starts[1:] == self.ends[:-1])

    def pieces(self, start: int, data: bytes) -> Iterator[Piece]:
        """Cut `data`, the log's bytes from the offset `start`, into the pieces that arrived.

        The index has to be complete.
        """
        position, end = start, start + len(data)
        for number in range(bisect_right(self.ends, start), bisect_left(self.ends, end) + 1):
            after = min(self.ends[number], end)
            piece = data[position - start : after - start]
            yield Piece(self.times[number], chr(self.streams[number]), piece)
            position = after

    def between(self, start: float, end: float) -> tuple[int, int]:
        """Return the offsets of what came from `start` to `end`, in seconds since 1970.

        Nothing is of a test that came after we asked the app ourselves.
        """
        first = bisect_left(self.times, start)
        after = bisect_right(self.times, min(end, self.asked))
        after = min(after, bisect_left(self.starts, self.own_start))
        if first >= after:
            return 0, 0
        return self.starts[first], self.ends[after - 1]


def read_index(
    folder: Folder, max_size: int = sys.maxsize, *, name: str = CONTAINER_LOG
) -> LogIndex:
    """Read the index of a log, the container's or `name`; skip lines that are no entry.

    Return an empty index if its file is larger than `max_size` bytes.
    """
    index = LogIndex()
    try:
        with folder.open_file(f"{name}{INDEX_SUFFIX}") as lines:
            if os.fstat(lines.fileno()).st_size > max_size:
                return index
            for when, stream, start, end in _entries(lines):
                # The order must hold even if the clock is set back, or an entry is cut.
                time = max(when, index.times[-1] if index.times else 0.0)
                if stream == OWN_REQUESTS.encode():
                    index = replace(index, asked=time, own_start=start)
                    continue
                index.times.append(time)
                index.starts.append(start)
                index.ends.append(end)
                index.streams.append(stream[0])
    except OSError:
        pass
    return index


def keeps_blocks(log: BinaryIO, index: LogIndex) -> bool:
    """Return whether `read_text` keeps blocks whole: not if the file is not all that arrived.

    The middle of a long log is left out, and tests may change the file or the index.
    """
    return log.seek(0, os.SEEK_END) == index.total and index.is_complete


def read_text(log: BinaryIO, index: LogIndex, start: int, end: int) -> str:
    """Return what is in the bytes `start` to `end` of a log: blocks are whole where possible."""
    return _read(log, index, start, end).decode(errors="replace")


def read_ends(log: BinaryIO, index: LogIndex, head: int, tail: int) -> tuple[bytes, bytes, int]:
    """Return what `read_head_and_tail` does: blocks are whole where possible. Raises OSError.

    A remark stands where our own requests begin; if that is left out, before the second part.
    """
    total = index.total
    is_known = index.has_both_streams or index.own_start < total
    is_ordered = is_known and keeps_blocks(log, index)
    log.seek(0)
    if not is_ordered:
        return read_head_and_tail(log, head, tail)
    left_out = total - head - tail
    if left_out <= 0:
        return _read_marked(log, index, 0, total), b"", 0
    return (
        _read_marked(log, index, 0, head),
        _read_marked(log, index, head + left_out, total, left_out=left_out),
        left_out,
    )


def _read_marked(
    log: BinaryIO, index: LogIndex, start: int, end: int, *, left_out: int = 0
) -> bytes:
    """Read a part of the log; a remark stands where our own requests begin.

    `left_out` is how many bytes before the part are in no other.
    """
    if not start - left_out <= index.own_start < end:
        return _read(log, index, start, end)
    own = max(start, index.own_start)
    before, after = _read(log, index, start, own), _read(log, index, own, end)
    return before + own_remark(before) + after


def own_remark(before: bytes) -> bytes:
    """Return the remark as a line below what came `before`."""
    is_within_a_line = bool(before) and not before.endswith(b"\n")
    return b"\n" * is_within_a_line + f"{OWN_REMARK}\n".encode()


def _read(log: BinaryIO, index: LogIndex, start: int, end: int) -> bytes:
    data = read_range(log, index.total, start, end)
    is_ordered = start < end and index.has_both_streams and keeps_blocks(log, index)
    return join_pieces(index.pieces(start, data)) if is_ordered else data


def _entries(lines: Iterable[bytes]) -> Iterator[tuple[float, bytes, int, int]]:
    for line in lines:
        if entry := ENTRY.fullmatch(line):
            start = int(entry[3])
            yield float(entry[1]), entry[2], start, start + int(entry[4])
