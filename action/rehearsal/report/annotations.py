"""Annotations: what the checks page shows first."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from rehearsal.report.cause_text import as_text
from rehearsal.report.counts import why
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.rehearsal import RehearsalResult

# GitHub shows ten errors and ten warnings for a whole composite action; two of each are left for
# other steps.
MOST = 8
# GitHub cuts a message at 4,096 characters; escapes make it longer.
LONGEST = 3000
LONGEST_TITLE = 200
FLAKY = "\nIt passed when it was run again, so it is no failure; it will fail some other day."


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """One error or warning; `file` is relative to the checkout, or empty."""

    title: str
    message: str
    file: str = ""
    line: int = 0


def annotations(result: RehearsalResult) -> list[Annotation]:
    """Return the errors worth showing, the deciding problem first, `MOST` at the most."""
    return list(islice(_all(result), MOST))


def warnings(result: RehearsalResult) -> list[Annotation]:
    """Return a warning for each flaky test, `MOST` at the most."""
    return [_of_test(exhibit, FLAKY) for exhibit in result.index.flaky[:MOST]]


def _all(result: RehearsalResult) -> Iterator[Annotation]:
    found = result.cause
    if not found:
        return
    yield Annotation(title=f"Dress rehearsal: {result.verdict}", message=as_text(found)[:LONGEST])
    seen: set[tuple[str, int]] = set()
    for exhibit in result.index.tests:
        # Each test with the app's line behind it: of a long row the roots are among the first.
        yield _of_test(exhibit)
        if exhibit.frame and (exhibit.frame.file, exhibit.frame.line) not in seen:
            seen.add((exhibit.frame.file, exhibit.frame.line))
            name = exhibit.failure.name
            yield _of_frame(exhibit.frame, f"The app raised this while {name} ran.")
    if result.index.frame and not result.index.tests:
        yield _of_frame(result.index.frame, "The app raised this.")


def _of_test(exhibit: FailedTestEvidence, remark: str = "") -> Annotation:
    failure = exhibit.failure
    return Annotation(
        title=f"{'Flaky: ' if remark else ''}{failure.name[:LONGEST_TITLE]}",
        message=f"{why(failure)[:LONGEST] or 'failed'}{remark}",
        file=exhibit.file,
        line=failure.line if exhibit.file else 0,
    )


def _of_frame(frame: ProjectFrame, when: str) -> Annotation:
    where = f"in {frame.function}" if frame.function else "here"
    return Annotation(
        title=f"The app failed {where}"[:LONGEST_TITLE],
        message=f"{frame.error[:LONGEST]}\n{when[:LONGEST_TITLE]}",
        file=frame.file,
        line=frame.line,
    )
