"""Test results: from JUnit XML where there is some, else from the runner's own closing lines."""

import math
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

UNITTEST = re.compile(r"^Ran (\d+) tests? in [\d.]+s$", re.MULTILINE)
UNITTEST_PARTS = re.compile(r"(failures|errors|skipped)=(\d+)")
UNITTEST_CLOSING = re.compile(r"^(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?$", re.MULTILINE)
PYTEST = re.compile(
    r"^=* *((?:\d+ [a-z]+(?: [a-z]+)?(?:, )?)+|no tests ran) in [\d.]+s(?: \([^)\n]+\))? *=*$",
    re.MULTILINE,
)
PYTEST_PARTS = re.compile(r"(\d+) (passed|failed|errors?|xfailed|xpassed)")
PYTEST_NONE_COLLECTED = 5
# What selenium's exceptions put before whatever they say, if they say anything.
SELENIUM = re.compile(r"(?P<kind>[\w.]+: )?Message:[ \t]*")
# Colours, which CI services switch on for their logs (ECMA-48, SGR).
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, kw_only=True)
class Span:
    """From when to when, in seconds since 1970.

    It is `exact` where the test itself took the times. Else it is worked out from the time stamp
    of its suite, as if the suite's tests had run one after the other.
    """

    start: float
    end: float
    exact: bool


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A test that failed: its name, why in one line, and where it stands when known.

    `trace` is all that the report says of it, `evidence` the name of its folder of evidence.
    """

    name: str
    message: str
    file: str = ""
    line: int = 0
    trace: str = ""
    evidence: str = ""
    span: Span | None = None


@dataclass(frozen=True, kw_only=True)
class Results:
    """How many tests ran (None: unknown), skipped ones left out, and which of them failed."""

    tests: int | None = None
    failures: int = 0
    failed: tuple[Failure, ...] = ()


def read_reports(paths: Iterable[Path]) -> Results:
    """Count the test cases of JUnit XML files; one that cannot be read counts for nothing."""
    ran = 0
    seen = False
    failed: list[Failure] = []
    for path in paths:
        try:
            # O_NONBLOCK: the end of a pipe would never come.
            with os.fdopen(
                os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb"
            ) as file:
                # The tests of this very repository wrote it; expat bounds what entities expand to.
                root = ET.parse(file).getroot()  # noqa: S314
        except (ET.ParseError, OSError, ValueError, LookupError):
            continue  # The last two: an encoding that expat, or Python, does not know.
        seen = True
        for case, span in _cases(root):
            if case.find("skipped") is not None:
                continue
            ran += 1
            bad = case.find("failure") if case.find("failure") is not None else case.find("error")
            if bad is not None:
                failed.append(_failure(case, bad, span))
    return Results(tests=ran if seen else None, failures=len(failed), failed=tuple(failed))


def read_output(text: str, exit_code: int) -> Results:
    """Count tests by what unittest or pytest said last; unknown runners stay unknown."""
    text = COLOUR.sub("", text)
    if exit_code == PYTEST_NONE_COLLECTED and not UNITTEST.search(text):
        return Results(tests=0)
    if lines := PYTEST.findall(text):
        counts = {word.rstrip("s"): int(number) for number, word in PYTEST_PARTS.findall(lines[-1])}
        failures = counts.get("failed", 0) + counts.get("error", 0)
        return Results(tests=sum(counts.values()), failures=failures)
    if runs := UNITTEST.findall(text):
        closing = UNITTEST_CLOSING.findall(text)
        counts = {
            word: int(number)
            for word, number in UNITTEST_PARTS.findall(closing[-1] if closing else "")
        }
        return Results(
            tests=int(runs[-1]) - counts.get("skipped", 0),
            failures=counts.get("failures", 0) + counts.get("errors", 0),
        )
    return Results()


def _cases(root: ET.Element) -> Iterator[tuple[ET.Element, Span | None]]:
    """Yield each test case with when it ran, where the report lets one know."""
    # Suites may stand in suites; the cases of each are its own.
    for suite in root.iter():
        clock = _time(suite)
        for case in suite.findall("testcase"):
            seconds = _number(case.get("time")) or 0.0
            start = _time(case) or clock
            yield case, _exact(case) or _about(start, seconds)
            clock = None if clock is None else clock + seconds


def _exact(case: ET.Element) -> Span | None:
    start, end = (_number(_property(case, name)) for name in ("start", "end"))
    if start is None or end is None or end < start:
        return None
    return Span(start=start, end=end, exact=True)


def _about(start: float | None, seconds: float) -> Span | None:
    return None if start is None else Span(start=start, end=start + seconds, exact=False)


def _property(case: ET.Element, name: str) -> str:
    found = (each for each in case.iterfind("properties/property") if each.get("name") == name)
    element = next(found, None)
    return "" if element is None else element.get("value") or ""


def _time(element: ET.Element) -> float | None:
    """Read the time stamp; one without a time zone is in the runner's own."""
    try:
        return datetime.fromisoformat(element.get("timestamp") or "").timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _failure(case: ET.Element, bad: ET.Element, span: Span | None) -> Failure:
    name = ".".join(filter(None, (case.get("classname"), case.get("name"))))
    line = case.get("line") or ""
    return Failure(
        name=name or "(unnamed test)",
        message=_why(bad),
        file=case.get("file") or "",
        line=int(line) if re.fullmatch(r"[0-9]{1,9}", line) else 0,
        trace=(bad.text or "").strip("\n"),
        evidence=_property(case, "evidence"),
        span=span,
    )


def _why(bad: ET.Element) -> str:
    """Return the first line of what is told, without selenium's prefix."""
    kind = bad.get("type") or ""
    line = next(iter((bad.get("message") or bad.text or kind).strip().splitlines()), "")
    prefix = SELENIUM.match(line)
    if not prefix:
        return line
    before, words = prefix["kind"] or "", line[prefix.end() :]
    return f"{before}{words}" if words else before.removesuffix(": ") or kind
