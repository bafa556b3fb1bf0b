"""The elements of reports, read one test case at a time: a report may not fit into memory."""

from collections.abc import Callable, Iterable
from dataclasses import field
from typing import Any
from xml.etree import ElementTree as ET

from rehearsal.dataclass import dataclass
from rehearsal.results.junit.report_text import BEGINNING

SUITE_TAGS = ("testsuites", "testsuite")
CASE_TAG = "testcase"


class ReadingError(Exception):
    """A report that cannot be read to its end; the message is the reason."""


class OtherXmlError(Exception):
    """XML that is no report; the message says so."""


@dataclass
class Suite:
    """A suite that is being read: its attributes and properties, and what it has held so far."""

    attributes: dict[str, str]
    properties: dict[str, str] = field(default_factory=dict)
    cases: int = 0
    suites: int = 0
    # When its next test begins, in seconds since 1970, if its time stamp says so.
    clock: float | None = None

    def get(self, name: str) -> str:
        """Return an attribute, or an empty string."""
        return self.attributes.get(name, "")


class DocumentReader:
    """Reads the documents of one file.

    `begin_suite` gets each suite at its beginning, `end_suite` at its end, and `take_case` each
    test case; all get the suites around it, the outermost first.
    """

    def __init__(
        self,
        begin_suite: Callable[[Suite, list[Suite]], None],
        take_case: Callable[[ET.Element, list[Suite]], None],
        end_suite: Callable[[Suite, list[Suite]], None],
    ) -> None:
        self._begin_suite = begin_suite
        self._take_case = take_case
        self._end_suite = end_suite
        self._open: list[ET.Element] = []
        self._suites: list[Suite] = []
        self._case: ET.Element | None = None
        self._is_complete = False

    def read(self, pieces: Iterable[str]) -> None:
        """Read all pieces. Raises ReadingError, or OtherXmlError."""
        parser = _parser()
        for piece in pieces:
            if self._is_between_documents() and BEGINNING.match(piece):
                parser = _parser()
            try:
                parser.feed(piece)
                self._take_events(parser)
            except ET.ParseError as error:
                if not self._is_between_documents():
                    raise ReadingError(f"it is not well-formed XML ({error})") from error
                parser = _parser()  # Lines after the end of a document are no part of it.
        self._end(parser)

    def _is_between_documents(self) -> bool:
        return self._is_complete and not self._open

    def _end(self, parser: Any) -> None:
        try:
            parser.close()
            self._take_events(parser)
        except ET.ParseError as error:
            if self._open:
                raise ReadingError("it ends early") from error
            if not self._is_complete:
                raise ReadingError("it is not XML") from error

    def _take_events(self, parser: Any) -> None:
        for event, element in parser.read_events():
            if event == "start":
                self._start(element)
            else:
                self._finish(element)

    def _start(self, element: ET.Element) -> None:
        # Without its namespace.
        element.tag = element.tag.rpartition("}")[2]
        if not self._open and element.tag not in SUITE_TAGS:
            root = f"<{element.tag[:100]}>"
            if self._is_complete:
                raise ReadingError(f"other XML follows after its end: {root}")
            raise OtherXmlError(f"it is no JUnit XML: its root is {root}")
        self._open.append(element)
        if self._case is not None:
            return
        if element.tag == CASE_TAG:
            self._case = element
        elif element.tag in SUITE_TAGS:
            suite = Suite(dict(element.attrib))
            self._begin_suite(suite, self._suites)
            self._suites.append(suite)

    def _finish(self, element: ET.Element) -> None:
        self._open.pop()
        self._is_complete = not self._open
        if element is self._case:
            self._case = None
            self._suites[-1].cases += 1
            self._take_case(element, self._suites)
        elif self._case is not None:
            return
        elif element.tag in SUITE_TAGS:
            suite = self._suites.pop()
            if self._suites:
                self._suites[-1].suites += 1
            self._end_suite(suite, self._suites)
        elif element.tag == "properties":
            self._suites[-1].properties |= properties(element)
        elif element.tag == "property":
            return
        if self._open:
            self._open[-1].clear()  # What has been read is not kept.


def properties(element: ET.Element) -> dict[str, str]:
    """Return the properties in an element, by name."""
    return {
        each.get("name", ""): each.get("value") or each.text or ""
        for each in element.iter("property")
    }


def _parser() -> Any:
    # The project's own tests wrote it, and expat limits how far entities expand.
    return ET.XMLPullParser(("start", "end"))
