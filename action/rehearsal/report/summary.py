"""The job summary: Markdown that stays readable whatever an app or a test has printed."""

from collections.abc import Iterable, Iterator

from rehearsal import __version__
from rehearsal.exhibits import Exhibit, Exhibits
from rehearsal.record import Rehearsal, Stage
from rehearsal.report.cause import Cause, cause
from rehearsal.report.counts import counts, why
from rehearsal.report.markdown import bare, box, cell, escaped, folded, part, test_name
from rehearsal.verdict import Verdict

# GitHub refuses a step's summary over 1 MiB; the evidence holds what is left out here.
MOST_FAILURES = 50
MOST_TRACEBACKS = 3
LARGEST = 1_000_000
BAR = 24


def summary(record: Rehearsal, exhibits: Exhibits, *, rest: str = "the evidence") -> str:
    """Return the Markdown: verdict and cause first, then tests, stages, image, logs.

    `rest` says where everything is that is left out here.
    """
    text = "\n".join(_lines(record, exhibits, rest)) + "\n"
    if len(text.encode(errors="replace")) <= LARGEST:
        return text
    return "\n".join(_lines(record, exhibits, rest, brief=True)) + "\n"


def _lines(
    record: Rehearsal, exhibits: Exhibits, rest: str, *, brief: bool = False
) -> Iterator[str]:
    passed = record.verdict is Verdict.PASSED
    yield f"## {'✅' if passed else '❌'} Dress rehearsal: {record.verdict}"
    yield ""
    if found := cause(record, exhibits):
        yield from _cause(found, record)
    yield from _facts(record)
    yield from _failures("failed test", exhibits.tests, rest)
    yield from _failures("⚠️ flaky test: it passed when it was run again", exhibits.flaky, rest)
    if brief:
        yield f"The ends of the logs are too large for this place: see {escaped(rest)}."
        yield ""
    else:
        yield from _said(record, exhibits)
    yield from (f"- {cell(notice)}" for notice in record.notices[:MOST_FAILURES])
    yield from _timeline(record.stages)
    if record.image_id:
        yield f"Image `{bare(record.image)}`, `{bare(record.image_id)}`"
        yield ""
    if not passed or exhibits.flaky:
        yield f"Screenshots, whole logs and the rest: open `index.html` in {escaped(rest)}."
        yield ""
    yield f"<sub>Dress Rehearsal {__version__}, {escaped(record.name)}</sub>"


def _cause(found: Cause, record: Rehearsal) -> Iterator[str]:
    yield f"**{part(found.title)}**"
    yield ""
    if found.what:
        yield part(found.what)
        yield ""
    if found.advice or found.paste:
        yield f"**What to do:** {part(found.advice)}"
        yield ""
    yield from box(found.paste.splitlines())
    if found.lines:
        if found.known:
            yield "What shows it:"
        yield from box(found.lines)
    if found.lesson:
        yield f"<sub>{part(found.lesson)}</sub>"
        yield ""
    for other in record.diagnoses[1:]:
        yield f"It also looks like this: {part(other.title)}."
        yield ""


def _facts(record: Rehearsal) -> Iterator[str]:
    if told := counts(record):
        yield f"- Tests: {told}"
    elif record.results:
        yield "- Tests: the test command ran; how many tests that were is not known"
    if record.ready_seconds is not None:
        yield f"- Ready {record.ready_seconds:.2f} s after its start"
    yield ""


def _failures(what: str, tests: tuple[Exhibit, ...], rest: str) -> Iterator[str]:
    if not tests:
        return
    # An empty column would only take the others' room.
    framed = any(test.frame for test in tests)
    yield f"| {what} | why |" + (" the app meanwhile |" if framed else "")
    yield "|---|---|" + ("---|" if framed else "")
    for test in tests[:MOST_FAILURES]:
        frame = test.frame
        app = cell(f"{frame.file}:{frame.line} {frame.error}") if frame else ""
        row = f"| {test_name(test.failure.name)} | {cell(why(test.failure))} |"
        yield f"{row} {app} |" if framed else row
    if len(tests) > MOST_FAILURES:
        more = len(tests) - MOST_FAILURES
        yield f"| {more} more | see verdict.json in {escaped(rest)} |{' |' if framed else ''}"
    yield ""


def _said(record: Rehearsal, exhibits: Exhibits) -> Iterator[str]:
    """Show what the app said and what the problem rests on, the app's own words first."""
    problem = record.problem
    if not problem:
        return
    known = bool(record.diagnoses)
    framed = [test for test in exhibits.tests if test.frame]
    # The first one is the cause, where no other is known.
    for test in framed[0 if known else 1 : MOST_TRACEBACKS]:
        if test.frame:
            title = f"What the app raised while {test.failure.name} ran"
            yield from folded(title, test.frame.text.splitlines())
    if known and exhibits.frame and not exhibits.tests:
        yield from folded("What the app raised", exhibits.frame.text.splitlines())
    traced = [test for test in exhibits.tests if test.trace][:MOST_TRACEBACKS]
    for test in traced:
        title = f"Where {test.failure.name} failed"
        yield from folded(title, test.trace.splitlines(), shut=known)
    # What stands above already, a reader may not need again.
    if problem.source != "container.log":
        shut = bool(known or framed or exhibits.frame)
        yield from folded("The end of container.log", record.container_tail, shut=shut)
    shut = known or bool(traced)
    yield from folded(f"The end of {problem.source}", problem.excerpt, shut=shut)


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
