"""Report how a rehearsal ended: outputs, evidence, summary, annotations, closing lines."""

import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace

from rehearsal.dataclass import dataclass
from rehearsal.evidence.copy_files import copy_files
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.policy import should_keep
from rehearsal.evidence.staged_files import StagedFiles
from rehearsal.outside.github import Console
from rehearsal.pipeline.result_builder import (
    NO_SOURCE,
    RunDescription,
    add_evidence,
    make_result,
    with_remarks,
)
from rehearsal.pipeline.run_state import RunState
from rehearsal.pipeline.since_baseline import SinceBaseline
from rehearsal.pipeline.trace_pages import TracePages
from rehearsal.report.annotations import error_annotations, warning_annotations
from rehearsal.report.closing import closing
from rehearsal.report.page import page
from rehearsal.report.summary import summary
from rehearsal.report.words import end_title
from rehearsal.results.file_names import (
    BEFORE_LOG,
    BUILD_LOG,
    CONTAINER_LOG,
    PAGE_FILE,
    SERVICES_FOLDER,
    SETUP_LOG,
    SUMMARY_FILE,
    TEST_SETUP_LOG,
    VERDICT_FILE,
    WORKERS_FOLDER,
)
from rehearsal.results.origin import Origin
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.verdict_json import write_json
from rehearsal.verdict import Problem, Verdict

# In seconds: GitHub kills a cancelled step after 10 s, and its container was stopped before. On a
# laptop somebody waits for the last line.
CANCELLED_COPY_TIMEOUT = 2.0
LOCAL_COPY_TIMEOUT = 0.5
BEFORE_COPYING = "This was written before the files of the tests were copied."
# A console that collapses groups hides these logs, so the end of a failed one is shown again.
STREAMED_LOGS = (BUILD_LOG, BEFORE_LOG, SETUP_LOG)
COMPANION_FOLDERS = (f"{SERVICES_FOLDER}/", f"{WORKERS_FOLDER}/")


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a rehearsal ended. A local run does not keep evidence that nobody asked for."""

    result: RehearsalResult
    keeps_evidence: bool


def finish(
    state: RunState,
    description: RunDescription,
    evidence: Evidence,
    console: Console,
    *,
    policy: str,
    local: bool,
    describe_audit: Callable[[RehearsalResult], str] | None = None,
    limit_older: Callable[[], str] = str,
) -> Ending:
    """Report the run.

    The reports are written before anything large is copied, and once more after that. `policy` is
    the input evidence. `describe_audit` makes a text about the audit that is printed before the
    last lines; then no annotation says the same on a laptop. `limit_older` is called if a local run
    keeps its evidence; it returns what becomes of the evidence of earlier ones, or nothing.
    """
    evidence.release()
    result = make_result(state, description, evidence)
    # The outputs come first: later steps need them even if a report cannot be written.
    outputs = result.outputs()
    for name, value in outputs.items():
        console.output(name, value)
    # If nothing has run yet, a user of a laptop needs the error but no folder.
    has_content = bool(result.stages) or result.verdict is Verdict.ERROR
    kept = console.on_github or (should_keep(policy, outputs) and (has_content or not local))
    staged = state.staged if kept and state.staged and not state.staged.is_empty else None
    since = SinceBaseline(
        description.baseline if kept and not state.cancelled else None,
        evidence.redactor.redact,
        evidence.warn,
    )
    with _warn_of_faults(console):
        result = since.add_to(result)
    with _warn_of_faults(console):
        result = add_evidence(result, state, description, evidence)
        _report(result, staged, evidence, console, describe_audit)
    if staged:
        with _warn_of_faults(console):
            seconds = LOCAL_COPY_TIMEOUT if local else CANCELLED_COPY_TIMEOUT
            is_cancelled = result.verdict is Verdict.CANCELLED
            copy_files(staged, evidence, seconds=seconds if is_cancelled else 0)
            result = add_evidence(result, state, description, evidence)
            pages = TracePages(
                evidence,
                description.source or NO_SOURCE,
                limit=staged.limit,
                origin=result.origin,
                seconds=seconds if is_cancelled else 0,
            )
            # Without these pages the reports are whole.
            with _warn_of_faults(console):
                tests = result.suite_results.tests if result.suite_results else ()
                result = replace(result, index=pages.add_to(result.index, tests))
            with _warn_of_faults(console):
                result = since.add_pictures(result, evidence.folder)
            result = with_remarks(result, state, evidence)
            _write_reports(result, evidence, console)
    link = ""
    if kept and local and not console.on_github and evidence.folder.exists(PAGE_FILE):
        link = (evidence.folder.path / PAGE_FILE).as_uri()
    result = with_remarks(result, state, evidence)
    if kept and link and not state.kept_container and (said := limit_older()):
        console.info(said)
    text = closing(result, evidence=result.evidence_path if kept else "", link=link)
    console.verdict(text, ok=result.verdict is Verdict.PASSED)
    return Ending(result=result, keeps_evidence=kept)


def finish_without_folder(problem: Problem, name: str, origin: Origin, console: Console) -> Ending:
    """Report a run that has no folder, and so no evidence."""
    result = RehearsalResult(name=name, started=time.time(), problems=(problem,), origin=origin)
    for output, value in result.outputs().items():
        console.output(output, value)
    _print_causes(result, console)
    console.summary(summary(result, evidence=""))
    console.verdict(closing(result, evidence=""), ok=False)
    return Ending(result=result, keeps_evidence=False)


def _report(
    result: RehearsalResult,
    staged: StagedFiles | None,
    evidence: Evidence,
    console: Console,
    describe_audit: Callable[[RehearsalResult], str] | None,
) -> None:
    """Report for the first time: these reports stay if nothing can be written later."""
    notices = (*result.notices, BEFORE_COPYING) if staged else result.notices
    _write_reports(replace(result, notices=notices), evidence, console)
    told_by_table = describe_audit and result.audit and not console.on_github
    _print_causes(_without_audit(result) if told_by_table else result, console)
    if describe_audit:
        with console.raw_output() as show:
            show(describe_audit(result).encode(errors="replace"))


def _without_audit(result: RehearsalResult) -> RehearsalResult:
    """Return the result without its audit, and without the problem that the audit made."""
    others = (each for each in result.problems if each.verdict is not Verdict.AUDIT_FAILED)
    return replace(result, audit=None, problems=tuple(others))


def _write_reports(result: RehearsalResult, evidence: Evidence, console: Console) -> None:
    """Write all reports, in place of earlier ones."""
    if digest := evidence.write_document(VERDICT_FILE, write_json(result)):
        # Publishing compares the file with it: whatever changes the file later is found out.
        console.output("verdict-digest", digest)
    place = f"the artifact {result.artifact_name}" if console.on_github else "this folder"
    markdown = summary(result, evidence=place)
    evidence.write(SUMMARY_FILE, markdown)
    console.summary(markdown)
    evidence.write_parts(PAGE_FILE, page(result).parts)


def _print_causes(result: RehearsalResult, console: Console) -> None:
    for title, lines in _excerpts(result, collapsed=console.collapses):
        with console.group(title), console.raw_output() as show:
            show(console.redactor.redact_bytes("\n".join(lines).encode(errors="replace")))
    for annotation in error_annotations(result):
        console.error(**asdict(annotation))
    for annotation in warning_annotations(result):
        console.warning(**asdict(annotation))


@contextmanager
def _warn_of_faults(console: Console) -> Iterator[None]:
    """Print a fault in a report as a warning: it changes no verdict."""
    try:
        yield
    except Exception:  # noqa: BLE001  (as the docstring says)
        console.warning(
            traceback.format_exc(),
            title="A report could not be written: an error in Dress Rehearsal",
        )


def _excerpts(result: RehearsalResult, *, collapsed: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield titles and last lines of the logs that were not shown while they were written."""
    problem = result.problem
    if not problem or problem.verdict is Verdict.AUDIT_FAILED:
        return
    if problem.verdict is Verdict.ERROR:
        yield "our traceback", problem.excerpt
        return
    source = problem.source
    was_not_shown = source == TEST_SETUP_LOG or source.startswith(COMPANION_FOLDERS)
    if problem.excerpt and (was_not_shown or (collapsed and source in STREAMED_LOGS)):
        yield end_title(source), problem.excerpt
    if result.container_tail:
        yield end_title(CONTAINER_LOG), result.container_tail
