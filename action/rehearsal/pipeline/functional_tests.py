"""The test stage: run the test command, count, and take over what the tests have written."""

from collections.abc import Mapping
from pathlib import Path

from rehearsal.config import child_environment
from rehearsal.config.plan import Plan
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.log import Log
from rehearsal.outside import http_probe
from rehearsal.pipeline.context import RunContext
from rehearsal.pipeline.stages import container as containers
from rehearsal.pipeline.stages.container import Container
from rehearsal.pipeline.stages.suite import run_tests
from rehearsal.pipeline.stages.test_count import count_notices
from rehearsal.pipeline.state import RunState
from rehearsal.results.file_names import JUNIT, TEST_LOG, TESTS

# The folder that holds this package and rehearsal_testing, which tests may import.
PACKAGES = Path(__file__).resolve().parents[2]
# After failed tests, in seconds: for how long the app is asked whether it still answers, and how
# late the client may learn on a busy machine that its container has ended.
LAST_QUESTION = 2.0
LATE_END = 3.0


def run_functional_tests(
    plan: Plan,
    context: RunContext,
    state: RunState,
    container: Container,
    log: Log,
    *,
    bin_folder: Path | None,
) -> None:
    """Run the tests; `bin_folder` is that of their virtual environment.

    Raises `RehearsalError` (crashed) when the app ended meanwhile.
    """
    evidence = context.evidence
    traces, junit = evidence.staging_folder("traces"), evidence.staging_folder("junit")
    older = _reports(plan, {})
    env = child_environment.for_tests(
        context.env,
        plan.suite,
        port=container.port,
        evidence=traces,
        junit=junit,
        packages=_packages(evidence),
        bin_folder=bin_folder,
    )
    try:
        with context.streamed_log("test", TEST_LOG) as output:
            state.results, problems = run_tests(
                plan.suite,
                container,
                env=env,
                directory=plan.directory,
                log=output,
                reports=lambda: [*sorted(junit.glob("*.xml")), *_reports(plan, older)],
            )
        state.problems += problems
        state.notices += count_notices(plan.suite, state.results)
        if container.ended_by_now() or (problems and _ends_late(plan, container)):
            raise containers.crash_error(
                container,
                context.engine,
                log,
                when="during the tests",
                failed=state.results.failed,
            )
    finally:
        evidence.copy_folder(traces, TESTS)
        evidence.copy_folder(junit, JUNIT)
        for report in _reports(plan, older):
            name = "_".join(report.relative_to(plan.directory).parts)
            evidence.copy(report, JUNIT, name)


def _ends_late(plan: Plan, container: Container) -> bool:
    """Whether the app died, and the client learns it later than the test that failed by it.

    On a busy machine that takes a second. An app that its restart policy brings back answers again,
    so there an answer proves nothing.
    """
    if not containers.has_restart_policy(plan.container):
        answer = http_probe.get(
            container.port,
            plan.probe.path,
            {"Host": f"localhost:{container.port}", **plan.probe.headers},
            timeout=LAST_QUESTION,
            should_stop=lambda: container.ended,
        )
        if answer.status:
            return False
    return container.ended_by_now(LATE_END)


def _packages(evidence: Evidence) -> Path:
    """Return the folder for the tests' PYTHONPATH; of an installation only rehearsal_testing."""
    if (PACKAGES / "__main__.py").is_file():
        return PACKAGES
    folder = evidence.staging_folder("packages")
    (folder / "rehearsal_testing").symlink_to(PACKAGES / "rehearsal_testing")
    return folder


def _reports(plan: Plan, older: Mapping[Path, int]) -> dict[Path, int]:
    """Return the JUnit files that match test-reports, with their modification times.

    Files that are unchanged since `older` are left out: an earlier run wrote them.
    """
    pattern = plan.suite.reports_glob
    found = sorted(plan.directory.glob(pattern)) if pattern else []
    times = {path: path.stat().st_mtime_ns for path in found if path.is_file()}
    return {path: time for path, time in times.items() if older.get(path) != time}
