"""The test stage: run the test command, count the tests, list what they have written."""

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path

from rehearsal.config import child_environment
from rehearsal.config.rehearsal_plan import Plan
from rehearsal.diagnosis.facts import TEST_ENVIRONMENT
from rehearsal.evidence.attachments import AttachmentFinder
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.folder_names import name_folders
from rehearsal.evidence.left_out import MEGABYTE, LeftOut
from rehearsal.evidence.log import Log
from rehearsal.evidence.staged_files import (
    StagedFile,
    StagedFiles,
    names_of_tests,
    open_staged,
)
from rehearsal.outside.folder import Folder
from rehearsal.pipeline.after_failed_tests import ask_the_app
from rehearsal.pipeline.context import RunContext
from rehearsal.pipeline.run_state import RunState
from rehearsal.pipeline.stages.companion import CompanionKind, raise_if_ended
from rehearsal.pipeline.stages.container import Container
from rehearsal.pipeline.stages.container_end import IN_TESTS, crash_error, has_ended
from rehearsal.pipeline.stages.observations import suite_environment_lines
from rehearsal.pipeline.stages.python_path import packages_folder, python_path
from rehearsal.pipeline.stages.shards_and_retries import count_notices
from rehearsal.pipeline.stages.suite import run_tests
from rehearsal.results.file_names import JUNIT_FOLDER, TEST_LOG, TESTS_FOLDER
from rehearsal.results.tests import SuiteResults
from rehearsal.verdict import RehearsalError


def run_functional_tests(
    plan: Plan,
    context: RunContext,
    state: RunState,
    container: Container,
    log: Log,
    *,
    bin_folder: Path | None,
) -> None:
    """Run the tests; `bin_folder` belongs to their virtual environment, `log` to the container.

    Raises `RehearsalError` (crashed) when the engine knows that the app has ended meanwhile. If it
    learns that later, the stop does.
    """
    evidence = context.evidence
    state.app_url = container.published.url
    traces, junit = evidence.staging_folder("traces"), evidence.staging_folder("junit")
    previous = _new_reports(plan, {})
    env = child_environment.for_tests(
        context.env,
        plan.suite,
        published=container.published,
        evidence=traces,
        junit=junit,
        python_path=python_path(evidence, capture=plan.suite.capture),
        capture_folder=packages_folder(evidence) if plan.suite.capture else None,
        bin_folder=bin_folder,
    )
    try:
        with context.streamed_log("test", TEST_LOG) as output:
            count, problems = run_tests(
                plan.suite,
                partial(_is_gone, container, state),
                env=env,
                directory=plan.directory,
                log=output,
                reports=lambda: [*_staged_reports(evidence), *_new_reports(plan, previous)],
            )
        state.suite_results = count.results
        state.problems += problems
        state.notices += (*count.notices, *count_notices(plan.suite, count.results))
        state.warnings += count.warnings
        failed = count.results.failed
        raise_if_ended(
            state.companions, CompanionKind.SERVICE, context.engine, when=IN_TESTS, failed=failed
        )
        if has_ended(container, context.engine):
            raise crash_error(container, context.engine, log, when=IN_TESTS, failed=failed)
        raise_if_ended(
            state.companions, CompanionKind.WORKER, context.engine, when=IN_TESTS, failed=failed
        )
        if problems:
            state.observations[TEST_ENVIRONMENT] = suite_environment_lines(
                env,
                plan.suite.command,
                count.exit_code,
                requirements=_relative(plan.suite.requirements, plan.directory),
            )
            _ask(plan, context, state, container, log)
    finally:
        _record_staged(plan, context, state, previous)


def _is_gone(container: Container, state: RunState) -> bool:
    """Return whether the app has ended, or a service or worker beside it."""
    return container.ended or any(each.ended for each in state.companions)


def _relative(file: Path | None, folder: Path) -> str:
    return os.path.relpath(file, folder.resolve()) if file else ""


def _ask(plan: Plan, context: RunContext, state: RunState, container: Container, log: Log) -> None:
    """Ask the app what its log may not show; a fault in that changes no verdict."""
    try:
        ask_the_app(plan, context, state, container, log)
    except RehearsalError:
        raise  # It was cancelled, or there is no more time.
    except Exception as error:  # noqa: BLE001  (what an app answers may be anything)
        state.notices.append(
            f"After the failed tests the app could not be asked for more: {type(error).__name__}."
        )


def _record_staged(
    plan: Plan, context: RunContext, state: RunState, previous: Mapping[Path, int]
) -> None:
    """Record where the files are that the tests have left, and name the folders of failed tests.

    The files are not listed, which may take long: first the container has to be removed.
    """
    evidence, left_out = context.evidence, LeftOut()
    folders = (
        *open_staged(evidence, "traces", TESTS_FOLDER, variable="REHEARSAL_EVIDENCE"),
        *open_staged(evidence, "junit", JUNIT_FOLDER, variable="REHEARSAL_JUNIT"),
    )
    attachments: Iterable[StagedFile] = ()
    if state.suite_results is not None:
        taken = names_of_tests(folders, evidence)
        state.suite_results = name_folders(state.suite_results, evidence, taken)
        attachments = _attachments(plan, context, state.suite_results, left_out)
    reports = partial(_list_reports, plan, evidence, previous, left_out)
    state.staged = StagedFiles(
        folders=folders,
        reports=reports if plan.suite.reports_glob else None,
        attachments=tuple(attachments),
        left_out=left_out,
        limit=plan.evidence_limit * MEGABYTE,
    )


def _list_reports(
    plan: Plan, evidence: Evidence, previous: Mapping[Path, int], left_out: LeftOut
) -> Iterator[StagedFile]:
    """Yield the files of test-reports."""
    open_folder = cache(Folder)
    for report in _new_reports(plan, previous):
        name = "_".join(report.relative_to(plan.directory).parts)
        try:
            folder, size = open_folder(report.parent.resolve()), report.stat().st_size
        except OSError as error:
            left_out.add(repr(name), 0, error.strerror or str(error))
            continue
        target = evidence.safe_target(JUNIT_FOLDER, name)
        yield StagedFile(folder=folder, name=report.name, target=target, size=size)


def _attachments(
    plan: Plan, context: RunContext, results: SuiteResults, left_out: LeftOut
) -> Iterator[StagedFile]:
    """Yield the files that the reports name as attachments, from where tests may leave files."""
    folders = [plan.top, plan.directory]
    if temp := context.env.get("RUNNER_TEMP"):
        folders.append(Path(temp))
    return AttachmentFinder(context.evidence, folders, plan.directory, left_out).find_all(results)


def _staged_reports(evidence: Evidence) -> list[Path]:
    """Return the JUnit files in REHEARSAL_JUNIT."""
    try:
        folder = evidence.open_staged("junit")
        names = [each.name for each in folder.entries() if not each.is_folder]
    except OSError:
        return []  # The tests replaced the folder; `open_staged` warns about that.
    return [folder.path / name for name in names if name.endswith(".xml")]


def _new_reports(plan: Plan, previous: Mapping[Path, int]) -> dict[Path, int]:
    """Return the JUnit files that match test-reports, with their modification times.

    Files that have not changed since `previous` are left out: an earlier run wrote them.
    """
    pattern = plan.suite.reports_glob
    paths = sorted(plan.directory.glob(pattern)) if pattern else []
    times = {path: path.stat().st_mtime_ns for path in paths if path.is_file()}
    return {path: time for path, time in times.items() if previous.get(path) != time}
