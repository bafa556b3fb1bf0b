"""The job summary: Markdown that stays readable whatever an app or a test has printed."""

import html
import re
from collections.abc import Iterable, Iterator

from rehearsal import __version__
from rehearsal.exhibits import Exhibit, Exhibits
from rehearsal.record import Rehearsal, Stage
from rehearsal.report.cause import Cause, cause
from rehearsal.verdict import Verdict

# GitHub refuses a step's summary over 1 MiB; the evidence holds what is left out here.
MOST_FAILURES = 50
MOST_TRACEBACKS = 3
LONGEST_LINE = 500
LONGEST_BOX = 60
BAR = 24
# What ends a line of Markdown (CommonMark, 2.1).
LINE_END = re.compile(r"\r\n|\r|\n")


def summary(record: Rehearsal, exhibits: Exhibits, *, rest: str = "the evidence") -> str:
    """Return the Markdown: verdict and cause first, then tests, stages, image, logs.

    `rest` says where everything is that is left out here.
    """
    return "\n".join(_lines(record, exhibits, rest)) + "\n"


def _lines(record: Rehearsal, exhibits: Exhibits, rest: str) -> Iterator[str]:
    passed = record.verdict is Verdict.PASSED
    yield f"## {'✅' if passed else '❌'} Dress rehearsal: {record.verdict}"
    yield ""
    if found := cause(record):
        yield from _cause(found, record)
    yield from _facts(record)
    yield from _failures(exhibits.tests, rest)
    yield from _said(record, exhibits)
    yield from (f"- {_text(notice)}" for notice in record.notices)
    yield from _timeline(record.stages)
    if record.image_id:
        yield f"Image `{_bare(record.image)}`, `{_bare(record.image_id)}`"
        yield ""
    if not passed:
        yield f"Screenshots, whole logs and the rest: open `index.html` in {_text(rest)}."
        yield ""
    yield f"<sub>Dress Rehearsal {__version__}, {_text(record.name)}</sub>"


def _cause(found: Cause, record: Rehearsal) -> Iterator[str]:
    yield f"**{_text(found.title)}**"
    yield ""
    for part in (found.what, found.advice):
        if part:
            yield _text(part)
            yield ""
    yield from _box(found.paste.splitlines())
    if found.lines:
        yield "What shows it:" if found.known else "What it said:"
        yield from _box(found.lines)
    if found.lesson:
        yield f"<sub>{_text(found.lesson)}</sub>"
        yield ""
    for other in record.diagnoses[1:]:
        yield f"It also looks like this: {_text(other.title)}."
        yield ""


def _facts(record: Rehearsal) -> Iterator[str]:
    results = record.results
    if results and results.tests is not None:
        yield f"- Tests: {results.tests} ran, {results.failures} failed"
    elif results:
        yield "- Tests: the test command ran; how many tests that were is not known"
    if record.ready_seconds is not None:
        yield f"- Ready {record.ready_seconds:.2f} s after its start"
    yield ""


def _failures(tests: tuple[Exhibit, ...], rest: str) -> Iterator[str]:
    if not tests:
        return
    yield "| failed test | why | the app meanwhile |"
    yield "|---|---|---|"
    for test in tests[:MOST_FAILURES]:
        frame = test.frame
        app = f"{frame.file}:{frame.line} {frame.error}" if frame else ""
        yield f"| {_cell(test.failure.name)} | {_cell(test.failure.message)} | {_cell(app)} |"
    if len(tests) > MOST_FAILURES:
        more = len(tests) - MOST_FAILURES
        yield f"| {more} more | see verdict.json in {_text(rest)} | |"
    yield ""


def _said(record: Rehearsal, exhibits: Exhibits) -> Iterator[str]:
    """Show what the app said and what the problem rests on, the app's own words first."""
    problem = record.problem
    if not problem:
        return
    framed = [test for test in exhibits.tests if test.frame]
    for test in framed[:MOST_TRACEBACKS]:
        if test.frame:
            title = f"What the app raised while {test.failure.name} ran"
            yield from _folded(title, test.frame.text.splitlines())
    if exhibits.frame and not exhibits.tests:
        yield from _folded("What the app raised", exhibits.frame.text.splitlines())
    # Where the cause is known, or the traceback stands above, a reader may not need the rest.
    known = bool(record.diagnoses or framed or exhibits.frame)
    if problem.source != "container.log":
        yield from _folded("The end of container.log", record.container_tail, shut=known)
    yield from _folded(f"The end of {problem.source}", problem.excerpt, shut=bool(record.diagnoses))


def _folded(title: str, lines: Iterable[str], *, shut: bool = False) -> Iterator[str]:
    if not lines:
        return
    yield f"<details{'' if shut else ' open'}><summary>{_text(title[:LONGEST_LINE])}</summary>"
    yield ""
    yield from _box(lines)
    yield "</details>"
    yield ""


def _box(lines: Iterable[str]) -> Iterator[str]:
    listed = list(lines)
    if not listed:
        return
    yield "<pre>"
    # An empty line would end the HTML block, and what follows would be read as Markdown.
    for line in listed[-LONGEST_BOX:]:
        yield LINE_END.sub(" ", html.escape(line[:LONGEST_LINE])) or " "
    yield "</pre>"
    yield ""


def _timeline(stages: Iterable[Stage]) -> Iterator[str]:
    listed = list(stages)
    whole = sum(stage.seconds for stage in listed) or 1.0
    yield ""
    if not listed:
        return
    yield "| stage | seconds | |"
    yield "|---|---:|---|"
    for stage in listed:
        bar = "▇" * max(1, round(stage.seconds / whole * BAR))
        yield f"| {stage.name}{'' if stage.good else ' ❌'} | {stage.seconds:.1f} | {bar} |"
    yield ""


def _text(text: str) -> str:
    """Escape what Markdown or HTML would read as markup."""
    escaped = html.escape(text, quote=False)
    marked = "".join(f"\\{c}" if c in "\\`*_[]#|~" else c for c in escaped)
    return LINE_END.sub("<br>", marked)


def _cell(text: str) -> str:
    return _text(text[:LONGEST_LINE])


def _bare(text: str) -> str:
    """Return what stands between two backticks, where nothing can be escaped."""
    return re.sub(r"[`\s]", "", text)
