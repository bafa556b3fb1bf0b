"""Report how a rehearsal ended: outputs, evidence folder, summary, annotations, closing lines."""

import shutil
import traceback
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, replace

from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.policy import should_keep
from rehearsal.outside.github import Console
from rehearsal.pipeline.result import RunDescription, add_evidence, make_result, with_notices
from rehearsal.pipeline.run import Run
from rehearsal.pipeline.state import RunState
from rehearsal.report.annotations import error_annotations, warning_annotations
from rehearsal.report.closing import closing
from rehearsal.report.page import page
from rehearsal.report.summary import summary
from rehearsal.results.file_names import (
    BUILD_LOG,
    PAGE,
    SETUP_LOG,
    SUMMARY,
    TEST_SETUP_LOG,
    VERDICT,
)
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.verdict_json import write_json
from rehearsal.verdict import Verdict

# These were shown as they were written, unless the console collapses them.
COLLAPSED = (BUILD_LOG, SETUP_LOG)


def finish(
    state: RunState,
    described: RunDescription,
    evidence: Evidence,
    console: Console,
    run: Run,
    *,
    local: bool,
) -> Verdict:
    """Report the run, keep or drop its evidence as asked for, and return the verdict."""
    result = make_result(state, described, evidence)
    # First: a fault of ours in a report must not cost what later steps rely on.
    outputs = result.outputs()
    for name, value in outputs.items():
        console.output(name, value)
    with suppress(OSError):  # The disk may be full; the verdict stands all the same.
        replace(run, outputs=outputs).write()
    try:
        result = add_evidence(result, state, described, evidence)
        _report(result, evidence, console)
    except Exception:  # noqa: BLE001  (a report that cannot be written changes no verdict)
        console.warning(traceback.format_exc(), title="A report could not be written, our fault")
    # Where nothing has run yet, a laptop's user needs the error and no folder.
    worth_it = bool(result.stages) or result.verdict is Verdict.ERROR
    kept = console.on_github or (should_keep(run.evidence, outputs) and (worth_it or not local))
    link = ""
    if not kept:
        shutil.rmtree(run.path, ignore_errors=True)
    elif local and (evidence.folder / PAGE).is_file():
        link = (evidence.folder / PAGE).as_uri()
    result = with_notices(result, state, evidence)
    text = closing(result, evidence=result.evidence if kept else "", link=link)
    console.verdict(text, ok=result.verdict is Verdict.PASSED)
    return result.verdict


def _report(result: RehearsalResult, evidence: Evidence, console: Console) -> None:
    evidence.write(VERDICT, write_json(result))
    place = f"the artifact {result.artifact_name}" if console.on_github else "this folder"
    markdown = summary(result, evidence=place)
    evidence.write(SUMMARY, markdown)
    for title, lines in _excerpts(result, collapsed=console.collapses):
        with console.group(title), console.raw_output() as show:
            show(console.redactor.redact_bytes("\n".join(lines).encode(errors="replace")))
    for annotation in error_annotations(result):
        console.error(**asdict(annotation))
    for annotation in warning_annotations(result):
        console.warning(**asdict(annotation))
    console.summary(markdown)
    evidence.write(PAGE, page(result))


def _excerpts(result: RehearsalResult, *, collapsed: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the ends of logs that were not shown yet: build, setup and tests were streamed."""
    problem = result.problem
    if not problem:
        return
    if problem.verdict is Verdict.ERROR:
        yield "our traceback", problem.excerpt
        return
    if problem.excerpt and (
        problem.source == TEST_SETUP_LOG or (collapsed and problem.source in COLLAPSED)
    ):
        yield f"the end of {problem.source}", problem.excerpt
    if result.container_tail:
        yield "the end of container.log", result.container_tail
