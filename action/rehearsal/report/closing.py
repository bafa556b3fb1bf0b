"""The last lines of the step log, and of a terminal: how it ended, and what to do."""

from collections.abc import Iterator

from rehearsal.report.counts import counts
from rehearsal.results.rehearsal import RehearsalResult


def closing(result: RehearsalResult, *, evidence: str, link: str = "") -> str:
    """Return the lines that end a run.

    `evidence` is the folder that was kept, or empty; `link` opens it in a browser.
    """
    return "\n".join(_lines(result, evidence, link))


def _lines(result: RehearsalResult, evidence: str, link: str) -> Iterator[str]:
    stages = ", ".join(f"{stage.name} {stage.seconds:.1f} s" for stage in result.stages)
    if stages:
        yield f"stages:   {stages}"
    if told := counts(result):
        yield f"tests:    {told}"
    if result.image_id:
        yield f"image:    {result.image} ({result.image_id})"
    # On one line each: a line of its own could be a workflow command.
    yield from (f"notice:   {' '.join(notice.split())}" for notice in result.notices)
    if result.keep_note:
        yield f"kept:     {result.keep_note}"
        yield f"remove:   {result.remove_command}"
    if evidence:
        yield f"evidence: {evidence}"
    if link:
        yield f"open:     {link}"
    yield f"verdict:  {result.verdict}"
