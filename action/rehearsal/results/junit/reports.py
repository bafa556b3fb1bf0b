"""Read test results from JUnit XML, as the tools of many languages write it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rehearsal.results.junit.attempts import fold_attempts, fold_reruns_of_pytest
from rehearsal.results.junit.cases import Case, Outcome
from rehearsal.results.junit.report_file import ReportFile, read_file
from rehearsal.results.junit.time_stamps import Window
from rehearsal.results.tests import MAX_TESTS, Failure, ListedOutcome, ListedTest, SuiteResults

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
    files = [
        (name, read_file(content, window, max_size=MAX_SIZE, max_cases=MAX_CASES))
        for name, content in reports
    ]
    # A report that broke off before its first test says nothing.
    read = [each for each in files if each[1].is_report and (each[1].cases or not each[1].unread)]
    results = _sum(read, retries=retries)
    if retries and exit_code and not results.failure_count:
        results = _sum(read, retries=False)
    return ReportsRead(
        results=results,
        found=len(read),
        unread=tuple(
            UnreadReport(name=name, reason=file.unread, is_report=file.is_report)
            for name, file in files
            if file.unread
        ),
    )


def _sum(files: Sequence[tuple[str, ReportFile]], *, retries: bool) -> SuiteResults:
    counts: list[int] = []
    left: list[int] = []
    failed: list[Failure] = []
    flaky: list[Failure] = []
    tests: list[ListedTest] = []
    for name, file in files:
        cases = fold_reruns_of_pytest(file.cases)
        if retries:
            cases = fold_attempts(cases)
        count = file.only_counted + sum(each.outcome is not Outcome.SKIPPED for each in cases)
        # A report may only count the tests of other shards; then this shard's own are not known.
        if cases or count or file.in_other_shards is None:
            counts.append(count)
        if file.in_other_shards is not None:
            left.append(file.in_other_shards)
        for case in cases:
            tests.append(_listed(case))
            if case.failure:
                listed = failed if case.outcome is Outcome.FAILED else flaky
                listed.append(replace(case.failure, report=name))
    return SuiteResults(
        test_count=sum(counts) if counts else None,
        failure_count=len(failed) + sum(file.only_failed for _, file in files),
        failed=tuple(failed),
        flaky=tuple(flaky),
        in_other_shards=sum(left) if left else None,
        tests=tuple(sorted(tests, key=_order)[:MAX_TESTS]),
    )


def _listed(case: Case) -> ListedTest:
    outcome = ListedOutcome(case.outcome.value)
    if case.failure and outcome is ListedOutcome.PASSED:
        outcome = ListedOutcome.FLAKY
    return ListedTest(name=case.name, outcome=outcome, seconds=case.seconds)


def _order(test: ListedTest) -> tuple[bool, float]:
    return test.outcome is ListedOutcome.PASSED, -(test.seconds or 0.0)
