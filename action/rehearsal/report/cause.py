"""The cause, as every report tells it: the diagnosis where there is one, else the problem."""

from dataclasses import dataclass

from rehearsal.record import Rehearsal


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


def cause(record: Rehearsal) -> Cause | None:
    """Return why it did not pass."""
    problem = record.problem
    if not problem:
        return None
    if record.diagnoses:
        first = record.diagnoses[0]
        return Cause(
            title=first.title,
            # The problem's own sentence begins with the title, for those who read nothing else.
            what=problem.what.removeprefix(f"{first.title}. "),
            advice=first.advice,
            paste=first.paste,
            lesson=first.lesson,
            lines=first.evidence,
            known=True,
        )
    said = "\n\n" + "\n".join(record.telling)
    advice = problem.advice.removesuffix(said) if record.telling else problem.advice
    return Cause(title=problem.what, advice=advice, lines=record.telling)
