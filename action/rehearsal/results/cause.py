"""The cause of a failure, as every report tells it: a diagnosis, an exception or the problem."""

from collections.abc import Sequence

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.results.bounded_text import cut_name, cut_text
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.quoted_line import quoted_line
from rehearsal.verdict import Problem, Verdict

# A title is read at a glance; the whole text stands in the traceback.
MAX_TEXT = 300
UNKNOWN = "No known cause matches."
CORRECT_IT = "Correct that line, or what it gets: an argument, a row of the database, a setting."
# Django logs no traceback with DEBUG off, unless its settings say so.
LOG_ERRORS = (
    "So that container.log has such errors, give LOGGING in the settings a console handler."
)
RAISE = regex(r"(?:raise|throw)\b")
KEY_LINES_FOLLOW = " These lines say most:"
# These need no cause, or their message is the cause.
SELF_EXPLAINED = (
    Verdict.PASSED,
    Verdict.MISCONFIGURED,
    Verdict.CANCELLED,
    Verdict.ERROR,
    Verdict.AUDIT_FAILED,
)


@dataclass(frozen=True, kw_only=True)
class CauseSummary:
    """`title` is to be read first, `message` says what happened, `lines` are the proof.

    `location` is the line of the project's own code behind it, empty where none is known. `known`
    says that a diagnosis fits.
    """

    title: str
    message: str = ""
    hint: str = ""
    paste: str = ""
    background: str = ""
    lines: tuple[str, ...] = ()
    location: str = ""
    known: bool = False


def summarize_cause(
    problem: Problem,
    diagnoses: Sequence[Diagnosis],
    key_lines: tuple[str, ...],
    index: EvidenceIndex,
) -> CauseSummary:
    """Return why a rehearsal ended with `problem`; the first of `diagnoses` is the root."""
    frames = index.frames
    if diagnoses:
        return _of_diagnosis(diagnoses[0], problem, frames)
    if problem.verdict in SELF_EXPLAINED:
        return CauseSummary(title=problem.message, hint=problem.hint)
    if frames:
        return _of_exception(frames[0], problem, index.failed)
    admission = UNKNOWN + (KEY_LINES_FOLLOW if key_lines else "")
    return CauseSummary(
        title=problem.message,
        hint="\n\n".join(filter(None, (_where_to_begin(index), problem.hint, admission))),
        lines=key_lines,
    )


def frame_location(frame: ProjectFrame) -> str:
    """Return where in the project's own code an exception was raised, and for which request."""
    line = f"{cut_text(frame.file, MAX_TEXT)}:{frame.line}"
    function = f", in {cut_text(frame.function, MAX_TEXT)}" if in_function(frame) else ""
    request = cut_text(frame.request, MAX_TEXT)
    if frame.repeated:
        return f"{line}{function} (the app did not log it; found by repeating {request})"
    # Both Django and Flask log an exception like this when they answer with 500.
    return line + function + (f", answering {request} with 500" if request else "")


def in_function(frame: ProjectFrame) -> bool:
    """Return whether the line stands in a function, and not in a module itself."""
    return frame.function not in ("", "<module>")


def _of_diagnosis(
    diagnosis: Diagnosis, problem: Problem, frames: Sequence[ProjectFrame]
) -> CauseSummary:
    # The same exception with the project's lines that led to it says more than the log line alone.
    logged = {line[:MAX_TEXT] for line in diagnosis.matching_lines}
    frame = next((each for each in frames if each.error[:MAX_TEXT] in logged), None)
    told = "LOGGING" in f"{diagnosis.hint}{diagnosis.background}"
    logs_nothing = frame is not None and frame.repeated and not told
    return CauseSummary(
        title=diagnosis.title,
        message=problem.message,
        hint=f"{diagnosis.hint} {LOG_ERRORS}" if logs_nothing else diagnosis.hint,
        paste=diagnosis.paste,
        background=diagnosis.background,
        lines=_traceback(frame) if frame and "\n" in frame.text else diagnosis.matching_lines,
        location=frame_location(frame) if frame else "",
        known=True,
    )


def _of_exception(
    frame: ProjectFrame, problem: Problem, failed: Sequence[FailedTestEvidence]
) -> CauseSummary:
    """Return the app's own exception as the cause."""
    code = quoted_line(frame.text, frame.file, frame.line)
    test = next((each for each in failed if each.frame == frame), None)
    # The title names the exception and its line: of one that the code raises itself, the line says
    # the same again, and what led to it is not known.
    is_raised = RAISE.match(code)
    correct = "" if is_raised else CORRECT_IT
    hints = (
        f"This line raised it: {code}" if code and not is_raised else "",
        " ".join(filter(None, (correct, _during(test), LOG_ERRORS if frame.repeated else ""))),
    )
    line = f"{cut_text(frame.file, MAX_TEXT)}:{frame.line}"
    return CauseSummary(
        title=f"The app raised {cut_text(frame.error, MAX_TEXT)} at {line}",
        message=problem.message,
        hint="\n\n".join(filter(None, hints)),
        lines=_traceback(frame),
        location=frame_location(frame),
    )


def _during(test: FailedTestEvidence | None) -> str:
    """Return which test an exception belongs to."""
    if not test:
        return ""
    stopped = f", which stopped at {_line_of(test)}" if _line_of(test) else ""
    return f"It came while {cut_name(test.failure.name)} ran{stopped}."


def _where_to_begin(index: EvidenceIndex) -> str:
    """Return where the first failed test stopped, and whether the app logged an error then."""
    test = next(iter(index.failed), None)
    if not test or not _line_of(test):
        return ""
    text = f"Begin at {_line_of(test)}, where {cut_name(test.failure.name)} stopped."
    if not test.app_lines:
        return text
    key = test.key_line
    logged = f"logged then: {key}" if key else "logged no error at that moment."
    return f"{text} The app {logged}"


def _line_of(test: FailedTestEvidence) -> str:
    line = test.failure.line
    return f"{cut_text(test.file, MAX_TEXT)}:{line}" if test.file and line else ""


def _traceback(frame: ProjectFrame) -> tuple[str, ...]:
    return tuple(frame.text.split("\n"))
