"""Read test results from JUnit XML."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from xml.etree import ElementTree as ET

from rehearsal.results.junit.time_stamps import Window, read_time_stamp
from rehearsal.results.tests import Failure, Span, SuiteResults

# Selenium's exceptions begin their message with this.
SELENIUM_PREFIX = re.compile(r"(?P<kind>[\w.]+: )?Message:[ \t]*")
# How chromedriver writes the locator of an element that it did not find.
LOCATOR = re.compile(r'\{"method":"(?P<how>[^"]*)","selector":"(?P<what>.*)"\}')
# rehearsal_testing adds this line to an exception when a wait timed out.
WAITED_FOR = re.compile(r"^Waited [0-9.]+ s for .+$", re.MULTILINE)
# Failed attempts beside the one that counts, as surefire writes them. The tag does not say whether
# the test passed in the end: pytest-rerunfailures writes flaky… beside a failure, too.
ATTEMPT_TAGS = ("flakyFailure", "flakyError", "rerunFailure", "rerunError")
# In this property a suite says how many tests it left to other shards.
OTHER_SHARDS_PROPERTY = "left-to-other-shards"
# In bytes, for one file.
MAX_SIZE = 64 << 20


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
    """What all reports say together; `found` is how many of them could be read."""

    results: SuiteResults
    found: int = 0
    unread: tuple[UnreadReport, ...] = ()


def read_reports(
    reports: Iterable[tuple[str, bytes]],
    *,
    retries: bool,
    window: Window | None = None,
) -> ReportsRead:
    """Count the test cases of JUnit XML files, given by name and content.

    With `retries`, several cases of one name are the attempts of one test. Otherwise they are
    different tests. `window` is the time of the test command, in seconds since 1970: it decides
    what a time stamp without a time zone means.
    """
    found: list[SuiteResults] = []
    unread: list[UnreadReport] = []
    for name, content in reports:
        root = _parse(content)
        if root is None:
            reason = "it is not well-formed XML"
            unread.append(UnreadReport(name=name, reason=reason, is_report=True))
        else:
            results = _read(root, window, retries=retries)
            found.append(
                replace(
                    results,
                    failed=tuple(replace(each, report=name) for each in results.failed),
                    flaky=tuple(replace(each, report=name) for each in results.flaky),
                )
            )
    return ReportsRead(results=_sum(found), found=len(found), unread=tuple(unread))


def _sum(found: Sequence[SuiteResults]) -> SuiteResults:
    counts = [each.test_count for each in found if each.test_count is not None]
    left = [each.in_other_shards for each in found if each.in_other_shards is not None]
    return SuiteResults(
        test_count=sum(counts) if counts else None,
        failure_count=sum(each.failure_count for each in found),
        failed=tuple(chain.from_iterable(each.failed for each in found)),
        flaky=tuple(chain.from_iterable(each.flaky for each in found)),
        in_other_shards=sum(left) if left else None,
    )


def _parse(report: bytes) -> ET.Element | None:
    try:
        # The project's own tests wrote it, and expat limits how far entities expand.
        return ET.fromstring(report)  # noqa: S314
    except (ET.ParseError, ValueError, LookupError):
        return None  # ValueError, LookupError: an encoding that expat or Python does not know.


def _read(root: ET.Element, window: Window | None, *, retries: bool) -> SuiteResults:
    cases = [each for each in _cases(root, window) if each[0].find("skipped") is None]
    failed: list[Failure] = []
    flaky: list[Failure] = []
    passed: set[str] = set()
    # From the end, since some runners write each attempt as a case of its own.
    for case, span in reversed(cases):
        attempts = [each for each in case if each.tag in ATTEMPT_TAGS]
        bad = case.find("failure") if case.find("failure") is not None else case.find("error")
        if bad is not None:
            failure = _failure(case, bad, span, attempts=len(attempts) + 1)
            failed.append(replace(failure, recovered=retries and failure.name in passed))
            continue
        if attempts:
            flaky.append(_failure(case, attempts[0], span, attempts=len(attempts)))
        if case.get("name"):
            passed.add(_name(case))
    left = _in_other_shards(root)
    return SuiteResults(
        # A report may only count the tests of other shards; then this shard's own are not known.
        test_count=None
        if left is not None and next(root.iter("testcase"), None) is None
        else len(cases),
        failure_count=len(failed),
        failed=tuple(reversed(failed)),
        flaky=tuple(reversed(flaky)),
        in_other_shards=left,
    )


def _in_other_shards(root: ET.Element) -> int | None:
    values = (_property(suite, OTHER_SHARDS_PROPERTY) for suite in root.iter())
    numbers = [int(value) for value in values if re.fullmatch(r"[0-9]{1,9}", value)]
    return sum(numbers) if numbers else None


def _cases(root: ET.Element, window: Window | None) -> Iterator[tuple[ET.Element, Span | None]]:
    """Yield each test case with the time when it ran, if the report says so."""
    # A suite may contain suites; each has its own cases.
    for suite in root.iter():
        clock = read_time_stamp(suite.get("timestamp") or "", window)
        for case in suite.findall("testcase"):
            seconds = _number(case.get("time")) or 0.0
            start = read_time_stamp(case.get("timestamp") or "", window) or clock
            yield case, _exact_span(case) or _estimated_span(start, seconds)
            clock = None if clock is None else clock + seconds


def _exact_span(case: ET.Element) -> Span | None:
    start, end = (_number(_property(case, name)) for name in ("start", "end"))
    if start is None or end is None or end < start:
        return None
    return Span(start=start, end=end, exact=True)


def _estimated_span(start: float | None, seconds: float) -> Span | None:
    return None if start is None else Span(start=start, end=start + seconds, exact=False)


def _property(case: ET.Element, name: str) -> str:
    found = (each for each in case.iterfind("properties/property") if each.get("name") == name)
    element = next(found, None)
    return "" if element is None else element.get("value") or ""


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _name(case: ET.Element) -> str:
    name = ".".join(filter(None, (case.get("classname"), case.get("name"))))
    return name or "(unnamed test)"


def _failure(case: ET.Element, bad: ET.Element, span: Span | None, *, attempts: int) -> Failure:
    line = case.get("line") or ""
    return Failure(
        name=_name(case),
        message=_message(bad),
        file=case.get("file") or "",
        line=int(line) if re.fullmatch(r"[0-9]{1,9}", line) else 0,
        trace=_trace(bad).strip("\n"),
        evidence_name=_property(case, "evidence"),
        span=span,
        attempts=attempts,
    )


def _trace(bad: ET.Element) -> str:
    """Return the text of a failure; surefire writes it in an element of its own."""
    text = bad.text or ""
    return text if text.strip() else bad.findtext("stackTrace") or ""


def _message(bad: ET.Element) -> str:
    """Return the first line of the text; if a wait timed out, what it waited for comes first."""
    line = _first_line(bad)
    waited = WAITED_FOR.search(_trace(bad))
    return f"{waited[0].removesuffix('.')}: {line}" if waited and waited[0] not in line else line


def _first_line(bad: ET.Element) -> str:
    """Return the first line of the text without Selenium's prefix and braces."""
    kind = bad.get("type") or ""
    line = next(iter((bad.get("message") or _trace(bad) or kind).strip().splitlines()), "")
    line = LOCATOR.sub(r"\g<what> (\g<how>)", line)
    prefix = SELENIUM_PREFIX.match(line)
    if not prefix:
        return line
    before, words = prefix["kind"] or "", line[prefix.end() :]
    return f"{before}{words}" if words else before.removesuffix(": ") or kind
