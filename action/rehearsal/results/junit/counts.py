"""The counts of several report files; a file's test cases are not kept."""

from collections.abc import Sequence
from dataclasses import replace

from rehearsal.results.junit.cases import Case, Outcome
from rehearsal.results.junit.report_file import ReportFile
from rehearsal.results.tests import (
    MAX_TESTS,
    Failure,
    ListedOutcome,
    ListedTest,
    SuiteResults,
    listed_order,
)

_OUTCOMES = {
    Outcome.PASSED: ListedOutcome.PASSED,
    Outcome.FAILED: ListedOutcome.FAILED,
    Outcome.SKIPPED: ListedOutcome.SKIPPED,
}


class Counts:
    """Adds up report files; `failure_count` is how many of their tests failed so far."""

    def __init__(self) -> None:
        self.failure_count = 0
        # None: no file says it.
        self._tests: int | None = None
        self._in_other_shards: int | None = None
        self._failed: list[Failure] = []
        self._flaky: list[Failure] = []
        self._listed: list[ListedTest] = []

    def add(self, name: str, file: ReportFile, cases: Sequence[Case]) -> None:
        """Add a file by its name, and its test cases, of which each stands for one test."""
        count = file.only_counted + sum(each.outcome is not Outcome.SKIPPED for each in cases)
        # A report may only count the tests of other shards; then this shard's own are not known.
        if cases or count or file.in_other_shards is None:
            self._tests = (self._tests or 0) + count
        if file.in_other_shards is not None:
            self._in_other_shards = (self._in_other_shards or 0) + file.in_other_shards
        self.failure_count += file.only_failed
        for case in cases:
            self.failure_count += case.outcome is Outcome.FAILED
            if case.failure:
                tests = self._failed if case.outcome is Outcome.FAILED else self._flaky
                tests.append(replace(case.failure, report=name))
            self._listed.append(_listed(case))
            if len(self._listed) >= 2 * MAX_TESTS:
                self._listed = _first(self._listed)

    def results(self) -> SuiteResults:
        """Return what all files say together."""
        return SuiteResults(
            test_count=self._tests,
            failure_count=self.failure_count,
            failed=tuple(self._failed),
            flaky=tuple(self._flaky),
            in_other_shards=self._in_other_shards,
            tests=tuple(_first(self._listed)),
        )


def _listed(case: Case) -> ListedTest:
    outcome = _OUTCOMES[case.outcome]
    if case.failure and outcome is ListedOutcome.PASSED:
        outcome = ListedOutcome.FLAKY
    return ListedTest(name=case.name, outcome=outcome, seconds=case.seconds)


def _first(tests: list[ListedTest]) -> list[ListedTest]:
    return sorted(tests, key=listed_order)[:MAX_TESTS]
