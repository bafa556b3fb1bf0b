"""Annotations: what the checks page shows first."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from rehearsal.record import Rehearsal

# GitHub shows ten errors for a whole composite action; two are left for other steps.
MOST = 8
# GitHub cuts a message at 4,096 characters; escapes make it longer.
LONGEST = 3000


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """One error; `file` is relative to the checkout, or empty."""

    title: str
    message: str
    file: str = ""
    line: int = 0


def annotations(record: Rehearsal) -> list[Annotation]:
    """Return the errors worth showing, the deciding problem first, `MOST` at the most."""
    return list(islice(_all(record), MOST))


def _all(record: Rehearsal) -> Iterator[Annotation]:
    if problem := record.problem:
        message = "\n".join(filter(None, (problem.what, problem.advice)))
        yield Annotation(title=f"Dress rehearsal: {problem.verdict}", message=message[:LONGEST])
    for failure in record.results.failed if record.results else ():
        yield Annotation(
            title=failure.name[:200],
            message=failure.message[:LONGEST] or "failed",
            file=failure.file,
            line=failure.line,
        )
