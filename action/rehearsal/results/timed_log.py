"""Lines of a log with their times."""

from rehearsal.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class TimedLine:
    """A line, with the lines that belong to it: a traceback is one.

    `time` is when it arrived, in seconds since 1970. `is_error` says that it came from standard
    error.
    """

    time: float
    text: str
    is_error: bool = False


@dataclass(frozen=True, kw_only=True)
class TimedLog:
    """What came of a log during a test; `left_out` counts the bytes that are not."""

    name: str
    lines: tuple[TimedLine, ...] = ()
    left_out: int = 0
