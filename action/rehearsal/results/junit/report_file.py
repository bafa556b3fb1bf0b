"""The test cases of one file."""

import re
from collections.abc import Sequence
from dataclasses import field
from xml.etree import ElementTree as ET

from rehearsal.dataclass import dataclass
from rehearsal.results.junit.cases import Case, read_case
from rehearsal.results.junit.document import DocumentReader, OtherXmlError, ReadingError, Suite
from rehearsal.results.junit.names import MOCHA_JUNIT
from rehearsal.results.junit.report_text import read_pieces
from rehearsal.results.junit.spans import Clock
from rehearsal.results.junit.time_stamps import Window

# In this property a suite says how many tests it left to other shards.
OTHER_SHARDS_PROPERTY = "left-to-other-shards"


@dataclass
class ReportFile:
    """What was read of one file.

    `only_counted` and `only_failed` are the tests that are counted on a suite without test cases.
    `unread` says why something was not read; `is_report` is False for other XML.
    """

    cases: list[Case] = field(default_factory=list)
    only_counted: int = 0
    only_failed: int = 0
    in_other_shards: int | None = None
    unread: str = ""
    is_report: bool = True


def read_file(
    content: bytes, window: Window | None, *, max_size: int, max_cases: int
) -> ReportFile:
    """Read a file, as far as it can be read, up to `max_size` bytes and `max_cases` test cases."""
    if not content.strip():
        return ReportFile(unread="it is empty")
    file = ReportFile()
    reader = _FileReader(file, window, max_cases)
    try:
        reader.read(content[:max_size])
    except OtherXmlError as error:
        file.unread, file.is_report = str(error), False
    except ReadingError as error:
        file.unread = str(error)
    if len(content) > max_size and file.is_report:
        file.unread = f"it is larger than {max_size >> 20} MiB: the rest was not read"
    return file


class _FileReader:
    def __init__(self, file: ReportFile, window: Window | None, max_cases: int) -> None:
        self._file = file
        self._max_cases = max_cases
        self._clock = Clock(window)
        self._place = ""
        # Of the current document: where its cases begin, and suites without cases, as what was
        # counted and what failed.
        self._first_case = 0
        self._bare_suites: list[tuple[int, int]] = []

    def read(self, content: bytes) -> None:
        """Read the content. Raises ReadingError, or OtherXmlError."""
        DocumentReader(self._begin_suite, self._take_case, self._end_suite).read(
            read_pieces(content)
        )

    def _begin_suite(self, suite: Suite, outer: Sequence[Suite]) -> None:
        self._clock.begin_suite(suite)
        is_of_mocha = bool(outer) and outer[0].get("name") == MOCHA_JUNIT
        # mocha-junit-reporter names the file at the first suite of the file.
        self._place = suite.get("file") or (self._place if is_of_mocha else "")

    def _take_case(self, case: ET.Element, suites: Sequence[Suite]) -> None:
        if len(self._file.cases) >= self._max_cases:
            reason = f"it has more than {self._max_cases:,} test cases: the rest was not read"
            raise ReadingError(reason)
        span = self._clock.span_of(case, suites)
        self._file.cases.append(read_case(case, suites, span, self._place_of(suites)))

    def _place_of(self, suites: Sequence[Suite]) -> str:
        for suite in reversed(suites):
            if place := suite.get("file"):
                return place
        return self._place

    def _end_suite(self, suite: Suite, outer: Sequence[Suite]) -> None:
        left = suite.properties.get(OTHER_SHARDS_PROPERTY, "")
        if re.fullmatch(r"[0-9]{1,9}", left):
            self._file.in_other_shards = (self._file.in_other_shards or 0) + int(left)
        if not suite.cases and not suite.suites:
            self._bare_suites.append(_counts(suite))
        if not outer:
            self._end_document(suite)

    def _end_document(self, root: Suite) -> None:
        has_cases = len(self._file.cases) > self._first_case
        counted = sum(counted for counted, _ in self._bare_suites)
        failed = sum(failed for _, failed in self._bare_suites)
        if not has_cases:
            # The root may know more than its suites, or have zeros only.
            root_counted, root_failed = _counts(root)
            counted = root_counted if _number(root.get("tests")) else counted
            failed = max(failed, root_failed)
        # Among suites with cases, a bare one may hold skipped tests alone, without saying so.
        self._file.only_counted += failed if has_cases else counted
        self._file.only_failed += failed
        self._first_case, self._bare_suites = len(self._file.cases), []


def _counts(suite: Suite) -> tuple[int, int]:
    """Return how many tests of a suite ran, and how many failed, as its attributes say."""
    names = ("tests", "failures", "errors", "skipped", "disabled")
    tests, failures, errors, skipped, disabled = (_number(suite.get(name)) for name in names)
    return max(0, tests - skipped - disabled), failures + errors


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0
