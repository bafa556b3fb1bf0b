"""What trace.html shows: the trace of a test, the logs of that time and the project's code."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from rehearsal.evidence.excerpts import read_excerpt
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.log_index import LogIndex
from rehearsal.evidence.log_lines import read_lines
from rehearsal.outside.files import read_text
from rehearsal.outside.folder import Folder
from rehearsal.results.browser_trace import BrowserTrace
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.failure_trace import (
    TRACE_PAGE,
    FailureTrace,
    SourceExcerpt,
    TraceAttempt,
)
from rehearsal.results.timed_log import TimedLog
from rehearsal.results.trace_reader import PICTURE, read_trace
from rehearsal.source.source_tree import SourceTree

# What rehearsal_capture writes of a test's attempts.
TRACE = re.compile(r"trace(?:-retry(\d{1,3}))?\.jsonl", re.ASCII)
# In bytes; all that the capture keeps has less.
MAX_TRACE = 8 << 20
PLACE = re.compile(r"(.+):(\d{1,7})")
# How many lines of the project's code are shown before and after a step's line, of how many steps.
AROUND = 4
MAX_PLACES = 500
# In bytes.
MAX_SOURCE = 1 << 20
MAX_LINE = 400
# How long after the last step a line of a log may belong to it, in seconds; and how long before
# the first one.
AFTER = 0.5
BEFORE = 0.1


def find_traces(names: Sequence[str]) -> list[str]:
    """Return the traces among the files of a test, in the order of the attempts."""
    found = ((TRACE.fullmatch(PurePosixPath(name).name), name) for name in names)
    return [name for _, name in sorted((_attempt(match), name) for match, name in found if match)]


def read_trace_file(folder: Folder, name: str) -> BrowserTrace:
    """Return a trace of the evidence, of a long one what its first part has: the steps."""
    excerpt = read_excerpt(folder, name, (MAX_TRACE, 0)) if name else None
    return read_trace(excerpt.text) if excerpt else BrowserTrace()


def failure_traces(
    test: FailedTestEvidence,
    evidence: Evidence,
    source: SourceTree,
    indexes: Mapping[str, LogIndex],
) -> Iterator[FailureTrace]:
    """Yield what the pages show of a test's attempts, the last attempt first.

    `indexes` are those of the logs, by their names.
    """
    try:
        entries = evidence.folder.folder(test.folder).entries() if test.folder else []
    except OSError:
        return
    names = [each.name for each in entries if each.is_file]
    traces = find_traces(names)
    attempts = tuple(_attempts(traces))
    for name, attempt in reversed([*zip(traces, attempts, strict=True)]):
        trace = read_trace_file(evidence.folder, f"{test.folder}/{name}")
        if not trace.steps:
            continue
        shown = FailureTrace(
            test=test,
            trace=trace,
            logs=tuple(_logs(trace, test, evidence.folder, indexes)),
            pictures=frozenset(filter(PICTURE.fullmatch, names)),
            attempts=attempts,
            page=attempt.page,
            is_last=attempt is attempts[-1],
        )
        yield replace(shown, sources=_sources(shown, evidence, source))


def _attempt(match: re.Match[str]) -> int:
    return int(match[1] or 0) + 1


def _attempts(traces: Sequence[str]) -> Iterator[TraceAttempt]:
    for name in traces:
        match = TRACE.fullmatch(name)
        number = _attempt(match) if match else 1
        page = f"trace-attempt{number}.html" if name != traces[-1] else TRACE_PAGE
        yield TraceAttempt(number=number, page=page)


def _logs(
    trace: BrowserTrace, test: FailedTestEvidence, folder: Folder, indexes: Mapping[str, LogIndex]
) -> Iterator[TimedLog]:
    start = trace.started + min((each.start for each in trace.steps), default=0.0)
    end = trace.started + trace.seconds
    span = test.failure.span
    # What the app does in the background while a test only waits belongs to it, too.
    if span and span.exact and span.start <= end and start <= span.end:
        end = max(end, min(span.end, end + 60))
    for name, index in indexes.items():
        try:
            with folder.open_file(name) as log:
                yield read_lines(log, index, name, start - BEFORE, end + AFTER)
        except OSError:
            continue


def _sources(
    shown: FailureTrace, evidence: Evidence, source: SourceTree
) -> dict[str, SourceExcerpt]:
    found: dict[str, SourceExcerpt] = {}
    texts: dict[str, list[str]] = {}
    places = (shown.test_place, *(each.place for each in shown.trace.steps))
    for place in dict.fromkeys(filter(None, places)):
        match = PLACE.fullmatch(place)
        file = source.locate(match[1]) if match else ""
        if not match or not file or len(found) >= MAX_PLACES:
            continue
        if file not in texts:
            text = read_text(source.top / file, MAX_SOURCE) or ""
            texts[file] = evidence.redactor.redact(text).splitlines()
        line, lines = int(match[2]), texts[file]
        if 0 < line <= len(lines):
            first = max(1, line - AROUND)
            around = lines[first - 1 : line + AROUND]
            found[place] = SourceExcerpt(
                file=file, line=line, first=first, lines=tuple(each[:MAX_LINE] for each in around)
            )
    return found
