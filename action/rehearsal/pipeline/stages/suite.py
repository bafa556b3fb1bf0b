"""Run the test command against the container, and report what was wrong."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from rehearsal.config.rehearsal_plan import SuitePlan
from rehearsal.evidence.log import Log
from rehearsal.outside.process import GRACE, Process
from rehearsal.outside.subreaper import command_below_subreaper
from rehearsal.pipeline.stages.count_results import (
    SuiteCount,
    count_tests,
    nothing_shown_line,
)
from rehearsal.pipeline.stages.report_files import read_report_files
from rehearsal.pipeline.stages.shards_and_retries import is_empty_shard, is_one_shard
from rehearsal.results.bounded_text import cut_name
from rehearsal.results.suite_output.reader import OutputReader
from rehearsal.verdict import Problem, RehearsalError, Verdict

EXCERPT_LINES = 40
# After a crash of the app the tests may go on for this many seconds: the test that fails by the
# crash should save its screenshot, but the others should not each wait for a time-out.
CRASH_GRACE = 5.0
POLL_INTERVAL = 0.1
# In seconds, between SIGTERM and SIGKILL. Short: the person who cancelled waits for the verdict.
CANCELLED_GRACE = 0.5
# How many failed tests a message names; the summary lists all of them.
MAX_NAMES = 3

NO_TESTS_HINT = (
    "Check test-command and working-directory. Run the same command on your own machine, and "
    "compare which tests it finds."
)
EMPTY_SHARD_HINT = (
    " If the other shards have all the tests, the suite has to say so. rehearsal_testing does. So"
    " does pytest, if test-command names REHEARSAL_SHARD. Other runners need the property"
    " left-to-other-shards in a report."
)
NOTHING_SHOWN_HINT = (
    "Check test-reports: its pattern begins in working-directory. Check that the test command runs "
    "the tests."
)


def run_tests(
    plan: SuitePlan,
    app_gone: Callable[[], bool],
    *,
    env: Mapping[str, str],
    directory: Path,
    log: Log,
    reports: Callable[[], Iterable[Path]],
) -> tuple[SuiteCount, list[Problem]]:
    """Run the test command; return the counts and the problems, except for a crash of the app.

    The command and all its children are ended after `plan.timeout` seconds, or `CRASH_GRACE`
    seconds after the app is gone: its container has ended, or one that it needs. Raises
    `RehearsalError` if the rehearsal is cancelled, or has no more time.
    """
    command = command_below_subreaper(["bash", "-eo", "pipefail", "-c", plan.command])
    reader, started = OutputReader(), time.time()
    process = Process(command, env=env, out=log.stream(reader=reader.feed), cwd=directory)
    grace = GRACE
    try:
        code = _wait(process, app_gone, plan.timeout)
    except RehearsalError as error:
        if error.problem.verdict is Verdict.CANCELLED:
            grace = CANCELLED_GRACE
        raise
    finally:
        process.end(grace)
    log.flush()
    read = read_report_files(
        reports(),
        directory,
        retries=bool(plan.retries),
        exit_code=code or 0,
        window=(started, time.time()),
    )
    count = count_tests(plan, read, reader.end(), code)
    return count, list(_problems(plan, count, code, log, app_gone))


def _wait(process: Process, app_gone: Callable[[], bool], timeout: float) -> int | None:
    """Return the exit code, or None if the time is over."""
    limit = time.monotonic() + timeout
    is_gone = False
    while (code := process.wait(min(POLL_INTERVAL, max(0.0, limit - time.monotonic())))) is None:
        if not is_gone and app_gone():
            is_gone = True
            limit = min(limit, time.monotonic() + CRASH_GRACE)
        if time.monotonic() >= limit:
            return None
    return code


def _problems(
    plan: SuitePlan, count: SuiteCount, code: int | None, log: Log, app_gone: Callable[[], bool]
) -> Iterator[Problem]:
    results = count.results
    if code is None and not app_gone():
        yield Problem(
            Verdict.TIMED_OUT,
            f"The tests were still running after {plan.timeout} s, and were ended.",
            hint="A suite that is just long needs a longer test-timeout.",
            excerpt=log.tail(EXCERPT_LINES),
            source=log.name,
        )
    elif is_empty_shard(results, code or 0):
        return
    elif count.nothing_shown:
        yield Problem(
            Verdict.NO_TESTS,
            nothing_shown_line(plan, count),
            hint=NOTHING_SHOWN_HINT,
            excerpt=log.tail(EXCERPT_LINES),
            source=log.name,
        )
    elif count.ran_none:
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
            _failure_line(count, code),
            hint="What was kept of a failed test is under tests/ in the evidence; container.log is "
            "what the app logged meanwhile.",
            excerpt=log.tail(EXCERPT_LINES),
            source=log.name,
        )


def _failure_line(count: SuiteCount, code: int | None) -> str:
    results = count.results
    failures, tests = results.failure_count, results.test_count
    if not failures:
        reason = f" It printed: {count.reason}" if count.reason else ""
        return f"The test command ended with exit code {code}.{reason}"
    if tests is None:
        line = f"{_quantity(failures, 'test')} failed"
    elif not tests:
        # unittest counts no test of a class whose setUpClass failed.
        line = f"No test ran, since {_quantity(failures, 'set-up')} failed"
    elif failures > tests:
        # Sub-tests and set-ups fail, but they are no tests.
        line = f"{failures} failures in {_quantity(tests, 'test')}"
    else:
        line = f"{failures} of {tests} tests failed"
    if not code:
        line += " (though the test command ended with exit code 0)"
    if names := [cut_name(failure.name) for failure in results.failed[:MAX_NAMES]]:
        line += f": {', '.join(names)}"
        if more := failures - len(names):
            line += f" and {more} more"
    return f"{line}."


def _quantity(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
