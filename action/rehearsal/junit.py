"""Test results: from JUnit XML where there is some, else from the runner's own closing lines."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
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
# Colours, which CI services switch on for their logs (ECMA-48, SGR).
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A test that failed: its name, the last line of why, and where it stands when known."""

    name: str
    message: str
    file: str = ""
    line: int = 0


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
        for case in root.iter("testcase"):
            if case.find("skipped") is not None:
                continue
            ran += 1
            bad = case.find("failure") if case.find("failure") is not None else case.find("error")
            if bad is not None:
                failed.append(_failure(case, bad))
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


def _failure(case: ET.Element, bad: ET.Element) -> Failure:
    name = ".".join(filter(None, (case.get("classname"), case.get("name"))))
    lines = (bad.get("message") or bad.text or bad.get("type") or "").strip().splitlines()
    line = case.get("line") or ""
    return Failure(
        name=name or "(unnamed test)",
        message=lines[0] if lines else "",
        file=case.get("file") or "",
        line=int(line) if re.fullmatch(r"[0-9]{1,9}", line) else 0,
    )
