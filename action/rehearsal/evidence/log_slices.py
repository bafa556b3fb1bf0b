"""Slices: the part of the container's log that came while one test ran."""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from rehearsal.evidence.capped_file import read_range
from rehearsal.outside.folder import Folder
from rehearsal.results.file_names import CONTAINER_LOG, CONTAINER_LOG_INDEX
from rehearsal.results.tests import Span

# How long a line needs from the app to us, in seconds; measured: milliseconds, even at full load.
DELIVERY_DELAY = 0.05
# How exact a time stamp with rounded durations is, in seconds.
ROUNDING = 1.0
# Added to the end where times are rounded, in seconds: a time stamp in whole seconds may be a
# second too early, and delivery takes time as well.
LATE_DELIVERY = 0.5
# How much is kept of the head and of the tail of a long slice, in bytes.
END_SIZE = 256 << 10
ENTRY = re.compile(rb"(\d+\.\d+) \S+ (\d+) (\d+)\n")


@dataclass(frozen=True, kw_only=True)
class LogIndex:
    """When each piece of a log arrived: its time, its start and its end, in order."""

    # Arrays: a log may have millions of entries, and lists would need five times the memory.
    times: "array[float]" = field(default_factory=lambda: array("d"))
    starts: "array[int]" = field(default_factory=lambda: array("Q"))
    ends: "array[int]" = field(default_factory=lambda: array("Q"))

    @property
    def total(self) -> int:
        """How many bytes the log received."""
        return self.ends[-1] if self.ends else 0

    def between(self, start: float, end: float) -> tuple[int, int]:
        """Return the offsets of what came from `start` to `end`, in seconds since 1970."""
        first, after = bisect_left(self.times, start), bisect_right(self.times, end)
        if first >= after:
            return 0, 0
        return self.starts[first], self.ends[after - 1]


def read_index(folder: Folder) -> LogIndex:
    """Read the index of the container's log; skip lines that are no entry."""
    index = LogIndex()
    try:
        with folder.open_file(CONTAINER_LOG_INDEX) as lines:
            for when, start, end in _entries(lines):
                # The order must hold even if the clock is set back, or an entry is cut.
                index.times.append(max(when, index.times[-1] if index.times else 0.0))
                index.starts.append(start)
                index.ends.append(end)
    except OSError:
        pass
    return index


def split_log(log: BinaryIO, index: LogIndex, when: float) -> tuple[str, str]:
    """Return a log's text before and after `when` (in seconds since 1970).

    A long first part is cut to its head, a long second part to its head and tail. Raises OSError.
    """
    since = bisect_left(index.times, when)
    start, total = index.starts[since] if since < len(index.starts) else index.total, index.total
    before = _text(log, total, 0, min(start, END_SIZE))
    return before, "\n".join(_head_and_tail(log, total, start, total))


def cut_slice(log: BinaryIO, index: LogIndex, span: Span) -> str:
    """Return what the log received during `span`, below a heading.

    Return an empty string without an index. Raises OSError.
    """
    if not index.times:
        return ""
    before, after = (0.0, DELIVERY_DELAY) if span.exact else (ROUNDING, ROUNDING + LATE_DELIVERY)
    start, end = index.between(span.start - before, span.end + after)
    if start == end:
        return f"{heading(span)}\n# (the app wrote nothing)\n"
    left_out = end - start - 2 * END_SIZE
    gap = f"\n# ... {left_out} bytes are left out here; {CONTAINER_LOG} has more ...\n"
    return f"{heading(span)}\n{gap.join(_head_and_tail(log, index.total, start, end))}"


def heading(span: Span) -> str:
    """Return a slice's first line, which says how exact it is."""
    if span.exact:
        return f"# {CONTAINER_LOG} between the start and the end of this test"
    return (
        f"# approximate: {CONTAINER_LOG} around this test. Its report has no exact times, so they "
        "are worked out from the suite's time stamp and durations, with 1 s before and 1.5 s after."
    )


def _head_and_tail(log: BinaryIO, total: int, start: int, end: int) -> Iterator[str]:
    """Yield the bytes `start` to `end` of a log as one text, or head and tail of a long one."""
    if end - start <= 2 * END_SIZE:
        yield _text(log, total, start, end)
        return
    yield _text(log, total, start, start + END_SIZE)
    yield _text(log, total, end - END_SIZE, end)


def _text(log: BinaryIO, total: int, start: int, end: int) -> str:
    return read_range(log, total, start, end).decode(errors="replace")


def _entries(lines: Iterable[bytes]) -> Iterator[tuple[float, int, int]]:
    for line in lines:
        if entry := ENTRY.fullmatch(line):
            start = int(entry[2])
            yield float(entry[1]), start, start + int(entry[3])
