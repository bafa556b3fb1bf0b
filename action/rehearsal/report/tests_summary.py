"""The tests in a job summary: those that failed, what they did last, and the slowest."""

from collections.abc import Iterable, Iterator

from rehearsal.report import markdown, run_here
from rehearsal.report.name_of_test import own_name
from rehearsal.report.same_cause import first_of_cause, one_of_each_cause
from rehearsal.report.since_words import new_mark
from rehearsal.report.slowest import time_outside_tests
from rehearsal.report.waits import failed_wait
from rehearsal.report.web_links import commit_url, short_commit, source_url
from rehearsal.report.words import (
    REQUEST,
    reported_message,
    request_lines,
    request_text,
    rerun_title,
    seconds_text,
    slowest_first,
    step_line,
)
from rehearsal.results.browser_steps import last_steps
from rehearsal.results.cause import frame_location
from rehearsal.results.comparison import Comparison
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.file_names import VERDICT_FILE
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.origin import Origin
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.step_words import step_text
from rehearsal.results.tests import ListedOutcome, ListedTest

MAX_TESTS = 50
# Of these the summary shows the last steps.
MAX_WITH_STEPS = 3
MAX_SLOWEST = 10
# Of one test.
MAX_STEPS = 6
FLAKY_COLUMN = "⚠️ flaky test (passed on a retry)"


def table_of_tests(
    column: str,
    tests: tuple[FailedTestEvidence, ...],
    evidence: str,
    origin: Origin,
    since: Comparison | None = None,
) -> Iterator[str]:
    # Without any frame the column would be empty, and take room from the others.
    frames = any(test.frame for test in tests)
    rows = []
    shown = tests[:MAX_TESTS]
    for test, first in zip(shown, first_of_cause(shown), strict=True):
        line = f"{test.file}:{test.failure.line}" if test.file and test.failure.line else test.file
        raised = _raised(test.frame, origin) if test.frame else ""
        if first:
            raised = markdown.cell(f"the same as in {own_name(first.failure.name)}")
        address = source_url(origin, test.file, test.failure.line)
        reported = _with_location(reported_message(test), line, address)
        if not first:
            reported += _last(test)
        rows.append([marked_name(test, since), *[raised] * frames, reported])
    yield from markdown.table(
        [column, *["what the app raised"] * frames, "what the test reported"],
        rows,
        more=len(tests) - MAX_TESTS,
        note=f"see {VERDICT_FILE} in {markdown.escape(evidence)}",
    )


def marked_name(test: FailedTestEvidence, since: Comparison | None) -> str:
    """Return a test's name for a table, and whether its failure is new."""
    mark = new_mark(since, test.failure.name)
    return markdown.name_cell(test.failure.name) + (f"<br>**{mark}**" if mark else "")


def _last(test: FailedTestEvidence) -> str:
    """Return the last step of a test and its request, as lines below the message."""
    steps = [f"Last step: {step_text(step)}" for step in last_steps(test.steps, 1)]
    asked = f"{REQUEST}{request_text(test.request)}" if test.request else ""
    lines = (markdown.cell(line) for line in (*steps, asked) if line)
    return "".join(f"<br><sub>{line}</sub>" for line in lines)


def step_sections(result: RehearsalResult) -> Iterator[Iterable[str]]:
    """Yield what the first failed test of each cause did last, folded where the cause is known."""
    known = bool(result.diagnoses)
    tests = one_of_each_cause(test for test in result.index.failed if test.steps)
    for test in tests[:MAX_WITH_STEPS]:
        steps = (step_line(step) for step in last_steps(test.steps, MAX_STEPS))
        lines = [*steps, *request_lines(test)]
        title = f"What {test.failure.name} did last"
        yield markdown.collapsible(title, lines, collapsed=known)


def rerun_lines(failed: Iterable[FailedTestEvidence], origin: Origin) -> Iterator[str]:
    """Yield the commands that rehearse the failed tests one by one: the others are folded."""
    # Cypress has one command for all tests of a file.
    reruns = list(dict.fromkeys(test.rerun for test in failed if test.rerun))[:MAX_TESTS]
    if not reruns:
        return
    one = len(reruns) == 1
    which = "" if one else " (the first failed test)"
    yield f"**{rerun_title(reruns[0])}**{which}{_where(reruns[0], origin)}:"
    yield ""
    yield from markdown.code_block(reruns[:1])
    if origin.repository:
        commands = run_here.commands(origin, reruns[0]).split("\n")
        how = (run_here.NEEDS, "", *markdown.code_block(commands))
        yield from markdown.details(run_here.TITLE, how, collapsed=True)
    if not one:
        others = markdown.code_block(reruns[1:])
        yield from markdown.details("The other failed tests", others, collapsed=True)


def _where(rerun: str, origin: Origin) -> str:
    """Say what has to be there before the command works."""
    if not origin.repository:
        here = run_here.on_disk(origin, rerun).removesuffix(".")
        return f"<br>{here}" if here else ""
    where = run_here.OF_REPOSITORY
    if run_here.has_commit(origin):
        commit = markdown.link(markdown.code(short_commit(origin)), commit_url(origin))
        where = f"{run_here.AT_COMMIT}{commit}"
    return f"<br>{run_here.IF_INSTALLED}{where}"


def slowest_lines(result: RehearsalResult) -> Iterator[str]:
    """Yield the slowest tests, folded: where a reader of a green check begins to save time."""
    results = result.suite_results
    timed = slowest_first(results.tests)[:MAX_SLOWEST] if results else []
    lines = [
        f"{seconds_text(each.seconds):>8}  {each.name}{_remark(each, result)}"
        for each in timed
        if each.seconds is not None
    ]
    if not lines:
        return
    outside = time_outside_tests(result)
    content = (*markdown.preformatted(lines), *([markdown.cell(outside), ""] if outside else []))
    yield from markdown.details("The slowest tests", content, collapsed=True)


def _remark(test: ListedTest, result: RehearsalResult) -> str:
    """Return how a test ended, unless it passed, and how much of it was a wait in vain."""
    outcome = "" if test.outcome is ListedOutcome.PASSED else str(test.outcome)
    words = ", ".join(filter(None, (outcome, failed_wait(result, test.name))))
    return f" ({words})" if words else ""


def _raised(frame: ProjectFrame, origin: Origin) -> str:
    address = source_url(origin, frame.file, frame.line)
    return _with_location(frame.error, frame_location(frame), address)


def _with_location(message: str, location: str, address: str) -> str:
    place = markdown.link(markdown.cell(location), address)
    below = f"<br><sub>{place}</sub>" if location else ""
    return markdown.cell(message) + below
