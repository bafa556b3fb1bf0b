"""Prepare the tests while the image builds; run them against the container."""

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from rehearsal.config.plan import SuitePlan
from rehearsal.evidence.log import Log
from rehearsal.outside.process import Process
from rehearsal.pipeline.stages.container import Container
from rehearsal.pipeline.stages.test_count import count_tests, is_empty_shard, is_one_shard
from rehearsal.results.tests import Results
from rehearsal.verdict import Problem, RehearsalError, Verdict

EXCERPT = 40
# When the app dies under the tests they get this long to fail by themselves, in seconds: the
# failing test's screenshot is worth it, one time-out per remaining test is not.
CRASH_GRACE = 5.0
POLL_INTERVAL = 0.1
# A sentence holds this many names; the summary has them all.
MAX_NAMES = 3

# How many lines of the output are looked through for what the runner said last.
OUTPUT_TAIL = 200
NO_TESTS = (
    "Check test-command and working-directory: what it finds here, and what on your own machine."
)
NO_TESTS_HERE = (
    " If the other shards have all the tests, the suite has to say so: rehearsal_testing does,"
    " pytest where test-command names REHEARSAL_SHARD, other runners by the property"
    " left-to-other-shards in a report."
)

# With a pip at hand it fills the environment from outside: ensurepip and compiling what no test
# will import take longer than everything else together (4.2 against 10.7 s of processor time for
# Django and selenium). pip goes in as well: without one, a test command's `pip install` would
# reach the runner's own Python.
PREPARE = """
if "$1" -m pip --version >/dev/null 2>&1; then
    "$1" -m venv --without-pip "$2"
    set -- "$2" "$3" "$1" -m pip --python "$2/bin/python"
else
    "$1" -m venv "$2"
    set -- "$2" "$3" "$2/bin/python" -m pip
fi
requirements=$2
shift 2
exec "$@" install --no-compile --disable-pip-version-check --no-input pip -r "$requirements"
"""


class Preparation:
    """The tests' virtual environment in the making, beside the build."""

    def __init__(
        self, requirements: Path, folder: Path, *, env: Mapping[str, str], log: Log
    ) -> None:
        self.bin = folder / "bin"
        self._name = requirements.name
        self._log = log
        script = ["sh", "-ec", PREPARE, "sh", sys.executable, str(folder), str(requirements)]
        self._process = Process(script, env=env, out=log.stream(), cwd=requirements.parent)

    def wait(self) -> None:
        """Return when it is ready. Raises `RehearsalError` (setup-failed)."""
        if code := self._process.wait():
            raise RehearsalError(
                Verdict.SETUP_FAILED,
                f"The tests' requirements could not be installed from {self._name} "
                f"(exit code {code}).",
                hint="The last lines are above; test-setup.log holds them all.",
                excerpt=self._log.tail(EXCERPT),
                source=self._log.name,
            )

    def end(self) -> None:
        """End it, whatever it is doing."""
        self._process.end()


def run_tests(
    plan: SuitePlan,
    container: Container,
    *,
    env: Mapping[str, str],
    directory: Path,
    log: Log,
    reports: Callable[[], Iterable[Path]],
) -> tuple[Results, list[Problem]]:
    """Run the test command; return what it counted and what was wrong, the app's end left out.

    The whole process group is ended after `plan.timeout` seconds, and soon after the container's
    own end.
    """
    process = Process(
        ["bash", "-eo", "pipefail", "-c", plan.command],
        env=env,
        out=log.stream(),
        cwd=directory,
    )
    try:
        code = _watch(process, container, plan.timeout)
    finally:
        process.end()
    said = "\n".join(log.tail(OUTPUT_TAIL))
    results = count_tests(plan, reports(), said, code or 0)
    return results, list(_problems(plan, results, code, log, container))


def _watch(process: Process, container: Container, timeout: float) -> int | None:
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
    plan: SuitePlan, results: Results, code: int | None, log: Log, container: Container
) -> Iterable[Problem]:
    if code is None and not container.ended:
        yield Problem(
            Verdict.TIMED_OUT,
            f"The tests were still running after {plan.timeout} s, and were ended.",
            hint="A suite that is just long needs a longer test-timeout.",
            excerpt=log.tail(EXCERPT),
            source=log.name,
        )
    elif is_empty_shard(results, code or 0):
        return
    elif results.tests == 0 and not results.failures:
        yield Problem(
            Verdict.NO_TESTS,
            "The test command ran no test.",
            hint=NO_TESTS + (NO_TESTS_HERE if is_one_shard(plan.shard) else ""),
            excerpt=log.tail(EXCERPT),
            source=log.name,
        )
    elif code or results.failures:
        yield Problem(
            Verdict.TESTS_FAILED,
            _failure_line(results, code),
            hint="Each failed test has a folder under tests/ in the evidence; container.log is "
            "what the app said meanwhile.",
            excerpt=log.tail(EXCERPT),
            source=log.name,
        )


def _failure_line(results: Results, code: int | None) -> str:
    if not results.failures:
        return f"The test command ended with exit code {code}."
    if not results.tests:
        # unittest counts no test of a class that could not be set up: for want of a browser, say.
        return f"{results.failures} set-ups failed, and no test ran."
    line = f"{results.failures} of {results.tests} tests failed"
    if not code:
        line += " (though the test command ended with exit code 0)"
    if names := [failure.name for failure in results.failed[:MAX_NAMES]]:
        line += f": {', '.join(names)}"
        if more := results.failures - len(names):
            line += f" and {more} more"
    return f"{line}."
