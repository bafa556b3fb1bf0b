"""Write the pages that show the traces of tests, beside the traces."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
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
from rehearsal.results.origin import Origin
from rehearsal.results.tests import ListedOutcome, ListedTest
from rehearsal.results.traced_attempt import TRACE_PAGE, TracedAttempt
from rehearsal.source.source_tree import SourceTree

# In seconds. Nothing can cancel a rehearsal while it makes the pages.
MAX_SECONDS = 30.0
# How many tests that did not fail have pages: the slowest, which one most likely looks at.
MAX_PASSED = 50


class TracePages:
    """Writes the pages, as far as `evidence-limit` has room after the files of the tests.

    `limit` is that input, in bytes; `origin` is for links to the source. After `seconds` the rest
    is left out; 0 means no limit.
    """

    def __init__(
        self,
        evidence: Evidence,
        source: SourceTree,
        *,
        limit: int,
        origin: Origin | None = None,
        seconds: float = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._evidence = evidence
        self._source = source
        self._limit = limit
        self._origin = origin
        self._clock = clock
        self._deadline = clock() + (seconds or MAX_SECONDS)
        # When the traces of all tests began, in seconds since 1970.
        self._starts: tuple[float, ...] = ()
        self._left_out = LeftOut()
        self._is_late = False
        self._pages: list[str] = []

    def add_to(self, index: EvidenceIndex, tests: Sequence[ListedTest] = ()) -> EvidenceIndex:
        """Write the pages of all tests that left a trace, and return the index with their names.

        The tests in the index come first, then the others, as `passed_traces` yields them.
        """
        kept = (*index.failed, *index.flaky)
        folder = self._evidence.folder
        passed = [*passed_traces(folder, tests, {each.folder for each in kept})]
        if not passed and not any(test.steps for test in kept):
            return index
        traced = (*kept, *(each.test for each in passed))
        self._starts = tuple(each.started for test in traced for each in test.attempts)
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
        index = replace(index, trace_pages=tuple(self._pages))
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
        main = f"{test.folder}/{TRACE_PAGE}"
        if self._is_late and test.attempts:
            self._left_out.add(main, 0, NO_TIME)
            return test

        def shown(test: FailedTestEvidence) -> Iterator[TracedAttempt]:
            return traced_attempts(
                test,
                self._evidence,
                self._source,
                indexes,
                starts=self._starts,
                outcome=outcome,
                origin=self._origin,
            )

        written: set[str] = set()
        # By `map`, which keeps nothing: a page with its trace takes ten times the trace's size.
        for page in map(self._write_fitting, shown(test)):
            written.add(page)
            if self._is_late:
                break
        written.discard("")
        if written and written != {each.page for each in test.attempts}:
            self._write_again(test, written, shown)
        self._pages += (f"{test.folder}/{each}" for each in sorted(written))
        return replace(test, trace_page=main if TRACE_PAGE in written else "")

    def _write_fitting(self, shown: TracedAttempt) -> str:
        """Write the page of an attempt and return its name; empty if it is left out."""
        name = f"{shown.test.folder}/{shown.page}"
        if self._clock() > self._deadline:
            self._left_out.add(name, 0, NO_TIME)
            self._is_late = True
            return ""
        parts = trace_page(shown).parts
        size = sum(len(part.encode(errors="replace")) for part in parts)
        if size > self._room:
            self._left_out.add(name, size, self._reason)
            return ""
        if not self._evidence.write_parts(name, parts):
            return ""
        self._room -= size
        return shown.page

    def _write_again(
        self,
        test: FailedTestEvidence,
        written: set[str],
        shown: Callable[[FailedTestEvidence], Iterator[TracedAttempt]],
    ) -> None:
        """Replace the pages that link to one which is not there; remove them if that fails."""
        linked = replace(
            test,
            attempts=tuple(
                each if each.page in written else replace(each, page="") for each in test.attempts
            ),
        )
        kept = replace(test, attempts=tuple(each for each in linked.attempts if each.page))

        def write(each: TracedAttempt) -> bool:
            page = trace_page(replace(each, test=linked))
            return self._evidence.write_parts(f"{test.folder}/{each.page}", page.parts)

        is_done = False
        try:
            is_done = all(map(write, shown(kept)))
        finally:
            if not is_done:
                for page in written:
                    with suppress(OSError):
                        self._evidence.folder.unlink(f"{test.folder}/{page}")
                written.clear()

    def _used(self) -> int:
        """Return the size of the files of the tests."""
        folder = self._evidence.folder
        if not folder.exists(TESTS_FOLDER):
            return 0

        def skip(_entry: Entry, _error: OSError) -> None:
            """Leave out what cannot be read."""

        return sum(each.size() for each in folder.folder(TESTS_FOLDER).walk(skip) if each.is_file)
