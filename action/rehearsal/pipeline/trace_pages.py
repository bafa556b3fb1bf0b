"""Write the pages that show the traces of tests, beside the traces."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from rehearsal.evidence.budget import room
from rehearsal.evidence.collect import read_indexes
from rehearsal.evidence.copy_files import NO_TIME, why_too_much
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.left_out import LeftOut
from rehearsal.evidence.log_index import LogIndex
from rehearsal.evidence.passed_traces import PassedTrace, passed_traces
from rehearsal.evidence.trace_content import traced_attempts
from rehearsal.outside.folder import Entry
from rehearsal.report.trace import trace_page
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.file_names import TESTS_FOLDER
from rehearsal.results.tests import ListedOutcome, ListedTest
from rehearsal.results.traced_attempt import TRACE_PAGE, TracedAttempt
from rehearsal.source.source_tree import SourceTree

# In seconds. Nothing can cancel a rehearsal while it makes the pages.
MAX_SECONDS = 30.0
# How many tests that did not fail have pages: the slowest, which one most likely looks at.
MAX_PASSED = 50


class TracePages:
    """Writes the pages, as far as `evidence-limit` has room after the files of the tests.

    `limit` is that input, in bytes. After `seconds` the rest is left out; 0 means no limit.
    """

    def __init__(
        self,
        evidence: Evidence,
        source: SourceTree,
        *,
        limit: int,
        seconds: float = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._evidence = evidence
        self._source = source
        self._limit = limit
        self._clock = clock
        self._deadline = clock() + (seconds or MAX_SECONDS)
        self._left_out = LeftOut()

    def add_to(self, index: EvidenceIndex, tests: Sequence[ListedTest] = ()) -> EvidenceIndex:
        """Write the pages of all tests that left a trace, and return the index with their names.

        The tests in the index come first, then the others, as `passed_traces` yields them.
        """
        kept = (*index.failed, *index.flaky)
        folder = self._evidence.folder
        passed = [*passed_traces(folder, tests, {each.folder for each in kept})]
        if not passed and not any(test.steps for test in kept):
            return index
        indexes = read_indexes(folder)
        free = folder.free_space
        self._reason = why_too_much(self._limit, free)
        self._room = room(self._limit - self._used(), free)
        index = replace(
            index,
            failed=tuple(self._add(test, indexes) for test in index.failed),
            flaky=tuple(self._add(test, indexes, ListedOutcome.FLAKY) for test in index.flaky),
            passed_traces=self._add_passed(passed, indexes),
        )
        for notice in self._left_out.notices():
            self._evidence.warn(notice)
        return index

    def _add_passed(
        self, passed: Sequence[PassedTrace], indexes: Mapping[str, LogIndex]
    ) -> dict[str, str]:
        """Write the pages of the first tests; return them by the names of the tests."""
        if len(passed) > MAX_PASSED:
            self._evidence.warn(
                f"{len(passed)} tests that did not fail left a trace; only the {MAX_PASSED} "
                f"slowest have a {TRACE_PAGE}."
            )
        added = (self._add(each.test, indexes, each.outcome) for each in passed[:MAX_PASSED])
        return {each.failure.name: each.trace_page for each in added if each.trace_page}

    def _add(
        self,
        test: FailedTestEvidence,
        indexes: Mapping[str, LogIndex],
        outcome: ListedOutcome | None = None,
    ) -> FailedTestEvidence:
        """Write the pages of a test; a fault of ours costs no other page and no report."""
        try:
            return self._write(test, indexes, outcome)
        except Exception as error:  # noqa: BLE001  (as the docstring says)
            name = f"{test.folder}/{TRACE_PAGE}"
            reason = f"an error in Dress Rehearsal ({type(error).__name__}: {error})"
            self._evidence.warn(f"{name} could not be made: {reason}.")
            return test

    def _write(
        self,
        test: FailedTestEvidence,
        indexes: Mapping[str, LogIndex],
        outcome: ListedOutcome | None,
    ) -> FailedTestEvidence:
        """Write the pages of a test's attempts; `trace.html` stands in the index.

        An attempt whose page is left out, or that took no step, has no page to link to.
        """
        kept = list(self._fitting(test, indexes, outcome))
        pages = {shown.page for shown, _ in kept}
        attempts = tuple(
            each if each.page in pages else replace(each, page="") for each in test.attempts
        )
        written = ""
        for shown, parts in kept:
            linked = replace(shown, test=replace(test, attempts=attempts))
            name = f"{test.folder}/{shown.page}"
            content = parts if attempts == test.attempts else trace_page(linked).parts
            if self._evidence.write_parts(name, content) and shown.page == TRACE_PAGE:
                written = name
        return replace(test, trace_page=written)

    def _fitting(
        self,
        test: FailedTestEvidence,
        indexes: Mapping[str, LogIndex],
        outcome: ListedOutcome | None,
    ) -> Iterator[tuple[TracedAttempt, Sequence[str]]]:
        """Yield the attempts whose pages have room, with these pages; note what is left out."""
        for shown in traced_attempts(test, self._evidence, self._source, indexes, outcome=outcome):
            name = f"{test.folder}/{shown.page}"
            if self._clock() > self._deadline:
                self._left_out.add(name, 0, NO_TIME)
                break
            parts = trace_page(shown).parts
            size = sum(len(part.encode(errors="replace")) for part in parts)
            if size > self._room:
                self._left_out.add(name, size, self._reason)
            else:
                self._room -= size
                yield shown, parts

    def _used(self) -> int:
        """Return the size of the files of the tests."""
        folder = self._evidence.folder
        if not folder.exists(TESTS_FOLDER):
            return 0

        def skip(_entry: Entry, _error: OSError) -> None:
            """Leave out what cannot be read."""

        return sum(each.size() for each in folder.folder(TESTS_FOLDER).walk(skip) if each.is_file)
