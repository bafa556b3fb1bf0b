"""The job summary: Markdown that stays readable whatever an app or a test has printed."""

import html
import re
from collections.abc import Iterable, Iterator

from rehearsal import __version__
from rehearsal.record import Rehearsal, Stage
from rehearsal.verdict import Verdict

# GitHub refuses a step's summary over 1 MiB; the evidence holds what is left out here.
MOST_FAILURES = 50
LONGEST_LINE = 500
# What ends a line of Markdown (CommonMark, 2.1).
LINE_END = re.compile(r"\r\n|\r|\n")


def summary(record: Rehearsal) -> str:
    """Return the Markdown: verdict and cause first, then tests, stages, image, log."""
    return "\n".join(_lines(record)) + "\n"


def _lines(record: Rehearsal) -> Iterator[str]:
    passed = record.verdict is Verdict.PASSED
    yield f"## {'✅' if passed else '❌'} Dress rehearsal: {record.verdict}"
    yield ""
    if problem := record.problem:
        yield f"**{_text(problem.what)}**"
        yield ""
        yield _text(problem.advice)
        yield ""
    yield from _facts(record)
    yield from _failures(record)
    yield from _excerpts(record)
    yield from (f"- {_text(notice)}" for notice in record.notices)
    yield from _timeline(record.stages)
    yield f"<sub>Dress Rehearsal {__version__}, {_text(record.name)}</sub>"


def _facts(record: Rehearsal) -> Iterator[str]:
    results = record.results
    if results and results.tests is not None:
        yield f"- Tests: {results.tests} ran, {results.failures} failed"
    elif results:
        yield "- Tests: the test command ran; how many tests that were is not known"
    if record.ready_seconds is not None:
        yield f"- Ready {record.ready_seconds:.2f} s after its start"
    if record.image_id:
        yield f"- Image: `{record.image}`, `{record.image_id}`"
    yield ""


def _failures(record: Rehearsal) -> Iterator[str]:
    failed = record.results.failed if record.results else ()
    if not failed:
        return
    yield "| failed test | why |"
    yield "|---|---|"
    for failure in failed[:MOST_FAILURES]:
        yield f"| {_cell(failure.name)} | {_cell(failure.message)} |"
    if len(failed) > MOST_FAILURES:
        yield f"| {len(failed) - MOST_FAILURES} more | see verdict.json in the evidence |"
    yield ""


def _excerpts(record: Rehearsal) -> Iterator[str]:
    """Show what the app said and what the problem rests on, the app's own words first."""
    problem = record.problem
    if not problem:
        return
    if problem.source != "container.log":
        yield from _excerpt("The end of container.log", record.container_tail)
    yield from _excerpt(f"The end of {problem.source}", problem.excerpt)


def _excerpt(title: str, lines: Iterable[str]) -> Iterator[str]:
    if not lines:
        return
    yield f"<details open><summary>{_text(title)}</summary>"
    yield ""
    yield "<pre>"
    # An empty line would end the HTML block, and what follows would be read as Markdown.
    yield from (html.escape(line[:LONGEST_LINE]) or " " for line in lines)
    yield "</pre>"
    yield "</details>"
    yield ""


def _timeline(stages: Iterable[Stage]) -> Iterator[str]:
    yield ""
    yield "| stage | seconds |"
    yield "|---|---:|"
    for stage in stages:
        yield f"| {stage.name}{'' if stage.good else ' ❌'} | {stage.seconds:.1f} |"
    yield ""


def _text(text: str) -> str:
    """Escape what Markdown or HTML would read as markup."""
    escaped = html.escape(text, quote=False)
    marked = "".join(f"\\{c}" if c in "\\`*_[]#|~" else c for c in escaped)
    return LINE_END.sub("<br>", marked)


def _cell(text: str) -> str:
    return _text(text[:LONGEST_LINE])
