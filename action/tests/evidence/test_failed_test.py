from pathlib import Path

from rehearsal.evidence.failed_test import collect
from rehearsal.evidence.folder import Evidence
from rehearsal.outside.folder import Folder
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.tests import Failure
from rehearsal.source.source_tree import SourceTree


def test_collect__the_steps_of_the_last_attempt(tmp_path: Path) -> None:
    evidence = Evidence(Folder(tmp_path), Redactor())
    for name in ("", "-retry1", "-retry2"):
        evidence.write(f"tests/t/trace{name}.jsonl", f'{{"k": "step", "cmd": "click{name}"}}\n')
    failed = FailedTestEvidence(failure=Failure(name="t", message="", evidence_name="t"))
    found = collect(failed, evidence, SourceTree(top=tmp_path, directory=tmp_path), {})
    assert [step.text for step in found.steps] == ["click-retry2"]
