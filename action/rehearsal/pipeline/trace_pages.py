"""Write the pages that show the traces of failed tests, beside the traces."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from rehearsal.evidence.budget import room
from rehearsal.evidence.collect import read_indexes
from rehearsal.evidence.copy_files import NO_TIME, why_too_much
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.left_out import LeftOut
from rehearsal.evidence.log_index import LogIndex
from rehearsal.evidence.trace_content import failure_traces
from rehearsal.outside.folder import Entry
from rehearsal.report.trace import trace_page
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.failure_trace import TRACE_PAGE
from rehearsal.results.file_names import TESTS_FOLDER
from rehearsal.source.source_tree import SourceTree

# In seconds. Nothing can cancel a rehearsal while it makes the pages.
MAX_SECONDS = 30.0


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

    def add_to(self, index: EvidenceIndex) -> EvidenceIndex:
        """Write the pages of all tests in an index, and return it with their names."""
        if not any(test.steps for test in (*index.failed, *index.flaky)):
            return index
        indexes = read_indexes(self._evidence.folder)
        free = self._evidence.folder.free_space
        self._reason = why_too_much(self._limit, free)
        self._room = room(self._limit - self._used(), free)
        index = replace(
            index,
            failed=tuple(self._add(test, indexes) for test in index.failed),
            flaky=tuple(self._add(test, indexes) for test in index.flaky),
        )
        for notice in self._left_out.notices():
            self._evidence.warn(notice)
        return index

    def _add(self, test: FailedTestEvidence, indexes: Mapping[str, LogIndex]) -> FailedTestEvidence:
        """Write the pages of a test; a fault of ours costs no other page and no report."""
        try:
            return self._write(test, indexes)
        except Exception as error:  # noqa: BLE001  (as the docstring says)
            name = f"{test.folder}/{TRACE_PAGE}"
            reason = f"an error in Dress Rehearsal ({type(error).__name__}: {error})"
            self._evidence.warn(f"{name} could not be made: {reason}.")
            return test

    def _write(
        self, test: FailedTestEvidence, indexes: Mapping[str, LogIndex]
    ) -> FailedTestEvidence:
        """Write the pages of a test's attempts; the page of the last one stands in the index."""
        if not test.steps:
            return test
        written = ""
        for shown in failure_traces(test, self._evidence, self._source, indexes):
            name = f"{test.folder}/{shown.page}"
            if self._clock() > self._deadline:
                self._left_out.add(name, 0, NO_TIME)
                break
            parts = trace_page(shown).parts
            size = sum(len(part.encode(errors="replace")) for part in parts)
            if size > self._room:
                self._left_out.add(name, size, self._reason)
            elif self._evidence.write_parts(name, parts):
                self._room -= size
                written = name if shown.is_last else written
        return replace(test, trace_page=written)

    def _used(self) -> int:
        """Return the size of the files of the tests."""
        folder = self._evidence.folder
        if not folder.exists(TESTS_FOLDER):
            return 0

        def skip(_entry: Entry, _error: OSError) -> None:
            """Leave out what cannot be read."""

        return sum(each.size() for each in folder.folder(TESTS_FOLDER).walk(skip) if each.is_file)
