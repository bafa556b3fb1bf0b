"""The cause, as every report tells it: the diagnosis where there is one, else the problem."""

import re
from dataclasses import dataclass

from rehearsal.results.evidence_index import EvidenceIndex
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.rehearsal import Rehearsal

# A title is for one glance; the whole of it stands in the traceback.
LONGEST = 300
# What belongs elsewhere begins with a comment that says where.
PARAGRAPH = re.compile(r"\n\n(?=# )")
UNKNOWN = "The cause is none of those that are known."
KEY_LINES_FOLLOW = " These lines say most:"


@dataclass(frozen=True, kw_only=True)
class CauseSummary:
    """`title` is what to read first, `what` what happened, `lines` what shows why.

    `place` is the app's own line behind it, where one is known.
    """

    title: str
    message: str = ""
    hint: str = ""
    paste: str = ""
    background: str = ""
    lines: tuple[str, ...] = ()
    place: str = ""
    known: bool = False


def summarize_cause(record: Rehearsal, exhibits: EvidenceIndex) -> CauseSummary | None:
    """Return why it did not pass."""
    problem = record.problem
    if not problem:
        return None
    frames = [test.frame for test in exhibits.tests if test.frame]
    if not exhibits.tests and exhibits.frame:
        frames = [exhibits.frame]
    if record.diagnoses:
        first = record.diagnoses[0]
        # The same exception, with the lines of the project that led to it, says more.
        said = {line[:LONGEST] for line in first.evidence}
        frame = next((each for each in frames if each.error[:LONGEST] in said), None)
        return CauseSummary(
            title=first.title,
            message=problem.message,
            hint=first.hint,
            paste=first.paste,
            background=first.background,
            lines=_traceback(frame) if frame and "\n" in frame.text else first.evidence,
            place=place(frame) if frame else "",
            known=True,
        )
    if not record.needs_diagnosis:
        return CauseSummary(title=problem.message, hint=problem.hint)
    if frames:
        return _raised(frames[0], problem.message)
    admission = UNKNOWN + (KEY_LINES_FOLLOW if record.key_lines else "")
    return CauseSummary(
        title=problem.message,
        hint="\n\n".join(filter(None, (problem.hint, admission))),
        lines=record.key_lines,
    )


def in_words(found: CauseSummary) -> str:
    """Return the whole of it as plain text, for those who read nothing else."""
    parts = [found.hint, found.paste.strip(), "" if found.known else "\n".join(found.lines)]
    parts += [f"What happened: {found.message}"] if found.message else []
    return "\n".join((found.title, "\n\n".join(filter(None, parts)))).strip()


def snippets(paste: str) -> list[str]:
    """Return what is to be pasted, for each place or each way on its own."""
    return [each.strip("\n") for each in PARAGRAPH.split(paste) if each.strip()]


def place(frame: ProjectFrame) -> str:
    """Return where in the project's own code something was raised, and what was being answered."""
    line = f"{frame.file[:LONGEST]}:{frame.line}"
    function = f", in {frame.function[:LONGEST]}" if frame.function else ""
    # What is logged like this is a 500, with Django as with Flask.
    request = f", answering {frame.request[:LONGEST]} with 500" if frame.request else ""
    return line + function + request


def _raised(frame: ProjectFrame, what: str) -> CauseSummary:
    """Return the app's own exception as the cause, where no other is known."""
    line = f"{frame.file[:LONGEST]}:{frame.line}"
    return CauseSummary(
        title=f"The app raised {frame.error[:LONGEST]} at {line}",
        message=what,
        hint=f"Begin at {line}: the exception came from there. {UNKNOWN}",
        lines=_traceback(frame),
        place=place(frame),
    )


def _traceback(frame: ProjectFrame) -> tuple[str, ...]:
    return tuple(frame.text.split("\n"))
