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
class Outcome:
    """How one test went, from `started` to `ended` (seconds since 1970).

    `seconds` is how long it took by a clock that nobody sets.
    """

    case: Case
    started: float
    ended: float
    seconds: float
    problems: Sequence[Problem] = ()
    skipped: str | None = None
    evidence: str | None = None


def to_xml(outcome: Outcome) -> bytes:
    """Return a document of one suite with one case.

    Several problems of one test become one element, so that whoever counts counts tests.
    """
    test, problems = outcome.case, outcome.problems
    erred = any(problem.kind == "error" for problem in problems)
    seconds = f"{outcome.seconds:.3f}"
    timestamp = datetime.fromtimestamp(outcome.started, UTC).isoformat(timespec="microseconds")
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
        more = f" (and {len(problems) - 1} more)" if problems[1:] else ""
        element = ET.SubElement(
            case,
            "error" if erred else "failure",
            type=_clean(problems[0].type),
            message=_clean(problems[0].message) + more,
        )
        element.text = _clean("\n".join(problem.traceback for problem in problems))
    elif _is_skipped(outcome):
        ET.SubElement(case, "skipped", message=_clean(outcome.skipped or ""))
    root = ET.Element("testsuites")
    root.append(suite)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def write(outcome: Outcome, folder: Path) -> Path:
    """Write the outcome into `folder`, whole or not at all, and return the file.

    A test that runs again replaces its file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = file_of(outcome.case, folder)
    # Not *.xml until it is complete: whoever collects may come at any time.
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    draft.write_bytes(to_xml(outcome))
    return draft.replace(path)


def file_of(case: Case, folder: Path) -> Path:
    """Return the file in `folder` that belongs to a test."""
    return folder / f"{safe_name(case.id)}.xml"


def _properties(outcome: Outcome) -> dict[str, str]:
    # By these the app's log can be cut: it is timed with the same clock.
    properties = {"start": f"{outcome.started:.6f}", "end": f"{outcome.ended:.6f}"}
    if outcome.evidence is not None:
        properties["evidence"] = outcome.evidence
    return properties


def _is_skipped(outcome: Outcome) -> bool:
    return outcome.skipped is not None and not outcome.problems


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)
