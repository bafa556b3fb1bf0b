"""The job summary of a rehearsal, and the parts of it that the summary of a merge shares."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from rehearsal import __version__
from rehearsal.report import markdown
from rehearsal.report.audit_summary import audit_fact, audit_sections
from rehearsal.report.cause_summary import also_needed_lines, cause_lines
from rehearsal.report.same_cause import one_of_each_cause
from rehearsal.report.since_summary import since_lines
from rehearsal.report.slowest import slowest_text
from rehearsal.report.tests_summary import (
    FLAKY_COLUMN,
    MAX_TESTS,
    rerun_lines,
    slowest_lines,
    step_sections,
    table_of_tests,
)
from rehearsal.report.web_links import repository_url
from rehearsal.report.words import (
    INSTALLING,
    counts_text,
    end_title,
    stage_title,
)
from rehearsal.results.file_names import CONTAINER_LOG, PAGE_FILE
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.verdict import Verdict

MAX_TRACEBACKS = 3
# In characters.
BAR_LENGTH = 24
# In seconds: a stage of less rounds to 0.0 s, and has no bar.
MIN_BAR = 0.05
# For readers of a red check who do not know this action.
ABOUT = (
    "A dress rehearsal builds the image, starts it as in production, and runs the browser tests "
    "against it."
)
ABOUT_AUDIT = (
    "The audit looks at the running container and its image for what goes wrong in production."
)


def summary(result: RehearsalResult, *, evidence: str = "the evidence") -> str:
    """Return the Markdown: verdict and cause first, then tests, stages, image, logs.

    `evidence` says where a reader finds the whole evidence; it is empty where there is none.
    """
    return markdown.document(_sections(result, evidence), whole=markdown.escape(evidence))


def sign(verdict: Verdict) -> str:
    """Return the sign before a verdict."""
    return "✅" if verdict is Verdict.PASSED else "❌"


def heading_lines(result: RehearsalResult) -> Iterator[str]:
    """Yield the heading."""
    yield f"## {sign(result.verdict)} Dress rehearsal: {result.verdict}"
    yield ""


def remark_lines(result: RehearsalResult) -> Iterator[str]:
    """Yield the warnings and notices as a list."""
    yield from (f"- ⚠️ {markdown.cell(warning)}" for warning in result.warnings[:MAX_TESTS])
    yield from (f"- {markdown.cell(notice)}" for notice in result.notices[:MAX_TESTS])
    yield ""


def slowest_fact(result: RehearsalResult) -> Iterator[str]:
    """Yield what took most of the time, for a list of facts."""
    if text := slowest_text(result):
        yield f"- {markdown.cell(text)}"


def image_lines(result: RehearsalResult) -> Iterator[str]:
    """Yield the image, if one was tested."""
    if result.image_id:
        yield f"Image {markdown.code(result.image)}, {markdown.code(result.image_id)}"
        yield ""
    if engine := str(result.engine):
        yield f"Engine {markdown.escape(engine)}"
        yield ""


def footer(result: RehearsalResult) -> str:
    """Return the last line."""
    return f"<sub>Dress Rehearsal {__version__}, {markdown.escape(result.name)}</sub>"


def _sections(result: RehearsalResult, evidence: str) -> Iterator[Iterable[str]]:
    yield heading_lines(result)
    cause, index = result.cause, result.index
    if cause:
        # Where tests failed, the message only counts them, and the table does that too.
        counted = result.verdict is Verdict.TESTS_FAILED and bool(index.failed)
        yield cause_lines(
            replace(cause, message="") if counted else cause,
            other_titles=[other.title for other in result.diagnoses[1:]],
        )
    yield also_needed_lines(result.also_needed)
    yield _facts(result)
    if result.audit:
        yield from audit_sections(result.audit)
    yield since_lines(result.since, result.origin)
    yield table_of_tests("failed test", index.failed, evidence, result.origin, result.since)
    yield table_of_tests(FLAKY_COLUMN, index.flaky, evidence, result.origin)
    yield rerun_lines(index.failed, result.origin)
    yield from step_sections(result)
    yield from _logs(result, shown_above="\n".join(cause.lines) if cause else "")
    yield remark_lines(result)
    yield slowest_lines(result)
    yield _stages(result)
    yield image_lines(result)
    yield _closing_lines(result, evidence)


def _closing_lines(result: RehearsalResult, evidence: str) -> Iterator[str]:
    index, passed = result.index, result.verdict is Verdict.PASSED
    if evidence and (not passed or index.flaky):
        pictures = any(test.pictures for test in (*index.failed, *index.flaky))
        content = "screenshots, whole logs and the rest" if pictures else "whole logs and the rest"
        # GitHub lists the artifacts of a run at this place of its page.
        run = f"{result.origin.run}#artifacts" if repository_url(result.origin) else ""
        is_artifact = bool(result.artifact_name) and evidence.endswith(result.artifact_name)
        where = markdown.link(markdown.escape(evidence), run if is_artifact else "")
        yield f"Open `{PAGE_FILE}` in {where} for {content}."
        yield ""
    if not passed:
        failed_audit = result.verdict is Verdict.AUDIT_FAILED
        yield f"<sub>{ABOUT_AUDIT if failed_audit else ABOUT}</sub>"
        yield ""
    yield footer(result)


def _facts(result: RehearsalResult) -> Iterator[str]:
    if counts := counts_text(result):
        yield f"- Tests: {counts}"
    elif result.suite_results:
        yield "- Tests: the test command ran, but how many tests it ran is unknown"
    if result.audit:
        yield audit_fact(result.audit)
    if result.ready_seconds is not None:
        yield f"- The app was ready {result.ready_seconds:.2f} s after its container started"
    yield from slowest_fact(result)
    yield ""


def _logs(result: RehearsalResult, *, shown_above: str) -> Iterator[Iterable[str]]:
    """Yield sections with the tracebacks and the ends of logs: the app's, then the one that failed.

    A traceback that is `shown_above` is not repeated.
    """
    problem, index = result.problem, result.index
    # The audit has its own evidence.
    if not problem or problem.verdict is Verdict.AUDIT_FAILED:
        return
    known = bool(result.diagnoses)
    # Each traceback once, under the first test during which the app raised it.
    raised = {
        test.frame.text: f"What the app raised while {test.failure.name} ran"
        for test in reversed(index.failed)
        if test.frame
    }
    if not raised:
        built = problem.verdict is not Verdict.BUILD_FAILED
        title = "What the app raised" if built else "What the step printed"
        raised = {frame.text: title for frame in index.frames}
    has_frame = bool(raised or index.frame)
    raised.pop(shown_above, None)
    for text, title in list(reversed(raised.items()))[:MAX_TRACEBACKS]:
        yield markdown.collapsible(title, text.split("\n"))
    traced = one_of_each_cause(test for test in index.failed if test.short_trace)[:MAX_TRACEBACKS]
    for test in traced:
        title = f"Where {test.failure.name} failed"
        collapsed = known or has_frame
        yield markdown.collapsible(title, test.short_trace.splitlines(), collapsed=collapsed)
    # These are collapsed where something above already explains the failure.
    title, collapsed = end_title(problem.source), known or bool(traced)
    ends = [markdown.collapsible(title, problem.excerpt, collapsed=collapsed)]
    if problem.source != CONTAINER_LOG:
        title, collapsed = end_title(CONTAINER_LOG), known or has_frame
        app = markdown.collapsible(title, result.container_tail, collapsed=collapsed)
        # Where setup-command failed, the app itself often looks healthy.
        ends.insert(1 if problem.verdict is Verdict.SETUP_FAILED else 0, app)
    yield from ends


def _stages(result: RehearsalResult) -> Iterator[str]:
    times = [
        (stage_title(stage) + ("" if stage.ok else " ❌"), stage.seconds) for stage in result.stages
    ]
    total = sum(seconds for _, seconds in times) or 1.0
    times += [
        (f"{each.name} (until ready)", each.ready_seconds)
        for each in result.companions
        if each.ready_seconds is not None
    ]
    if result.requirements_seconds is not None:
        times.append((INSTALLING, result.requirements_seconds))
    rows = []
    for title, seconds in times:
        # Less than half of a block is drawn as a thin one.
        share = seconds / total
        # A merge reads numbers that no clock gives, and infinity by itself is no number.
        share = min(share, 1.0) if share > 0 else 0.0
        bar = "▇" * round(share * BAR_LENGTH) or "▏"
        rows.append([title, f"{seconds:.1f} s", bar if seconds >= MIN_BAR else ""])
    yield from markdown.table(["stage", "took", ""], rows, numbers=["took"])
