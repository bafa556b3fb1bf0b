from dataclasses import asdict
from pathlib import Path

import pytest

from rehearsal.evidence.folder import Evidence
from rehearsal.pipeline.result import RunDescription, add_evidence, make_result
from rehearsal.pipeline.state import RunState
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.origin import Origin
from rehearsal.results.tests import Failure, Results
from rehearsal.verdict import Problem, Verdict

from ..fakes import secret
from .test_state import RecordingObserver

RUN = RunDescription(name="r", evidence="/e", artifact_name="a", origin=Origin())
HUSH = secret().value


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(tmp_path, Redactor([secret()]))


def test_make_result__no_text_holds_a_secret(evidence: Evidence) -> None:
    failure = Failure(name=HUSH, message=f"* {HUSH}", file=HUSH, trace=HUSH)
    state = RunState(
        observer=RecordingObserver(),
        problems=[Problem(Verdict.TESTS_FAILED, HUSH, hint=HUSH, excerpt=("a", HUSH))],
        results=Results(tests=2, failures=1, failed=(failure,), flaky=(failure,)),
        notices=[HUSH],
    )
    result = make_result(state, RUN, evidence)
    assert HUSH not in repr(asdict(result))
    assert result.problems[0].excerpt == ("a", "***")
    assert result.results
    assert [each.message for each in (*result.results.failed, *result.results.flaky)] == [
        "* ***"
    ] * 2
    assert HUSH not in (evidence.folder / "facts.json").read_text()


def test_make_result__of_a_pass_has_no_cause_and_writes_no_facts(evidence: Evidence) -> None:
    result = make_result(RunState(observer=RecordingObserver()), RUN, evidence)
    assert result.verdict is Verdict.PASSED
    assert not list(evidence.folder.iterdir())


def test_add_evidence__a_notice_that_collecting_left_is_in_the_result(evidence: Evidence) -> None:
    state = RunState(observer=RecordingObserver())
    result = make_result(state, RUN, evidence)
    (evidence.folder / "build.log").write_text("done")
    state.notices.append(f"{HUSH} could not be kept")
    complete = add_evidence(result, state, RUN, evidence)
    assert complete.notices == ("*** could not be kept",)
    assert complete.index.files == ("build.log",)
    assert (result.notices, result.index.files) == ((), ())
