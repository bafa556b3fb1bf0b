"""The outcome of one test as a JUnit XML file."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

from rehearsal_capture.evidence import safe_name

# Characters that XML 1.0 cannot contain, not even escaped (https://www.w3.org/TR/xml/#charsets).
_INVALID_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, kw_only=True)
class ErrorDetails:
    """One reason why a test did not pass."""

    kind: Literal["failure", "error"]
    type: str
    message: str
    traceback: str


@dataclass(frozen=True, kw_only=True)
class Case:
    """The name of one test and where it is in the source; line 0 if that is not known."""

    classname: str
    name: str
    file: str
    line: int

    @property
    def id(self) -> str:
        return f"{self.classname}.{self.name}"


@dataclass(frozen=True, kw_only=True)
class FailedAttempt:
    """A failed run of a test that was retried, from `started` to `ended` (seconds since 1970)."""

    started: float
    ended: float
    errors: Sequence[ErrorDetails]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The outcome of a test's last attempt, from `started` to `ended` (seconds since 1970).

    `seconds` is its duration by a monotonic clock. A test that failed in `earlier_attempts` and
    has no `errors` now is flaky.
    """

    case: Case
    started: float
    ended: float
    seconds: float
    errors: Sequence[ErrorDetails] = ()
    skipped: str | None = None
    evidence: str | None = None
    earlier_attempts: Sequence[FailedAttempt] = ()

    @property
    def is_flaky(self) -> bool:
        return bool(self.earlier_attempts) and not self.errors

    @property
    def is_skipped(self) -> bool:
        # A test that failed and was skipped in its retry counts as flaky.
        return self.skipped is not None and not self.errors and not self.earlier_attempts


def to_xml(outcome: Outcome) -> bytes:
    """Return a document of one suite with one case.

    Several errors of one test become one element, so that readers count one test. Earlier
    attempts are further elements, named as Maven's surefire names them
    (https://maven.apache.org/surefire/, "Rerun failing tests").
    """
    test, errors = outcome.case, outcome.errors
    has_error = _has_error(errors)
    seconds = f"{outcome.seconds:.3f}"
    started, _ = _reported_span(outcome)
    timestamp = datetime.fromtimestamp(started, UTC).isoformat(timespec="microseconds")
    suite = ET.Element(
        "testsuite",
        name=_clean(test.classname),
        tests="1",
        failures=str(int(bool(errors) and not has_error)),
        errors=str(int(has_error)),
        skipped=str(int(outcome.is_skipped)),
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
    _add_properties(case, _properties(outcome))
    if errors:
        _add_errors(case, "error" if has_error else "failure", errors)
    elif outcome.is_skipped:
        ET.SubElement(case, "skipped", message=_clean(outcome.skipped or ""))
    for attempt in outcome.earlier_attempts:
        kind = "Error" if _has_error(attempt.errors) else "Failure"
        _add_errors(case, ("flaky" if outcome.is_flaky else "rerun") + kind, attempt.errors)
    return _document(suite)


def write(outcome: Outcome, folder: Path) -> Path:
    """Write the outcome into `folder`, or replace it there, atomically; return the file."""
    return _write_atomically(report_file(outcome.case, folder), to_xml(outcome))


def write_deselected(name: str, count: int, folder: Path) -> Path:
    """Write how many tests of a class or module run in other shards; return the file."""
    suite = ET.Element("testsuite", name=_clean(name), tests="0")
    _add_properties(suite, {"left-to-other-shards": str(count)})
    return _write_atomically(folder / f"{safe_name(f'{name}.shard')}.xml", _document(suite))


def report_file(case: Case, folder: Path) -> Path:
    """Return the file in `folder` for the outcome of a test."""
    return folder / f"{safe_name(case.id)}.xml"


def _write_atomically(path: Path, document: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not *.xml until it is complete: a rehearsal may collect the files at any time.
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    draft.write_bytes(document)
    return draft.replace(path)


def _document(suite: ET.Element) -> bytes:
    root = ET.Element("testsuites")
    root.append(suite)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _add_properties(parent: ET.Element, properties: dict[str, str]) -> None:
    element = ET.SubElement(parent, "properties")
    for name, value in properties.items():
        ET.SubElement(element, "property", name=name, value=_clean(value))


def _add_errors(case: ET.Element, tag: str, errors: Sequence[ErrorDetails]) -> None:
    more = f" (and {len(errors) - 1} more)" if errors[1:] else ""
    first = errors[0]
    message = _clean(first.message) + more
    element = ET.SubElement(case, tag, type=_clean(first.type), message=message)
    element.text = _clean("\n".join(each.traceback for each in errors))


def _has_error(errors: Sequence[ErrorDetails]) -> bool:
    return any(each.kind == "error" for each in errors)


def _reported_span(outcome: Outcome) -> tuple[float, float]:
    """Return start and end of the last attempt; of a flaky test, of its first failure."""
    reported = outcome.earlier_attempts[0] if outcome.is_flaky else outcome
    return reported.started, reported.ended


def _properties(outcome: Outcome) -> dict[str, str]:
    # A rehearsal cuts the app's log by these times, which come from the same clock.
    started, ended = _reported_span(outcome)
    properties = {"start": f"{started:.6f}", "end": f"{ended:.6f}"}
    if outcome.evidence is not None:
        properties["evidence"] = outcome.evidence
    return properties


def _clean(text: str) -> str:
    return _INVALID_IN_XML.sub("", text)
