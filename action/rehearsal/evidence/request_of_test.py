"""The request that says most about a failed test, and what the app logged at that moment."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from rehearsal.evidence.log_index import LogIndex
from rehearsal.evidence.log_lines import read_lines
from rehearsal.outside.folder import Folder
from rehearsal.results.bounded_text import cut_text
from rehearsal.results.browser_trace import BrowserTrace, TraceRequest
from rehearsal.results.file_names import CONTAINER_LOG
from rehearsal.source.error_lines import says_error, says_unanswered
from rehearsal.source.source_tree import SourceTree
from rehearsal.source.tracebacks import project_frame, tracebacks

CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# What a page is made of, and what its scripts ask for; of icons and fonts no test is red.
MAIN_KINDS = frozenset({"", "document", "frame", "xhr", "fetch"})
PARTS = frozenset({"script", "stylesheet"})
SERVER_ERROR = 500
# The browser itself ended it, as it does when it goes to the next page.
ABORTED = "net::ERR_ABORTED"
# How long before and after a request a line of the log may belong to it, in seconds: the line of an
# error comes before the answer, that of a server's access log after it.
BEFORE = 0.1
AFTER = 0.5
MAX_LINE = 300


def request_of_test(trace: BrowserTrace) -> TraceRequest | None:
    """Return the last request that the app could not answer, or else the last of another weight.

    That is one that was refused or changes something, and then a part of a page that is missing.
    """
    weighed = [(_weight(each), number) for number, each in enumerate(trace.requests)]
    weight, number = max(weighed, default=(0, 0))
    return trace.requests[number] if weight else None


def _weight(request: TraceRequest) -> int:
    if request.error == ABORTED:
        return 0
    is_main = request.kind in MAIN_KINDS or request.method in CHANGES
    if is_main and (request.error or request.status >= SERVER_ERROR):
        return 3
    if is_main and (request.failed or request.method in CHANGES):
        return 2
    return 1 if request.failed and request.kind in PARTS else 0


def app_line(
    request: TraceRequest, started: float, folder: Folder, index: LogIndex, source: SourceTree
) -> str:
    """Return the line of the app's log that says most about a request, empty if there is none.

    `started` is when the test began, in seconds since 1970; `index` is that of the log.
    """
    begin = started + request.start
    end = begin + request.seconds
    try:
        with folder.open_file(CONTAINER_LOG) as log:
            found = read_lines(log, index, CONTAINER_LOG, begin - BEFORE, end + AFTER)
    except OSError:
        return ""
    texts = [line.text for line in found.lines]
    path = urlsplit(request.address).path if request.address.isprintable() else ""
    return cut_text(_most_telling(texts, path, source), MAX_LINE)


def _most_telling(texts: Sequence[str], path: str, source: SourceTree) -> str:
    """Return the exception with its line of the project, an error's line, or that of the path."""
    text = "\n".join(texts)
    if frame := project_frame(text, source):
        return f"{frame.error} ({frame.file}:{frame.line})"
    if errors := [each.error for each in tracebacks(text)]:
        return errors[-1]
    lines = text.splitlines()
    for tells in (says_unanswered, says_error, lambda line: path.strip("/") and path in line):
        if told := [line.strip() for line in lines if tells(line)]:
            return told[-1]
    return ""
