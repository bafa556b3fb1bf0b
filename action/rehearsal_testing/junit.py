"""One test's outcome as a JUnit XML file."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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
class Outcome:
    """How one test went; `seconds` long from `started` on."""

    classname: str
    name: str
    file: str
    line: int
    started: datetime
    seconds: float
    problems: Sequence[Problem] = ()
    skipped: str | None = None
    evidence: str | None = None


def to_xml(outcome: Outcome) -> bytes:
    """Return a document of one suite with one case.

    Several problems of one test become one element, so that whoever counts counts tests.
    """
    problems = outcome.problems
    erred = any(problem.kind == "error" for problem in problems)
    seconds = f"{outcome.seconds:.3f}"
    suite = ET.Element(
        "testsuite",
        name=_clean(outcome.classname),
        tests="1",
        failures=str(int(bool(problems) and not erred)),
        errors=str(int(erred)),
        skipped=str(int(_is_skipped(outcome))),
        time=seconds,
        timestamp=outcome.started.isoformat(timespec="microseconds"),
    )
    case = ET.SubElement(
        suite,
        "testcase",
        classname=_clean(outcome.classname),
        name=_clean(outcome.name),
        file=_clean(outcome.file),
        line=str(outcome.line),
        time=seconds,
        timestamp=outcome.started.isoformat(timespec="microseconds"),
    )
    if outcome.evidence is not None:
        properties = ET.SubElement(case, "properties")
        ET.SubElement(properties, "property", name="evidence", value=_clean(outcome.evidence))
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
    path = folder / f"{safe_name(f'{outcome.classname}.{outcome.name}')}.xml"
    # Not *.xml until it is complete: whoever collects may come at any time.
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    draft.write_bytes(to_xml(outcome))
    return draft.replace(path)


def _is_skipped(outcome: Outcome) -> bool:
    return outcome.skipped is not None and not outcome.problems


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)
