"""One test's outcome as a JUnit XML file."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

from rehearsal_testing.evidence import safe_name

# Everything that XML 1.0 cannot hold, not even escaped (https://www.w3.org/TR/xml/#charsets).
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One reason why a test did not pass."""

    kind: Literal["failure", "error"]
    type: str
    message: str
    traceback: str


@dataclass(frozen=True, kw_only=True)
class Case:
    """One test: what it is called, and where it stands."""

    classname: str
    name: str
    file: str
    line: int

    @property
    def id(self) -> str:
        return f"{self.classname}.{self.name}"


@dataclass(frozen=True, kw_only=True)
class FailedAttempt:
    """A run of a test after which it ran again, from `started` to `ended` (since 1970)."""

    started: float
    ended: float
    problems: Sequence[Problem]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How one test went, from `started` to `ended` (seconds since 1970).

    `seconds` is how long it took by a clock that nobody sets. Before it came the attempts in
    `earlier`; when none of its own `problems` is left after them, the test is flaky.
    """

    case: Case
    started: float
    ended: float
    seconds: float
    problems: Sequence[Problem] = ()
    skipped: str | None = None
    evidence: str | None = None
    earlier: Sequence[FailedAttempt] = ()

    @property
    def is_flaky(self) -> bool:
        return bool(self.earlier) and not self.problems


def to_xml(outcome: Outcome) -> bytes:
    """Return a document of one suite with one case.

    Several problems of one test become one element, so that whoever counts counts tests. Earlier
    attempts stand beside it, or alone where the last one passed, under the names that Maven's
    surefire gave them (https://maven.apache.org/surefire/, "Rerun failing tests").
    """
    test, problems = outcome.case, outcome.problems
    erred = _erred(problems)
    seconds = f"{outcome.seconds:.3f}"
    started, _ = _span(outcome)
    timestamp = datetime.fromtimestamp(started, UTC).isoformat(timespec="microseconds")
    suite = ET.Element(
        "testsuite",
        name=_clean(test.classname),
        tests="1",
        failures=str(int(bool(problems) and not erred)),
        errors=str(int(erred)),
        skipped=str(int(_is_skipped(outcome))),
        time=seconds,
        timestamp=timestamp,
    )
    case = ET.SubElement(
        suite,
        "testcase",
        classname=_clean(test.classname),
        name=_clean(test.name),
        file=_clean(test.file),
        line=str(test.line),
        time=seconds,
        timestamp=timestamp,
    )
    properties = ET.SubElement(case, "properties")
    for name, value in _properties(outcome).items():
        ET.SubElement(properties, "property", name=name, value=_clean(value))
    if problems:
        _tell(case, "error" if erred else "failure", problems)
    elif _is_skipped(outcome):
        ET.SubElement(case, "skipped", message=_clean(outcome.skipped or ""))
    for attempt in outcome.earlier:
        kind = "Error" if _erred(attempt.problems) else "Failure"
        _tell(case, ("flaky" if outcome.is_flaky else "rerun") + kind, attempt.problems)
    root = ET.Element("testsuites")
    root.append(suite)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def write(outcome: Outcome, folder: Path) -> Path:
    """Write the outcome into `folder`, whole or not at all, and return the file.

    A test that runs again replaces its file.
    """
    return _put(file_of(outcome.case, folder), to_xml(outcome))


def write_left(classname: str, number: int, folder: Path) -> Path:
    """Write how many tests of a class, or module, are left to other shards, and return the file."""
    root = ET.Element("testsuites")
    suite = ET.SubElement(root, "testsuite", name=_clean(classname), tests="0")
    properties = ET.SubElement(suite, "properties")
    ET.SubElement(properties, "property", name="left-to-other-shards", value=str(number))
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return _put(folder / f"{safe_name(f'{classname}.shard')}.xml", document)


def file_of(case: Case, folder: Path) -> Path:
    """Return the file in `folder` that belongs to a test."""
    return folder / f"{safe_name(case.id)}.xml"


def _put(path: Path, document: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not *.xml until it is complete: whoever collects may come at any time.
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    draft.write_bytes(document)
    return draft.replace(path)


def _tell(case: ET.Element, tag: str, problems: Sequence[Problem]) -> None:
    more = f" (and {len(problems) - 1} more)" if problems[1:] else ""
    first = problems[0]
    message = _clean(first.message) + more
    element = ET.SubElement(case, tag, type=_clean(first.type), message=message)
    element.text = _clean("\n".join(problem.traceback for problem in problems))


def _erred(problems: Sequence[Problem]) -> bool:
    return any(problem.kind == "error" for problem in problems)


def _span(outcome: Outcome) -> tuple[float, float]:
    """Return when it ran, or where it is flaky, when it went wrong."""
    told = outcome.earlier[0] if outcome.is_flaky else outcome
    return told.started, told.ended


def _properties(outcome: Outcome) -> dict[str, str]:
    # By these the app's log can be cut: it is timed with the same clock.
    started, ended = _span(outcome)
    properties = {"start": f"{started:.6f}", "end": f"{ended:.6f}"}
    if outcome.evidence is not None:
        properties["evidence"] = outcome.evidence
    return properties


def _is_skipped(outcome: Outcome) -> bool:
    # One that failed, and was skipped when it ran again, has run.
    return outcome.skipped is not None and not outcome.problems and not outcome.earlier


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)
