"""The cause, as every report tells it: the diagnosis where there is one, else the problem."""

from dataclasses import dataclass

from rehearsal.exhibits import Exhibits
from rehearsal.frames import OwnFrame
from rehearsal.record import Rehearsal

# A title is for one glance; the whole of it stands in the traceback.
LONGEST = 300
UNKNOWN = "The cause is none of those that are known."
TELLING = " These lines say most:"


@dataclass(frozen=True, kw_only=True)
class Cause:
    """`title` is what to read first, `what` what was found, `lines` what shows it."""

    title: str
    what: str = ""
    advice: str = ""
    paste: str = ""
    lesson: str = ""
    lines: tuple[str, ...] = ()
    known: bool = False


def cause(record: Rehearsal, exhibits: Exhibits) -> Cause | None:
    """Return why it did not pass."""
    problem = record.problem
    if not problem:
        return None
    if record.diagnoses:
        first = record.diagnoses[0]
        return Cause(
            title=first.title,
            what=problem.what,
            advice=first.advice,
            paste=first.paste,
            lesson=first.lesson,
            lines=first.evidence,
            known=True,
        )
    if not record.unexplained:
        return Cause(title=problem.what, advice=problem.advice)
    frames = [test.frame for test in exhibits.tests if test.frame]
    if not exhibits.tests and exhibits.frame:
        frames = [exhibits.frame]
    if frames:
        return _raised(frames[0], problem.what)
    admission = UNKNOWN + (TELLING if record.telling else "")
    return Cause(
        title=problem.what,
        advice="\n\n".join(filter(None, (problem.advice, admission))),
        lines=record.telling,
    )


def in_words(found: Cause) -> str:
    """Return the whole of it as plain text, for those who read nothing else."""
    parts = [found.advice, found.paste]
    if not found.known:
        parts.append("\n".join(found.lines))
    heading = f"{found.title}. {found.what}" if found.what else found.title
    return "\n".join(filter(None, (heading, "\n\n".join(filter(None, parts)))))


def _raised(frame: OwnFrame, what: str) -> Cause:
    """Return the app's own exception as the cause, where no other is known."""
    place = f"{frame.file[:LONGEST]}:{frame.line}"
    return Cause(
        title=f"The app raised {frame.error[:LONGEST]} at {place}",
        what=what,
        advice=f"None of the known causes fits. Begin at {place}: of your own code that is the "
        "line nearest to the exception.",
        lines=tuple(frame.text.splitlines()),
    )
