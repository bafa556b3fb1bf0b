"""The job summary: Markdown that stays readable whatever an app or a test has printed."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from rehearsal import __version__
from rehearsal.report.cause_summary import CauseSummary, place, snippets, summarize_cause
from rehearsal.report.counts import counts, spoken, why
from rehearsal.report.markdown import bare, box, cell, escaped, folded, own_name, part, test_name
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.rehearsal import Rehearsal, Stage
from rehearsal.verdict import Verdict

# GitHub refuses a step's summary over 1 MiB; the evidence holds what is left out here.
MOST_FAILURES = 50
MOST_TRACEBACKS = 3
LARGEST = 1_000_000
BAR = 24
SHORTEST = 0.05
# For whoever meets a red check and has never heard of one.
ABOUT = (
    "A dress rehearsal builds the image, starts it as in production, and runs the browser tests "
    "against it."
)


def summary(record: Rehearsal, exhibits: EvidenceIndex, *, rest: str = "the evidence") -> str:
    """Return the Markdown: verdict and cause first, then tests, stages, image, logs.

    `rest` says where everything is that is left out here.
    """
    text = "\n".join(_lines(record, exhibits, rest)) + "\n"
    if len(text.encode(errors="replace")) <= LARGEST:
        return text
    return "\n".join(_lines(record, exhibits, rest, brief=True)) + "\n"


def _lines(
    record: Rehearsal, exhibits: EvidenceIndex, rest: str, *, brief: bool = False
) -> Iterator[str]:
    passed = record.verdict is Verdict.PASSED
    yield f"## {'✅' if passed else '❌'} Dress rehearsal: {record.verdict}"
    yield ""
    found = summarize_cause(record, exhibits)
    if found:
        # The table of the failed tests says the same.
        counted = record.verdict is Verdict.TESTS_FAILED and bool(exhibits.tests)
        yield from _cause(replace(found, message="") if counted else found, record)
    yield from _facts(record)
    yield from _failures("failed test", exhibits.tests, rest)
    yield from _failures("⚠️ flaky test: it passed when it was run again", exhibits.flaky, rest)
    if brief:
        yield f"The ends of the logs are too large for this place: see {escaped(rest)}."
        yield ""
    else:
        yield from _said(record, exhibits, "\n".join(found.lines) if found else "")
    yield from (f"- {cell(notice)}" for notice in record.notices[:MOST_FAILURES])
    yield from _timeline(record.stages)
    if record.image_id:
        yield f"Image `{bare(record.image)}`, `{bare(record.image_id)}`"
        yield ""
    if not passed or exhibits.flaky:
        pictures = any(test.pictures for test in (*exhibits.tests, *exhibits.flaky))
        what = "Screenshots, whole logs" if pictures else "Whole logs"
        yield f"{what} and the rest: open `index.html` in {escaped(rest)}."
        yield ""
    if not passed:
        yield f"<sub>{ABOUT}</sub>"
        yield ""
    yield f"<sub>Dress Rehearsal {__version__}, {escaped(record.name)}</sub>"


def _cause(found: CauseSummary, record: Rehearsal) -> Iterator[str]:
    yield f"**{part(found.title)}**"
    yield ""
    if found.hint or found.paste:
        yield f"**What to do:** {part(found.hint)}"
        yield ""
    for snippet in snippets(found.paste):
        yield from box(snippet.splitlines())
    if found.lines and (found.known or found.place):
        yield f"**What shows it:** {part(found.place)}".rstrip()
    yield from box(found.lines)
    if found.background:
        yield f"**Why:** {part(found.background)}"
        yield ""
    if found.message:
        yield f"**What happened:** {part(found.message)}"
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
        yield f"- The app was ready {record.ready_seconds:.2f} s after its container started"
    yield ""


def _failures(what: str, tests: tuple[FailedTestEvidence, ...], rest: str) -> Iterator[str]:
    if not tests:
        return
    # An empty column would only take the others' room.
    framed = any(test.frame for test in tests)
    yield f"| {what} |{' what the app raised |' * framed} what the test saw |"
    yield f"|---|---|{'---|' * framed}"
    for test in tests[:MOST_FAILURES]:
        app = _at(test.frame.error, place(test.frame)) if test.frame else ""
        line = f"{test.file}:{test.failure.line}" if test.file and test.failure.line else test.file
        saw = _at(why(test.failure), line)
        yield f"| {test_name(test.failure.name)} |{f' {app} |' * framed} {saw} |"
    if len(tests) > MOST_FAILURES:
        more = len(tests) - MOST_FAILURES
        yield f"| {more} more |{' |' * framed} see verdict.json in {escaped(rest)} |"
    yield ""


def _at(what: str, line: str) -> str:
    return cell(what) + (f"<br><sub>{cell(line)}</sub>" if line else "")


def _said(record: Rehearsal, exhibits: EvidenceIndex, above: str) -> Iterator[str]:
    """Show what the app said and what the problem rests on, the app's own words first.

    What stands `above` is not shown again.
    """
    problem = record.problem
    if not problem:
        return
    known = bool(record.diagnoses)
    raised = {
        test.frame.text: f"What the app raised while {own_name(test.failure.name)} ran"
        for test in reversed(exhibits.tests)
        if test.frame
    }
    if exhibits.frame and not exhibits.tests:
        raised = {exhibits.frame.text: "What the app raised"}
    framed = bool(raised or exhibits.frame)
    raised.pop(above, None)
    for text, title in list(reversed(raised.items()))[:MOST_TRACEBACKS]:
        yield from folded(title, text.split("\n"))
    traced = [test for test in exhibits.tests if test.trace][:MOST_TRACEBACKS]
    for test in traced:
        title = f"Where {own_name(test.failure.name)} failed"
        yield from folded(title, test.trace.splitlines(), shut=known or bool(test.frame))
    # What stands above already, a reader may not need again.
    if problem.source != "container.log":
        shut = known or framed
        yield from folded("The end of container.log", record.container_tail, shut=shut)
    shut = known or bool(traced)
    yield from folded(f"The end of {problem.source}", problem.excerpt, shut=shut)


def _timeline(stages: Iterable[Stage]) -> Iterator[str]:
    listed = list(stages)
    whole = sum(stage.seconds for stage in listed) or 1.0
    yield ""
    if not listed:
        return
    yield "| stage | took | |"
    yield "|---|---:|---|"
    for stage in listed:
        # Less than half of a block is drawn thin, and what rounds to nothing not at all.
        bar = "▇" * round(stage.seconds / whole * BAR) or "▏"
        bar = bar if stage.seconds >= SHORTEST else ""
        name = spoken(stage.name) + ("" if stage.ok else " ❌")
        yield f"| {name} | {stage.seconds:.1f} s | {bar} |"
    yield ""
