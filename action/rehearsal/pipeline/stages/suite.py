"""Run the test command against the container, and report what was wrong."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from rehearsal.config.rehearsal_plan import SuitePlan
from rehearsal.evidence.log import Log
from rehearsal.outside.process import Process
from rehearsal.pipeline.stages.container import Container
from rehearsal.pipeline.stages.count_results import count_tests, is_empty_shard, is_one_shard
from rehearsal.results.tests import SuiteResults
from rehearsal.verdict import Problem, Verdict

EXCERPT_LINES = 40
# After a crash of the app the tests may go on for this many seconds: the test that fails by the
# crash should save its screenshot, but the others should not each wait for a time-out.
CRASH_GRACE = 5.0
POLL_INTERVAL = 0.1
# How many failed tests a message names; the summary lists all of them.
MAX_NAMES = 3
# How many lines at the end of the output are searched for the runner's own counts.
SEARCHED_LINES = 200

NO_TESTS_HINT = (
    "Check test-command and working-directory. Run the same command on your own machine, and "
    "compare which tests it finds."
)
EMPTY_SHARD_HINT = (
    " If the other shards have all the tests, the suite has to say so. rehearsal_testing does. So"
    " does pytest, if test-command names REHEARSAL_SHARD. Other runners need the property"
    " left-to-other-shards in a report."
)


def run_tests(
    plan: SuitePlan,
    container: Container,
    *,
    env: Mapping[str, str],
    directory: Path,
    log: Log,
    reports: Callable[[], Iterable[Path]],
) -> tuple[SuiteResults, list[Problem]]:
    """Run the test command; return the counts and the problems, except for a crash of the app.

    The command and all its children are ended after `plan.timeout` seconds, or `CRASH_GRACE`
    seconds after the container has ended.
    """
    command = ["bash", "-eo", "pipefail", "-c", plan.command]
    process = Process(command, env=env, out=log.stream(), cwd=directory)
    try:
        code = _wait(process, container, plan.timeout)
    finally:
        process.end()
    output = "\n".join(log.tail(SEARCHED_LINES))
    results = count_tests(plan, reports(), output, code or 0)
    return results, list(_problems(plan, results, code, log, container))


def _wait(process: Process, container: Container, timeout: float) -> int | None:
    """Return the exit code, or None if the time is over."""
    limit = time.monotonic() + timeout
    app_gone = False
    while (code := process.wait(min(POLL_INTERVAL, max(0.0, limit - time.monotonic())))) is None:
        if container.ended and not app_gone:
            app_gone = True
            limit = min(limit, time.monotonic() + CRASH_GRACE)
        if time.monotonic() >= limit:
            return None
    return code


def _problems(
    plan: SuitePlan, results: SuiteResults, code: int | None, log: Log, container: Container
) -> Iterator[Problem]:
    if code is None and not container.ended:
        yield Problem(
            Verdict.TIMED_OUT,
            f"The tests were still running after {plan.timeout} s, and were ended.",
            hint="A suite that is just long needs a longer test-timeout.",
            excerpt=log.tail(EXCERPT_LINES),
            source=log.name,
        )
    elif is_empty_shard(results, code or 0):
        return
    elif results.test_count == 0 and not results.failure_count:
        yield Problem(
            Verdict.NO_TESTS,
            "The test command ran no test.",
            hint=NO_TESTS_HINT + (EMPTY_SHARD_HINT if is_one_shard(plan.shard) else ""),
            excerpt=log.tail(EXCERPT_LINES),
            source=log.name,
        )
    elif code or results.failure_count:
        yield Problem(
            Verdict.TESTS_FAILED,
            _failure_line(results, code),
            hint="What was kept of a failed test is under tests/ in the evidence; container.log is "
            "what the app logged meanwhile.",
            excerpt=log.tail(EXCERPT_LINES),
            source=log.name,
        )


def _failure_line(results: SuiteResults, code: int | None) -> str:
    if not results.failure_count:
        return f"The test command ended with exit code {code}."
    if not results.test_count:
        # unittest counts no test of a class whose setUpClass failed.
        return f"{results.failure_count} set-ups failed, and no test ran."
    line = f"{results.failure_count} of {results.test_count} tests failed"
    if not code:
        line += " (though the test command ended with exit code 0)"
    if names := [failure.name for failure in results.failed[:MAX_NAMES]]:
        line += f": {', '.join(names)}"
        if more := results.failure_count - len(names):
            line += f" and {more} more"
    return f"{line}."
