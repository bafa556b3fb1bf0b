"""The few lines that the app logged at the moment of a test's failure, each with its time."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from rehearsal.dataclass import dataclass
from rehearsal.evidence.log_index import LogIndex
from rehearsal.evidence.log_lines import read_lines
from rehearsal.evidence.log_slices import bounds_of
from rehearsal.outside.folder import Folder
from rehearsal.results.bounded_text import cut_text
from rehearsal.results.browser_trace import TraceRequest
from rehearsal.results.evidence_index import LogLine
from rehearsal.results.file_names import CONTAINER_LOG
from rehearsal.results.tests import Span
from rehearsal.results.timed_log import TimedLine
from rehearsal.source.error_lines import says_error, says_unanswered
from rehearsal.source.source_tree import SourceTree
from rehearsal.source.tracebacks import HEADERS, frame_of, tracebacks

# How long before and after a request a line of the log may belong to it, in seconds: the line of an
# error comes before the answer, that of a server's access log after it.
BEFORE = 0.1
AFTER = 0.5
MAX_LINE = 300
# A card shows so many; the file has all.
MAX_LINES = 6
# In characters: without a request, the end of what the app logged during the test is searched.
MAX_SEARCHED = 50_000
# Nothing can cancel the search, and an app may log anything: 50 failed tests take about a second at
# most.
MAX_SEARCHED_LINES = 1000
MAX_SEARCHED_LINE = 2000


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A time of a test, in seconds since 1970; `began` is when the test did.

    `path` is what was requested, empty without a request.
    """

    began: float
    start: float
    end: float
    path: str = ""


def moment_of_test(
    request: TraceRequest | None, started: float, span: Span | None
) -> Moment | None:
    """Return the time of the request that says most, or else of the whole test, if it is known.

    `started` is when the trace with the request began, in seconds since 1970.
    """
    if request:
        begin = started + request.start
        path = urlsplit(request.address).path if request.address.isprintable() else ""
        start, end = begin - BEFORE, begin + request.seconds + AFTER
        if span and span.exact and span.start <= begin <= span.end:
            first, last = bounds_of(span)
            start, end = max(start, first), min(end, last)
        return Moment(began=started, start=start, end=end, path=path)
    # Times of a report are rounded, so a line may be of another test.
    if not (span and span.exact):
        return None
    start, end = bounds_of(span)
    return Moment(began=span.start, start=start, end=end)


def app_lines(
    moment: Moment | None, folder: Folder, index: LogIndex, source: SourceTree
) -> tuple[LogLine, ...]:
    """Return what the app logged then, in order; the line that says most is marked as the key.

    With an exception, the key line stands for its traceback.
    """
    if not moment:
        return ()
    try:
        with folder.open_file(CONTAINER_LOG) as log:
            found = read_lines(log, index, CONTAINER_LOG, moment.start, moment.end)
    except OSError:
        return ()
    blocks = _last_blocks(found.lines)
    text = _key_line([each.text for each in blocks], moment.path, source)
    place = _place(text, blocks)
    # Of two lines that came after the error one may be the access log's, with the status.
    first = max(0, min(place - MAX_LINES + 3, len(blocks) - MAX_LINES))
    around = (
        _line(text, each, moment, is_key=True)
        if text and number == place
        else _line(_said(each.text), each, moment)
        for number, each in enumerate(blocks[first : first + MAX_LINES], first)
        if number == place or not _repeats(each.text, text)
    )
    # What was logged again says nothing more. Lines may be equal only where they are cut.
    unique: dict[str, LogLine] = {}
    for each in around:
        if each.is_key:
            unique.pop(each.text, None)
        unique.setdefault(each.text, each)
    return tuple(unique.values())


def _last_blocks(blocks: Sequence[TimedLine]) -> list[TimedLine]:
    size = 0
    kept: list[TimedLine] = []
    for each in reversed(blocks):
        size += len(each.text)
        if kept and size > MAX_SEARCHED:
            break
        kept.append(each)
    return kept[::-1]


def _line(text: str, block: TimedLine, moment: Moment, *, is_key: bool = False) -> LogLine:
    start = max(0.0, block.time - moment.began)
    return LogLine(start=start, text=cut_text(text, MAX_LINE), is_key=is_key)


def _said(block: str) -> str:
    """Return the first line of a block, of a traceback its last one: the exception."""
    lines = [line.rstrip() for line in block.splitlines() if line.strip()] or [""]
    return lines[-1 if lines[0].strip() in HEADERS else 0]


def _place(text: str, blocks: Sequence[TimedLine]) -> int:
    """Return which block a line is of: the last one that has it, or else the last block."""
    places = (place for place in reversed(range(len(blocks))) if _repeats(blocks[place].text, text))
    return next(places, len(blocks) - 1)


def _repeats(block: str, text: str) -> bool:
    """Return whether a block of the log has the line that says most, maybe without its place."""
    lines = (line.strip() for line in block.splitlines())
    return any(line and (text == line or text.startswith(f"{line} (")) for line in lines)


def _key_line(texts: Sequence[str], path: str, source: SourceTree) -> str:
    """Return the exception with its line of the project, an error's line, or that of the path."""
    lines = "\n".join(texts).splitlines()[-MAX_SEARCHED_LINES:]
    raised = list(tracebacks("\n".join(lines)))
    if frame := frame_of(raised, source):
        return f"{frame.error} ({frame.file}:{frame.line})"
    if raised:
        return raised[-1].error
    for is_key in (says_unanswered, says_error, lambda line: path.strip("/") and path in line):
        if key := [line.strip() for line in lines if is_key(line[:MAX_SEARCHED_LINE])]:
            return next((line for line in reversed(key) if path.strip("/") in line), key[-1])
    return ""
