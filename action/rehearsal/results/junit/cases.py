"""One test case of a report: how it ended, and what is known of its failure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from xml.etree import ElementTree as ET

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.results.junit.attachments import attachments_of, output_of
from rehearsal.results.junit.document import Suite, properties
from rehearsal.results.junit.failures import attempts_of, failures_of, message_of, trace_of
from rehearsal.results.junit.names import PATH, UNNAMED, full_name, is_of_playwright
from rehearsal.results.junit.spans import read_seconds
from rehearsal.results.tests import Failure, Span

# Tests that fail as they are expected to, as pytest and unittest-xml-reporting write them.
EXPECTED_FAILURES = ("pytest.xfail", "XFAIL")
# Node's own runner: what is still to do may fail.
TO_DO = "todo"
# GoogleTest and some converters write no element `skipped`.
NOT_RUN = ("notrun", "skipped", "ignored", "disabled", "suppressed", "inconclusive", "untested")
# Playwright writes all attempts into one text.
PLAYWRIGHT_RETRY = regex(r"^ *Retry #[0-9]+ ─", re.MULTILINE)
# How pytest names its suite.
PYTEST = "pytest"
# The property in which rehearsal_testing names the folder of the evidence.
EVIDENCE_PROPERTY = "evidence"


class Outcome(Enum):
    """How a test case ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A test case. Cases with the same `key`, if they have one, have one name in one suite.

    `failure` is that of a failed case, or of the first attempt of a case that passed.
    """

    key: tuple[str, ...]
    outcome: Outcome
    is_of_pytest: bool = False
    failure: Failure | None = None
    name: str = ""
    seconds: float | None = None


def read_case(case: ET.Element, suites: Sequence[Suite], span: Span | None, file: str) -> Case:
    """Read a test case; `suites` are those around it, the outermost first.

    `file` is where the test stands if the case itself does not say it.
    """
    name = full_name(case, suites)
    failures, attempts = failures_of(case), attempts_of(case)
    outcome = _outcome(case, failed=bool(failures))
    failure = None
    if outcome is Outcome.FAILED:
        trace = trace_of(failures)
        retries = PLAYWRIGHT_RETRY.findall(trace) if is_of_playwright(case, suites) else ()
        output = output_of(case)
        failure = Failure(
            name=name,
            # Cucumber writes only a list of the steps.
            message=message_of(failures[0]) or output.rpartition("\n")[2],
            trace=trace,
            attempts=1 + max(len(attempts), len(retries)),
            output=output,
            attachments=attachments_of([case, *attempts]),
        )
    elif outcome is Outcome.PASSED and attempts:
        failure = Failure(
            name=name,
            message=message_of(attempts[0]),
            trace=trace_of(attempts[:1]),
            attempts=len(attempts),
            output=output_of(attempts[0]) or output_of(case),
            attachments=attachments_of([*attempts, case]),
        )
    key = (suites[-1].get("name"), suites[-1].get("hostname"), name)
    return Case(
        key=() if name == UNNAMED else key,
        outcome=outcome,
        is_of_pytest=suites[-1].get("name") == PYTEST,
        failure=failure and _with_place(failure, case, span, file),
        name=name,
        seconds=read_seconds(case.get("time")),
    )


def _with_place(failure: Failure, case: ET.Element, span: Span | None, file: str) -> Failure:
    line, group = case.get("line") or "", case.get("classname") or ""
    return replace(
        failure,
        file=case.get("file") or (group if PATH.fullmatch(group) else file),
        line=int(line) if re.fullmatch(r"[0-9]{1,9}", line) else 0,
        evidence_name=properties(case).get(EVIDENCE_PROPERTY, ""),
        span=span,
    )


def _outcome(case: ET.Element, *, failed: bool) -> Outcome:
    skipped = case.find("skipped")
    kind = "" if skipped is None else skipped.get("type") or ""
    if failed:
        return Outcome.SKIPPED if kind == TO_DO else Outcome.FAILED
    if skipped is not None:
        return Outcome.PASSED if kind in EXPECTED_FAILURES else Outcome.SKIPPED
    states = filter(None, (case.get("status"), case.get("result")))
    is_skipped = any(each.lower() in NOT_RUN for each in states)
    return Outcome.SKIPPED if is_skipped else Outcome.PASSED
