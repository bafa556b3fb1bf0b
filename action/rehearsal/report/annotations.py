"""Annotations: the errors and warnings that GitHub shows on the checks page."""

from collections.abc import Iterator
from itertools import islice

from rehearsal.dataclass import dataclass
from rehearsal.report.audit_words import audit_text
from rehearsal.report.cause_text import cause_text
from rehearsal.report.words import reported_message
from rehearsal.results.audit import WARN
from rehearsal.results.bounded_text import cut_text
from rehearsal.results.cause import MAX_TEXT, in_function
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.file_names import BEFORE_LOG
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.verdict import Problem, Verdict

# GitHub shows ten errors and ten warnings for a whole composite action; two of each are left for
# other steps.
MAX_ANNOTATIONS = 8
# In characters. The step log cuts a message after 4,000; what redaction does may make it longer.
MAX_CAUSE = 3500
AUDIT_TITLE = "Dress rehearsal: audit"
WARNING_TITLE = "Dress rehearsal: warning"
FLAKY_NOTE = "\nIt passed on a retry, so it does not count as a failure. Expect it to fail again."


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """One error or warning; `file` is relative to the checkout, or empty."""

    title: str
    message: str
    file: str = ""
    line: int = 0


def error_annotations(result: RehearsalResult) -> list[Annotation]:
    """Return at most `MAX_ANNOTATIONS` errors, the cause first; one for all that an audit found."""
    if result.audit and result.verdict is Verdict.AUDIT_FAILED:
        return [Annotation(title=_title(result), message=audit_text(result.audit))]
    return list(islice(_errors(result), MAX_ANNOTATIONS))


def warning_annotations(result: RehearsalResult) -> list[Annotation]:
    """Return at most `MAX_ANNOTATIONS` warnings: about the run, then one for each flaky test."""
    return list(islice(_warnings(result), MAX_ANNOTATIONS))


def _errors(result: RehearsalResult) -> Iterator[Annotation]:
    cause, index = result.cause, result.index
    if not cause:
        return
    yield Annotation(title=_title(result), message=cause_text(cause, limit=MAX_CAUSE))
    seen: set[tuple[str, int]] = set()
    for diagnosis in result.diagnoses[:1]:
        if diagnosis.file:
            seen.add((diagnosis.file, diagnosis.line))
            yield _of_diagnosis(diagnosis)
    for test in index.failed:
        yield _of_test(test)
        # Right after its test: with many failed tests, frames at the end would be cut off.
        if test.frame and (test.frame.file, test.frame.line) not in seen:
            seen.add((test.frame.file, test.frame.line))
            yield _of_frame(test.frame, f"\nThe app raised this while {test.failure.name} ran.")
    for frame in index.frames:
        if (frame.file, frame.line) in seen:
            continue
        if result.verdict is Verdict.BUILD_FAILED:
            yield _of_failed_step(frame)
        elif result.verdict is Verdict.SETUP_FAILED and _is_of_setup(frame, result.problem):
            is_before = result.problem and result.problem.source == BEFORE_LOG
            yield _of_frame(frame, "", failed="before-command" if is_before else "setup-command")
        else:
            yield _of_frame(frame, _during(frame))


def _warnings(result: RehearsalResult) -> Iterator[Annotation]:
    audit = result.audit
    # One for all findings: a page of GitHub's shows ten warnings.
    if audit and audit.failed and audit.mode == WARN:
        yield Annotation(title=AUDIT_TITLE, message=audit_text(audit))
    for warning in result.warnings:
        yield Annotation(title=WARNING_TITLE, message=warning)
    for test in result.index.flaky:
        yield _of_test(test, note=FLAKY_NOTE)


def _title(result: RehearsalResult) -> str:
    return f"Dress rehearsal: {result.verdict}"


def _of_diagnosis(diagnosis: Diagnosis) -> Annotation:
    return Annotation(
        title="The cause is here",
        message=diagnosis.title,
        file=diagnosis.file,
        line=diagnosis.line,
    )


def _of_test(test: FailedTestEvidence, *, note: str = "") -> Annotation:
    failure = test.failure
    return Annotation(
        title=f"{'Flaky: ' if note else ''}{failure.name}",
        message=f"{reported_message(test) or 'failed'}{note}",
        file=test.file,
        line=failure.line if test.file else 0,
    )


def _of_failed_step(frame: ProjectFrame) -> Annotation:
    return Annotation(
        title="The build failed here", message=frame.text, file=frame.file, line=frame.line
    )


def _is_of_setup(frame: ProjectFrame, problem: Problem | None) -> bool:
    """Return whether the exception ended what sets the app up, and is not from the app's log."""
    return problem is not None and any(frame.error in line for line in problem.excerpt)


def _during(frame: ProjectFrame) -> str:
    """Return at which request the app raised an exception, empty where that is unknown."""
    request = cut_text(frame.request, MAX_TEXT)
    if frame.repeated:
        return f"\nThe app raised this when {request} was repeated."
    return f"\nThe app raised this, answering {request} with 500." if request else ""


def _of_frame(frame: ProjectFrame, explanation: str, *, failed: str = "The app") -> Annotation:
    place = f"in {frame.function}" if in_function(frame) else "here"
    return Annotation(
        title=f"{failed} failed {place}",
        message=frame.error + explanation,
        file=frame.file,
        line=frame.line,
    )
