"""The tests that left a trace and did not fail, as they do with `trace: always`."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from rehearsal.dataclass import dataclass
from rehearsal.evidence.failed_test import files_of
from rehearsal.evidence.folder_names import captured_name
from rehearsal.evidence.trace_content import find_attempts, read_head
from rehearsal.outside.folder import Folder
from rehearsal.report.words import slowest_first
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.file_names import TESTS_FOLDER
from rehearsal.results.tests import Failure, ListedOutcome, ListedTest

FAILURES = (ListedOutcome.FAILED, ListedOutcome.FLAKY)


@dataclass(frozen=True, kw_only=True)
class PassedTrace:
    """A test that did not fail: what it left, without a failure, and how it ended."""

    test: FailedTestEvidence
    outcome: ListedOutcome


def passed_traces(
    folder: Folder, tests: Sequence[ListedTest], taken: Container[str]
) -> Iterator[PassedTrace]:
    """Yield them, those of `tests` first, the slowest first. Raises OSError.

    Without JUnit reports no test is listed: then their traces have the names, and say that they
    passed. `taken` are the folders of tests that failed.
    """
    if not folder.exists(TESTS_FOLDER):
        return
    names = {each.name for each in folder.folder(TESTS_FOLDER).entries() if not each.is_file}
    listed: dict[str, ListedTest] = {}
    for test in slowest_first(tests):
        listed.setdefault(captured_name(test.name), test)
    for name in (*listed, *sorted(names - listed.keys())):
        path = f"{TESTS_FOLDER}/{name}"
        if name in names and path not in taken:
            yield from _trace_of(folder, path, listed.get(name))


def _trace_of(folder: Folder, path: str, listed: ListedTest | None) -> Iterator[PassedTrace]:
    attempts = find_attempts(folder, files_of(folder, path), flaky=False)
    if not attempts or (listed and listed.outcome in FAILURES):
        return
    head = read_head(folder, attempts[-1].file)
    if listed or head.passed:
        yield PassedTrace(
            test=FailedTestEvidence(
                failure=Failure(name=listed.name if listed else head.test, message=""),
                folder=path,
                attempts=tuple(replace(each, passed=True) for each in attempts),
            ),
            outcome=listed.outcome if listed else ListedOutcome.PASSED,
        )
