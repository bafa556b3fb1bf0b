"""What trace.html shows: the trace of a test, the logs of that time and the project's code."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from rehearsal.evidence.excerpts import read_excerpt
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.hidden_values import hide_values
from rehearsal.evidence.log_index import LogIndex
from rehearsal.evidence.logs_of_trace import logs_of_trace
from rehearsal.outside.files import read_text
from rehearsal.outside.folder import Folder
from rehearsal.regex import regex
from rehearsal.results.browser_trace import BrowserTrace
from rehearsal.results.evidence_index import FailedTestEvidence, TraceAttempt
from rehearsal.results.origin import Origin
from rehearsal.results.tests import ListedOutcome
from rehearsal.results.trace_reader import PICTURE, read_trace
from rehearsal.results.traced_attempt import TRACE_PAGE, SourceExcerpt, TracedAttempt
from rehearsal.source.code_files import is_code
from rehearsal.source.source_tree import SourceTree
from rehearsal.source.text_lines import split_lines

# What rehearsal_capture writes of a test's attempts.
TRACE = regex(r"trace(?:-retry(\d{1,3}))?\.jsonl", re.ASCII)
# In bytes; all that the capture keeps has less.
MAX_TRACE = 8 << 20
MAX_HEAD = 16 << 10
PLACE = regex(r"(.+):(\d{1,7})")
# How many lines of the project's code are shown before and after a line, of how many lines.
AROUND = 4
MAX_PLACES = 500
# In bytes.
MAX_SOURCE = 1 << 20
MAX_LINE = 400


def find_attempts(folder: Folder, names: Iterable[str], *, flaky: bool) -> tuple[TraceAttempt, ...]:
    """Return the attempts of a test that left a trace, in their order.

    `names` are the paths of its files. `trace.html` belongs to the attempt of which its report
    tells: the first failure of a flaky test, the last one of a test that failed each time.
    """
    found = (
        (match, name) for name in names if (match := TRACE.fullmatch(PurePosixPath(name).name))
    )
    attempts = [
        TraceAttempt(number=number, page="", file=name, passed=head.passed, started=head.started)
        for number, name in sorted((int(match[1] or 0) + 1, name) for match, name in found)
        for head in [read_head(folder, name)]
    ]
    failed = [each for each in attempts if not each.passed] or attempts
    main = failed[0 if flaky else -1] if failed else None
    return tuple(
        replace(each, page=TRACE_PAGE if each is main else f"trace-attempt{each.number}.html")
        for each in attempts
    )


def main_attempt(attempts: Iterable[TraceAttempt]) -> TraceAttempt | None:
    """Return the attempt of `trace.html`."""
    return next((each for each in attempts if each.page == TRACE_PAGE), None)


def read_head(folder: Folder, name: str) -> BrowserTrace:
    """Return what the first line of a trace tells, without steps."""
    excerpt = read_excerpt(folder, name, (MAX_HEAD, 0))
    return read_trace(excerpt.text.partition("\n")[0]) if excerpt else BrowserTrace()


def read_trace_file(folder: Folder, name: str) -> BrowserTrace:
    """Return a trace of the evidence, of a long one what its first part has: the steps."""
    excerpt = read_excerpt(folder, name, (MAX_TRACE, 0)) if name else None
    return read_trace(excerpt.text) if excerpt else BrowserTrace()


def traced_attempts(
    test: FailedTestEvidence,
    evidence: Evidence,
    source: SourceTree,
    indexes: Mapping[str, LogIndex],
    *,
    starts: Collection[float] = (),
    outcome: ListedOutcome | None = None,
    origin: Origin | None = None,
) -> Iterator[TracedAttempt]:
    """Yield what the pages show of a test's attempts: that of `trace.html`, then from the last one.

    `indexes` are those of the logs, by their names. `starts` are when the traces of all tests
    began, in seconds since 1970. `outcome` is how the test ended: None if it failed each time.
    `origin` is for links.
    """
    try:
        entries = evidence.folder.folder(test.folder).entries() if test.folder else []
    except OSError:
        return
    pictures = frozenset(each.name for each in entries if PICTURE.fullmatch(each.name))
    is_flaky = outcome is ListedOutcome.FLAKY

    # In a function of its own, so that no two of the large traces are in memory.
    def shown_of(attempt: TraceAttempt) -> TracedAttempt | None:
        trace = read_trace_file(evidence.folder, attempt.file)
        if not trace.steps:
            return None
        # The report of a flaky test tells of the first attempt, which may have left no trace.
        is_main = attempt.page == TRACE_PAGE and (not is_flaky or attempt.number == 1)
        shown = TracedAttempt(
            test=test,
            trace=trace,
            logs=tuple(logs_of_trace(trace, test, evidence.folder, indexes, starts)),
            pictures=pictures,
            page=attempt.page,
            is_reported=is_main,
            outcome=ListedOutcome.PASSED if attempt.passed else None if is_flaky else outcome,
            origin=origin or Origin(),
        )
        return replace(shown, sources=_sources(shown, evidence, source))

    attempts = sorted(test.attempts, key=lambda each: (each.page != TRACE_PAGE, -each.number))
    yield from filter(None, map(shown_of, attempts))


def _sources(
    shown: TracedAttempt, evidence: Evidence, source: SourceTree
) -> dict[str, SourceExcerpt]:
    found: dict[str, SourceExcerpt] = {}
    texts: dict[str, list[str]] = {}
    places = (shown.app_place, shown.test_place, *(each.place for each in shown.trace.steps))
    for place in dict.fromkeys(filter(None, places)):
        match = PLACE.fullmatch(place)
        file = source.locate(match[1]) if match else ""
        if not match or not is_code(file) or len(found) >= MAX_PLACES:
            continue
        if file not in texts:
            text = read_text(source.top / file, MAX_SOURCE) or ""
            texts[file] = split_lines(hide_values(evidence.redactor.redact(text)))
        line, lines = int(match[2]), texts[file]
        if 0 < line <= len(lines):
            first = max(1, line - AROUND)
            around = lines[first - 1 : line + AROUND]
            found[place] = SourceExcerpt(
                file=file, line=line, first=first, lines=tuple(each[:MAX_LINE] for each in around)
            )
    return found
