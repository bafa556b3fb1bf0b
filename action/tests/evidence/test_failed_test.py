from pathlib import Path

from rehearsal.evidence.failed_test import MAX_STEPS, collect
from rehearsal.evidence.folder import Evidence
from rehearsal.outside.folder import Folder
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.tests import Failure
from rehearsal.source.source_tree import SourceTree

from ..report.trace.samples import as_text, long_trace_lines


def test_collect__the_steps_of_the_last_attempt(tmp_path: Path) -> None:
    evidence = Evidence(Folder(tmp_path), Redactor())
    for name in ("", "-retry1", "-retry2"):
        evidence.write(f"tests/t/trace{name}.jsonl", f'{{"k": "step", "cmd": "click{name}"}}\n')
    failed = FailedTestEvidence(failure=Failure(name="t", message="", evidence_name="t"))
    found = collect(failed, evidence, SourceTree(top=tmp_path, directory=tmp_path), {})
    assert [step.text for step in found.steps] == ["click-retry2"]


def test_collect__holds_the_last_steps_only(tmp_path: Path) -> None:
    # A hundred tests with 500 steps each would need 40 MiB.
    evidence = Evidence(Folder(tmp_path), Redactor())
    evidence.write("tests/t/trace.jsonl", as_text(long_trace_lines(500, 1)))
    failure = Failure(name="t", message="", evidence_name="t")
    source = SourceTree(top=tmp_path, directory=tmp_path)
    found = collect(FailedTestEvidence(failure=failure), evidence, source, {})
    assert (len(found.steps), found.steps_left_out) == (MAX_STEPS, 500 - MAX_STEPS)
    assert found.steps[-1].error == "stale element reference"
