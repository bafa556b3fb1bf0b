"""Slices: the part of a log that came while one test ran."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import BinaryIO

from rehearsal.evidence.log_index import LogIndex, keeps_blocks, read_text
from rehearsal.results.file_names import CONTAINER_LOG
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
ARRIVAL_REMARK = " (as it arrived: a line of one stream may stand in a traceback of the other)"


def split_log(log: BinaryIO, index: LogIndex, when: float) -> tuple[str, str]:
    """Return a log's text before and after `when` (in seconds since 1970).

    A long first part is cut to its head, a long second part to its head and tail. Raises OSError.
    """
    since = bisect_left(index.times, when)
    start = index.starts[since] if since < len(index.starts) else index.total
    before = read_text(log, index, 0, min(start, END_SIZE))
    return before, "\n".join(_head_and_tail(log, index, start, index.total))


def bounds_of(span: Span) -> tuple[float, float]:
    """Return from when to when a line of a log may be of a test, in seconds since 1970."""
    before, after = (0.0, DELIVERY_DELAY) if span.exact else (ROUNDING, ROUNDING + LATE_DELIVERY)
    return span.start - before, span.end + after


def cut_slice(log: BinaryIO, index: LogIndex, span: Span, name: str = CONTAINER_LOG) -> str:
    """Return what the log `name` received during `span`, below a heading.

    Return an empty string without an index, and for other logs than the container's if they
    received nothing. Raises OSError.
    """
    if not index.times:
        return ""
    start, end = index.between(*bounds_of(span))
    if start == end:
        return f"{heading(span)}\n# (the app wrote nothing)\n" if name == CONTAINER_LOG else ""
    remark = ARRIVAL_REMARK if index.has_both_streams and not keeps_blocks(log, index) else ""
    left_out = end - start - 2 * END_SIZE
    gap = f"\n# ... {left_out} bytes are left out here; {name} has more ...\n"
    return f"{heading(span, name)}{remark}\n{gap.join(_head_and_tail(log, index, start, end))}"


def heading(span: Span, name: str = CONTAINER_LOG) -> str:
    """Return a slice's first line, which says how exact it is."""
    if span.exact:
        return f"# {name} between the start and the end of this test"
    return (
        f"# approximate: {name} around this test. Its report has no exact times, so they "
        "are worked out from the suite's time stamp and durations, with 1 s before and 1.5 s after."
    )


def _head_and_tail(log: BinaryIO, index: LogIndex, start: int, end: int) -> Iterator[str]:
    """Yield the bytes `start` to `end` of a log as one text, or head and tail of a long one."""
    if end - start <= 2 * END_SIZE:
        yield read_text(log, index, start, end)
        return
    yield read_text(log, index, start, start + END_SIZE)
    yield read_text(log, index, end - END_SIZE, end)
