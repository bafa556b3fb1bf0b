"""Read test results from JUnit XML, as the tools of many languages write it."""

from collections.abc import Iterable

from rehearsal.dataclass import dataclass
from rehearsal.results.junit.attempts import fold_attempts, fold_reruns_of_pytest
from rehearsal.results.junit.counts import Counts
from rehearsal.results.junit.report_file import read_file
from rehearsal.results.junit.time_stamps import Window
from rehearsal.results.tests import SuiteResults

# In bytes, for one file.
MAX_SIZE = 64 << 20
# For one file.
MAX_CASES = 100_000


@dataclass(frozen=True, kw_only=True)
class UnreadReport:
    """A file that was not counted, or not whole, and the reason.

    `is_report` is False for other XML. Otherwise tests may be missing from the counts.
    """

    name: str
    reason: str
    is_report: bool


@dataclass(frozen=True, kw_only=True)
class ReportsRead:
    """What all reports say together; `found` counts the files that were read, whole or in part."""

    results: SuiteResults
    found: int = 0
    unread: tuple[UnreadReport, ...] = ()


def read_reports(
    reports: Iterable[tuple[str, bytes]],
    *,
    retries: bool,
    exit_code: int = 0,
    window: Window | None = None,
) -> ReportsRead:
    """Count the test cases of JUnit XML files, given by name and content.

    With `retries`, several cases of one name are the attempts of one test, unless all tests passed
    in the end and `exit_code`, that of the test command, says otherwise. Without, they are
    different tests. `window` is the time of the test command: it decides what a time stamp without
    a time zone means.
    """
    found = 0
    unread: list[UnreadReport] = []
    counts, of_attempts = Counts(), Counts()
    for name, content in reports:
        file = read_file(content, window, max_size=MAX_SIZE, max_cases=MAX_CASES)
        if file.unread:
            unread.append(UnreadReport(name=name, reason=file.unread, is_report=file.is_report))
        # A report that broke off before its first test says nothing.
        if file.is_report and (file.cases or not file.unread):
            found += 1
            cases = fold_reruns_of_pytest(file.cases)
            counts.add(name, file, fold_attempts(cases) if retries else cases)
            if retries and exit_code:
                of_attempts.add(name, file, cases)
    has_hidden_failure = retries and exit_code and not counts.failure_count
    return ReportsRead(
        results=(of_attempts if has_hidden_failure else counts).results(),
        found=found,
        unread=tuple(unread),
    )
