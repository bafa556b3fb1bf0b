"""The lines of a log that came during a test, each with its time."""

from collections.abc import Iterator
from typing import BinaryIO

from rehearsal.evidence.capped_file import read_range
from rehearsal.evidence.log_index import LogIndex
from rehearsal.evidence.log_order import blocks_of
from rehearsal.results.timed_log import TimedLine, TimedLog

# In bytes: of a long part the head and the tail are read.
HEAD_SIZE = 64 << 10
TAIL_SIZE = 960 << 10
# Of one log, the last ones; a line has so many characters at most.
MAX_LINES = 10_000
MAX_LINE = 20_000


def read_lines(log: BinaryIO, index: LogIndex, name: str, start: float, end: float) -> TimedLog:
    """Return what came of the log `name` from `start` to `end`, in seconds since 1970.

    It is empty if the times are not known: without an index, or if the file was changed. Raises
    OSError.
    """
    first, after = index.between(start, end)
    if first >= after or not index.is_complete:
        return TimedLog(name=name)
    left_out = max(0, after - first - HEAD_SIZE - TAIL_SIZE)
    parts = (
        ((first, first + HEAD_SIZE), (after - TAIL_SIZE, after)) if left_out else ((first, after),)
    )
    lines = [line for part in parts for line in _read_part(log, index, *part)]
    for line in lines[:-MAX_LINES]:
        left_out += len(line.text.encode())
    return TimedLog(name=name, lines=tuple(lines[-MAX_LINES:]), left_out=left_out)


def _read_part(log: BinaryIO, index: LogIndex, start: int, end: int) -> Iterator[TimedLine]:
    data = read_range(log, index.total, start, end)
    # In the gap of a long log, or if the file was changed, the bytes have no times.
    if len(data) != end - start:
        return
    for piece in blocks_of(index.pieces(start, data)):
        text = piece.data.decode(errors="replace").strip("\r\n")
        if text.strip():
            yield TimedLine(time=piece.time, text=text[:MAX_LINE], is_error=piece.stream == "e")
