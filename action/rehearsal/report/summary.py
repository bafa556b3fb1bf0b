"""The job summary: Markdown that stays readable whatever an app or a test has printed."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from rehearsal import __version__
from rehearsal.report.cause_text import snippets
from rehearsal.report.counts import counts, spoken, why
from rehearsal.report.markdown import bare, box, cell, escaped, folded, own_name, part, test_name
from rehearsal.results.cause import CauseSummary, frame_location
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.file_names import CONTAINER_LOG
from rehearsal.results.rehearsal import RehearsalResult, Stage
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


def summary(result: RehearsalResult, *, rest: str = "the evidence") -> str:
    """Return the Markdown: verdict and cause first, then tests, stages, image, logs.

    `rest` says where everything is that is left out here.
    """
    text = "\n".join(_lines(result, rest)) + "\n"
    if len(text.encode(errors="replace")) <= LARGEST:
        return text
    return "\n".join(_lines(result, rest, brief=True)) + "\n"


def _lines(result: RehearsalResult, rest: str, *, brief: bool = False) -> Iterator[str]:
    passed = result.verdict is Verdict.PASSED
    yield f"## {'✅' if passed else '❌'} Dress rehearsal: {result.verdict}"
    yield ""
    found = result.cause
    if found:
        # The table of the failed tests says the same.
        counted = result.verdict is Verdict.TESTS_FAILED and bool(result.index.tests)
        yield from _cause(replace(found, message="") if counted else found, result)
    yield from _facts(result)
    yield from _failures("failed test", result.index.tests, rest)
    yield from _failures("⚠️ flaky test: it passed when it was run again", result.index.flaky, rest)
    if brief:
        yield f"The ends of the logs are too large for this place: see {escaped(rest)}."
        yield ""
    else:
        yield from _said(result, "\n".join(found.lines) if found else "")
    yield from (f"- {cell(notice)}" for notice in result.notices[:MOST_FAILURES])
    yield from _timeline(result.stages)
    if result.image_id:
        yield f"Image `{bare(result.image)}`, `{bare(result.image_id)}`"
        yield ""
    if not passed or result.index.flaky:
        pictures = any(test.pictures for test in (*result.index.tests, *result.index.flaky))
        what = "Screenshots, whole logs" if pictures else "Whole logs"
        yield f"{what} and the rest: open `index.html` in {escaped(rest)}."
        yield ""
    if not passed:
        yield f"<sub>{ABOUT}</sub>"
        yield ""
    yield f"<sub>Dress Rehearsal {__version__}, {escaped(result.name)}</sub>"


def _cause(found: CauseSummary, result: RehearsalResult) -> Iterator[str]:
    yield f"**{part(found.title)}**"
    yield ""
    if found.hint or found.paste:
        yield f"**What to do:** {part(found.hint)}"
        yield ""
    for snippet in snippets(found.paste):
        yield from box(snippet.splitlines())
    if found.lines and (found.known or found.location):
        yield f"**What shows it:** {part(found.location)}".rstrip()
    yield from box(found.lines)
    if found.background:
        yield f"**Why:** {part(found.background)}"
        yield ""
    if found.message:
        yield f"**What happened:** {part(found.message)}"
        yield ""
    for other in result.diagnoses[1:]:
        yield f"It also looks like this: {part(other.title)}."
        yield ""


def _facts(result: RehearsalResult) -> Iterator[str]:
    if told := counts(result):
        yield f"- Tests: {told}"
    elif result.results:
        yield "- Tests: the test command ran; how many tests that were is not known"
    if result.ready_seconds is not None:
        yield f"- The app was ready {result.ready_seconds:.2f} s after its container started"
    yield ""


def _failures(what: str, tests: tuple[FailedTestEvidence, ...], rest: str) -> Iterator[str]:
    if not tests:
        return
    # An empty column would only take the others' room.
    framed = any(test.frame for test in tests)
    yield f"| {what} |{' what the app raised |' * framed} what the test saw |"
    yield f"|---|---|{'---|' * framed}"
    for test in tests[:MOST_FAILURES]:
        app = _at(test.frame.error, frame_location(test.frame)) if test.frame else ""
        line = f"{test.file}:{test.failure.line}" if test.file and test.failure.line else test.file
        saw = _at(why(test.failure), line)
        yield f"| {test_name(test.failure.name)} |{f' {app} |' * framed} {saw} |"
    if len(tests) > MOST_FAILURES:
        more = len(tests) - MOST_FAILURES
        yield f"| {more} more |{' |' * framed} see verdict.json in {escaped(rest)} |"
    yield ""


def _at(what: str, line: str) -> str:
    return cell(what) + (f"<br><sub>{cell(line)}</sub>" if line else "")


def _said(result: RehearsalResult, above: str) -> Iterator[str]:
    """Show what the app said and what the problem rests on, the app's own words first.

    What stands `above` is not shown again.
    """
    problem = result.problem
    if not problem:
        return
    known = bool(result.diagnoses)
    raised = {
        test.frame.text: f"What the app raised while {own_name(test.failure.name)} ran"
        for test in reversed(result.index.tests)
        if test.frame
    }
    if result.index.frame and not result.index.tests:
        raised = {result.index.frame.text: "What the app raised"}
    framed = bool(raised or result.index.frame)
    raised.pop(above, None)
    for text, title in list(reversed(raised.items()))[:MOST_TRACEBACKS]:
        yield from folded(title, text.split("\n"))
    traced = [test for test in result.index.tests if test.trace][:MOST_TRACEBACKS]
    for test in traced:
        title = f"Where {own_name(test.failure.name)} failed"
        yield from folded(title, test.trace.splitlines(), shut=known or bool(test.frame))
    # What stands above already, a reader may not need again.
    if problem.source != CONTAINER_LOG:
        shut = known or framed
        yield from folded("The end of container.log", result.container_tail, shut=shut)
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
