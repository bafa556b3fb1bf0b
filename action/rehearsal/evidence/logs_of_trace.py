"""What the app, the services and the workers logged during the trace of a test."""

import math
from collections.abc import Collection, Iterator, Mapping

from rehearsal.evidence.log_index import LogIndex
from rehearsal.evidence.log_lines import read_lines
from rehearsal.evidence.log_slices import bounds_of
from rehearsal.outside.folder import Folder
from rehearsal.results.browser_trace import BrowserTrace
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.timed_log import TimedLog

# How long after the last step a line of a log may belong to it, in seconds; and how long before
# the first one.
AFTER = 0.5
BEFORE = 0.1
# How long a test may only wait after its last step, in seconds, and still have the app's lines.
MAX_WAIT = 60.0


def logs_of_trace(
    trace: BrowserTrace,
    test: FailedTestEvidence,
    folder: Folder,
    indexes: Mapping[str, LogIndex],
    starts: Collection[float],
) -> Iterator[TimedLog]:
    """Yield what each log received during the trace of a test, without what is of the next one.

    `indexes` are those of the logs, by their names. `starts` are when traces of other tests began.
    """
    window = _window(trace, test, starts)
    for name, index in indexes.items():
        try:
            with folder.open_file(name) as log:
                yield read_lines(log, index, name, *window)
        except OSError:
            continue


def _window(
    trace: BrowserTrace, test: FailedTestEvidence, starts: Collection[float]
) -> tuple[float, float]:
    """Return from when to when a line may belong to the trace, in seconds since 1970."""
    start = trace.started + min((each.start for each in trace.steps), default=0.0)
    last = trace.started + trace.seconds
    # Other attempts run one after the other; other tests may run at the same time.
    later = {each.started for each in test.attempts if each.started > trace.started}
    span = test.failure.span
    if span and span.exact and span.start <= last and start <= span.end:
        # What the app does in the background while a test only waits belongs to it, too.
        end = min(bounds_of(span)[1], last + MAX_WAIT)
    else:
        end = last + AFTER
        later |= {each for each in starts if each > last}
    began = min(start, trace.started)
    return max(start - BEFORE, began), min(end, *later, math.inf)
