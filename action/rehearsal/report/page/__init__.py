"""index.html: the whole rehearsal on one page that loads nothing but the evidence beside it."""

import time
from collections.abc import Iterator
from dataclasses import replace

from rehearsal.report.page.all_tests import all_tests, other_traces
from rehearsal.report.page.also_needed import also_needed_section
from rehearsal.report.page.audit import audit_section
from rehearsal.report.page.cause import cause_section
from rehearsal.report.page.failed_tests import failed_tests, tests_with_card, tests_with_pictures
from rehearsal.report.page.layout import layout, origin_and_image
from rehearsal.report.page.logs import files, logs
from rehearsal.report.page.markup import Child, Markup, element
from rehearsal.report.page.since import since_section
from rehearsal.report.page.size_limit import smaller_results
from rehearsal.report.page.stages import readiness, stages
from rehearsal.report.slowest import time_outside_tests
from rehearsal.report.words import counts_text, seconds_text
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.verdict import Verdict

# In bytes: a larger page takes a phone seconds. The files beside it have all.
MAX_SIZE = 5_000_000


def page(result: RehearsalResult) -> Markup:
    """Return the page: verdict and cause, failed tests, stages, all tests, logs.

    Where it would be larger than `MAX_SIZE`, the middle of each long text is left out.
    """
    made = _page(result)
    for smaller in smaller_results(result):
        if sum(len(part.encode(errors="replace")) for part in made.parts) < MAX_SIZE:
            break
        made = _page(smaller)
    return made


def _page(result: RehearsalResult) -> Markup:
    jumps = list(_jumps(result))
    return layout(result, *_facts(result), main=_main(result), jumps=jumps)


def _facts(result: RehearsalResult) -> Iterator[str]:
    if counts := counts_text(result):
        yield f"tests: {counts}"
    if result.ready_seconds is not None:
        yield f"the app was ready {result.ready_seconds:.2f} s after its container started"
    if result.stages:
        yield f"took {seconds_text(sum(stage.seconds for stage in result.stages))}"
    yield time.strftime("rehearsed %Y-%m-%d at %H:%M:%S UTC", time.gmtime(result.started))


def _jumps(result: RehearsalResult) -> Iterator[tuple[str, str]]:
    """Yield the anchors and short titles of the sections that the page has."""
    index, results = result.index, result.suite_results
    sections = (
        ("cause", "Cause", result.cause),
        ("needed", "Also needed", result.also_needed),
        ("audit", "Audit", result.audit),
        ("since", "Changes", result.since),
        ("failed", f"Failed {len(index.failed):,}", index.failed),
        ("flaky", f"Flaky {len(index.flaky):,}", index.flaky),
        ("tests", "All tests", results and results.tests),
        ("stages", "Stages", result.stages),
        ("logs", "Logs", index.logs),
        ("files", "Files", index.files),
    )
    yield from ((anchor, title) for anchor, title, content in sections if content)


def _main(result: RehearsalResult) -> Iterator[Child]:
    cause, index, origin = result.cause, result.index, result.origin
    if cause:
        # Show the frame once: each failed test shows its own, and `location` names it already.
        # The message only counts the failed tests, which have a section of their own.
        if result.verdict is Verdict.TESTS_FAILED and index.failed:
            cause = replace(cause, message="")
        own = any(test.frame for test in index.failed)
        shown = own or not cause.known or bool(cause.location)
        yield cause_section(
            cause,
            frame=None if shown else next(iter(index.frames), None),
            origin=origin,
            other_titles=[other.title for other in result.diagnoses[1:]],
            anchor="cause",
        )
    yield also_needed_section(result.also_needed)
    yield audit_section(result.audit)
    yield since_section(
        result.since, origin, cards=tests_with_card(index), shown=tests_with_pictures(index)
    )
    above = "\n".join(cause.lines) if cause else ""
    yield failed_tests(index, origin=origin, shown_above=above, since=result.since)
    yield all_tests(
        result.suite_results,
        cards=tests_with_card(index),
        traces=index.passed_traces,
        note=time_outside_tests(result),
    )
    yield other_traces(result.suite_results, index.passed_traces)
    yield element("div", stages(result), readiness(result), class_="pair")
    yield origin_and_image(result)
    yield logs(index.logs, first=_guilty_log(result))
    yield files(index.files, index.trace_pages)


def _guilty_log(result: RehearsalResult) -> str:
    """Return the log of the command, service or worker that failed, empty if it is the app's."""
    problem = result.problem
    is_shown = problem and problem.verdict in (Verdict.SETUP_FAILED, Verdict.CRASHED)
    return problem.source if problem and is_shown else ""
