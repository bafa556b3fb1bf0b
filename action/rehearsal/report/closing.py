"""The last lines of the step log, and of a terminal: how it ended, and where the evidence is."""

from collections.abc import Iterator
from itertools import islice
from shlex import quote

from rehearsal.report.audit_words import audit_counts
from rehearsal.report.words import counts_text, one_line, request_lines, step_line
from rehearsal.results.browser_steps import last_steps
from rehearsal.results.rehearsal import RehearsalResult

# Of one test, on a terminal.
MAX_STEPS = 3
# In characters. A trace is also found by its folder, whose name is short and plain.
MAX_TRACE_NAME = 500


def closing(result: RehearsalResult, *, evidence: str, link: str = "", counts: str = "") -> str:
    """Return the lines that end a run.

    `evidence` is the folder that was kept, or empty; `link` opens it in a browser. `counts` says
    how many tests ran, where `result` is a merge.
    """
    return "\n".join(_lines(result, evidence, link, counts or counts_text(result)))


def _lines(result: RehearsalResult, evidence: str, link: str, counts: str) -> Iterator[str]:
    stages = ", ".join(f"{stage.name} {stage.seconds:.1f} s" for stage in result.stages)
    if stages:
        yield f"stages:   {stages}"
    # A title must not begin a line: the runner could read it as a workflow command.
    for shard in result.shards:
        tests = "?" if shard.tests is None else shard.tests
        ended = f"{shard.verdict}, {tests} ran, {shard.failures} failed"
        yield f"shard:    {one_line(shard.title)}: {ended}"
    if counts:
        yield f"tests:    {counts}"
    yield from _steps(result)
    if result.audit:
        yield f"audit:    {audit_counts(result.audit)}"
    needs = result.also_needed.needs
    yield from (f"needed:   also, from the source: {one_line(each.text)}" for each in needs)
    if result.image_id:
        yield f"image:    {result.image} ({result.image_id})"
    yield from (f"notice:   {one_line(notice)}" for notice in result.notices)
    if result.kept_container:
        yield f"kept:     {result.kept_container}"
        yield f"remove:   {result.remove_command}"
    if evidence:
        yield f"evidence: {evidence}"
    if link:
        yield f"open:     {link}"
        yield from _trace(result)
    yield f"verdict:  {result.verdict}"


def _trace(result: RehearsalResult) -> Iterator[str]:
    """Yield the command that opens the trace of the first failed test that has one."""
    for test in islice((each for each in result.index.failed if each.trace_page), 1):
        name, folder = test.failure.name, test.trace_page.split("/")[-2]
        is_plain = name.isprintable() and not name.startswith("-") and len(name) <= MAX_TRACE_NAME
        yield f"trace:    rehearse show --trace {quote(name if is_plain else folder)}"


def _steps(result: RehearsalResult) -> Iterator[str]:
    """Yield the last steps of the first failed test that has any, its request, and a command.

    The command is that of the first failed test that has one: it often is the same.
    """
    tests = (test for test in result.index.failed if test.steps)
    for test in islice(tests, 1):
        yield f"steps:    the last steps of {one_line(test.failure.name)}"
        yield from (f"          {step_line(step)}" for step in last_steps(test.steps, MAX_STEPS))
        yield from request_lines(test)
    reruns = (test.rerun for test in result.index.failed if test.rerun)
    yield from (f"rerun:    {rerun}" for rerun in islice(reruns, 1))
