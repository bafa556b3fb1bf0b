"""The last lines of the step log, and of a terminal: how it ended, and what to do."""

from collections.abc import Iterator

from rehearsal.report.counts import counts
from rehearsal.results.rehearsal import Rehearsal


def closing(record: Rehearsal, *, evidence: str, link: str = "") -> str:
    """Return the lines that end a run.

    `evidence` is the folder that was kept, or empty; `link` opens it in a browser.
    """
    return "\n".join(_lines(record, evidence, link))


def _lines(record: Rehearsal, evidence: str, link: str) -> Iterator[str]:
    stages = ", ".join(f"{stage.name} {stage.seconds:.1f} s" for stage in record.stages)
    if stages:
        yield f"stages:   {stages}"
    if told := counts(record):
        yield f"tests:    {told}"
    if record.image_id:
        yield f"image:    {record.image} ({record.image_id})"
    # On one line each: a line of its own could be a workflow command.
    yield from (f"notice:   {' '.join(notice.split())}" for notice in record.notices)
    if record.kept:
        yield f"kept:     {record.kept}"
        yield f"remove:   {record.removal}"
    if evidence:
        yield f"evidence: {evidence}"
    if link:
        yield f"open:     {link}"
    yield f"verdict:  {record.verdict}"
