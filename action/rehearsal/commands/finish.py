"""The end of a rehearsal: what is said, what the runner is told, what is kept."""

import shutil
import traceback
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, replace

from rehearsal.diagnosis.explain import explain
from rehearsal.evidence.collect import collect_evidence
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.policy import should_keep
from rehearsal.outside.github import Console
from rehearsal.pipeline.run import Run
from rehearsal.report.annotations import annotations, warnings
from rehearsal.report.closing import closing
from rehearsal.report.page import page
from rehearsal.report.summary import summary
from rehearsal.results.rehearsal import Rehearsal
from rehearsal.results.write_json import write_json
from rehearsal.verdict import Verdict

# Shown as they were written, unless the console folds them.
FOLDED = ("build.log", "setup.log")
# What to open first.
PAGE = "index.html"


def finish(
    record: Rehearsal, evidence: Evidence, console: Console, run: Run, *, policy: str, local: bool
) -> None:
    """Say how it ended, write the reports, and keep or drop the evidence as `policy` says."""
    record.redact(console.redactor.text)
    facts = explain(record, evidence)
    if facts:
        evidence.write("facts.json", facts)
    # Before the reports: a fault of ours in one of them must not cost what later steps rely on.
    outputs = record.outputs()
    for name, value in outputs.items():
        console.output(name, value)
    with suppress(OSError):  # The disk may be full; the verdict stands all the same.
        replace(run, outputs=outputs).write()
    try:
        _report(record, evidence, console)
    except Exception:  # noqa: BLE001  (a report that cannot be written changes no verdict)
        console.warning(traceback.format_exc(), title="A report could not be written, our fault")
    # Where nothing has run yet, a laptop's user needs the error and no folder.
    worth_it = bool(record.stages) or record.verdict is Verdict.ERROR
    kept = console.on_github or (should_keep(policy, outputs) and (worth_it or not local))
    link = ""
    if not kept:
        shutil.rmtree(run.path, ignore_errors=True)
    elif local and (evidence.folder / PAGE).is_file():
        link = (evidence.folder / PAGE).as_uri()
    text = closing(record, evidence=record.evidence if kept else "", link=link)
    console.verdict(text, good=record.verdict is Verdict.PASSED)


def _report(record: Rehearsal, evidence: Evidence, console: Console) -> None:
    exhibits = collect_evidence(record, evidence)
    evidence.write("verdict.json", write_json(record, exhibits))
    rest = f"the artifact {record.artifact_name}" if console.on_github else "this folder"
    told = summary(record, exhibits, rest=rest)
    evidence.write("summary.md", told)
    for title, lines in _excerpts(record, folded=console.collapses):
        with console.group(title), console.raw_output() as show:
            show(console.redactor.whole("\n".join(lines).encode(errors="replace")))
    for annotation in annotations(record, exhibits):
        console.error(**asdict(annotation))
    for annotation in warnings(exhibits):
        console.warning(**asdict(annotation))
    console.summary(told)
    evidence.write("index.html", page(record, exhibits))


def _excerpts(record: Rehearsal, *, folded: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what was not shown yet: build, setup and tests were, as they went."""
    problem = record.problem
    if not problem:
        return
    if problem.verdict is Verdict.ERROR:
        yield "our traceback", problem.excerpt
        return
    if problem.excerpt and (
        problem.source == "test-setup.log" or (folded and problem.source in FOLDED)
    ):
        yield f"the end of {problem.source}", problem.excerpt
    if record.container_tail:
        yield "the end of container.log", record.container_tail
