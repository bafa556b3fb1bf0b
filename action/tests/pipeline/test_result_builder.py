from dataclasses import asdict, replace
from pathlib import Path

import pytest

from rehearsal.evidence.folder import Evidence
from rehearsal.outside.folder import Folder
from rehearsal.pipeline.result_builder import RunDescription, add_evidence, make_result
from rehearsal.pipeline.run_state import RunState
from rehearsal.redaction.redactor import Redactor
from rehearsal.redaction.secret import Secret
from rehearsal.results.origin import Origin
from rehearsal.results.tests import Failure, SuiteResults
from rehearsal.results.verdict_json import read_json, write_json
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Problem, Verdict

from ..fakes import secret
from .test_run_state import RecordingObserver

DESCRIPTION = RunDescription(name="r", evidence_folder="/e", artifact_name="a", origin=Origin())
SECRET = secret().value


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(Folder(tmp_path), Redactor([secret()]))


def test_make_result__redacts_every_text(evidence: Evidence) -> None:
    failure = Failure(
        name=SECRET,
        message=f"* {SECRET}",
        file=SECRET,
        trace=SECRET,
        output=SECRET,
    )
    state = RunState(
        observer=RecordingObserver(),
        problems=[Problem(Verdict.TESTS_FAILED, SECRET, hint=SECRET, excerpt=("a", SECRET))],
        suite_results=SuiteResults(
            test_count=2, failure_count=1, failed=(failure,), flaky=(failure,)
        ),
        notices=[SECRET],
        warnings=[SECRET],
    )
    result = make_result(state, DESCRIPTION, evidence)
    assert SECRET not in repr(asdict(result))
    assert result.problems[0].excerpt == ("a", "***")
    assert result.suite_results
    assert [
        each.message for each in (*result.suite_results.failed, *result.suite_results.flaky)
    ] == ["* ***"] * 2
    assert SECRET not in (evidence.folder.path / "facts.json").read_text()


def test_make_result__leaves_what_programs_read(tmp_path: Path) -> None:
    """A secret may be an ordinary word; the outputs and verdict.json have to stay what they are."""
    words = ("superlists", "passed", "tests-failed", "verdict", "sha256", "shop/tests.py")
    evidence = Evidence(Folder(tmp_path), Redactor(map(secret_of, words)))
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/tests.py").touch()
    failure = Failure(name="passed", message="superlists", file="shop/tests.py")
    state = RunState(
        observer=RecordingObserver(),
        problems=[Problem(Verdict.TESTS_FAILED, "superlists: tests-failed")],
        suite_results=SuiteResults(test_count=1, failure_count=1, failed=(failure,)),
        image="rehearsed/superlists",
        image_id="sha256:" + "a" * 64,
    )
    description = replace(
        DESCRIPTION,
        artifact_name="superlists",
        origin=Origin(repository="example/superlists"),
        source=SourceTree(top=tmp_path, directory=tmp_path),
    )
    result = make_result(state, description, evidence)
    assert (result.image, result.image_id) == (state.image, state.image_id)
    assert (result.artifact_name, result.origin.repository) == ("superlists", "example/superlists")
    assert result.problems[0].message == "***: ***"
    assert result.suite_results
    (told,) = result.suite_results.failed
    assert (told.name, told.message, told.file) == ("***", "***", "shop/tests.py")
    evidence.write_document("verdict.json", write_json(result))
    assert read_json((tmp_path / "evidence/verdict.json").read_text()).verdict == result.verdict


def secret_of(word: str) -> Secret:
    return Secret(name="WORD", value=word)


def test_make_result__passed_run_writes_no_facts(evidence: Evidence) -> None:
    result = make_result(RunState(observer=RecordingObserver()), DESCRIPTION, evidence)
    assert result.verdict is Verdict.PASSED
    assert not list(evidence.folder.path.iterdir())


def test_add_evidence__adds_remarks_of_the_collection(evidence: Evidence) -> None:
    state = RunState(observer=RecordingObserver())
    result = make_result(state, DESCRIPTION, evidence)
    (evidence.folder.path / "build.log").write_text("done")
    state.notices.append(f"{SECRET} could not be kept")
    state.warnings.append(f"{SECRET} may be missing")
    complete = add_evidence(result, state, DESCRIPTION, evidence)
    assert complete.notices == ("*** could not be kept",)
    assert complete.warnings == ("*** may be missing",)
    assert complete.index.files == ("build.log",)
    assert (result.notices, result.index.files) == ((), ())


def test_make_result__a_fault_of_the_diagnosis_costs_no_verdict(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object, **_named: object) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr("rehearsal.pipeline.result_builder.explain", broken)
    problem = Problem(Verdict.CRASHED, "The app ended.")
    state = RunState(observer=RecordingObserver(), problems=[problem])
    result = make_result(state, DESCRIPTION, evidence)
    assert (result.verdict, result.problems, result.diagnoses) == (Verdict.CRASHED, (problem,), ())
    (notice,) = add_evidence(result, state, DESCRIPTION, evidence).notices
    assert "an error in Dress Rehearsal: ValueError at pipeline/result_builder.py:" in notice


def test_make_result__tells_of_a_missing_fact(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_given: object) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr("rehearsal.diagnosis.source_scan.scan_templates", broken)
    state = RunState(
        observer=RecordingObserver(), problems=[Problem(Verdict.CRASHED, "The app ended.")]
    )
    description = replace(DESCRIPTION, source=SourceTree(top=tmp_path, directory=tmp_path))
    (notice,) = make_result(state, description, evidence).notices
    assert "ValueError at diagnosis/" in notice
