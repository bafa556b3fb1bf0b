from itertools import pairwise

import pytest

from rehearsal.results.rehearsal import Rehearsal
from rehearsal.results.tests import Failure, Results
from rehearsal.verdict import RehearsalError, Verdict

# design.md: "Where several hold", in this order.
PRECEDENCE = (
    Verdict.CANCELLED,
    Verdict.ERROR,
    Verdict.ENGINE_FAILED,
    Verdict.CRASHED,
    Verdict.TIMED_OUT,
    Verdict.TESTS_FAILED,
    Verdict.NO_TESTS,
    Verdict.AUDIT_FAILED,
)


FAILED = Failure(name="hush", message="hush", file="hush", trace="hush")
SHAKY = Failure(name="hush", message="* hush")


def record(*verdicts: Verdict) -> Rehearsal:
    return Rehearsal(
        name="r", problems=[RehearsalError(verdict, str(verdict)) for verdict in verdicts]
    )


@pytest.mark.parametrize(
    "first, second",
    list(pairwise(PRECEDENCE)),
    ids=lambda verdict: str(verdict),  # noqa: PLW0108  (an Enum class is no plain callable here)
)
def test_verdict__of_two_the_earlier_in_the_contract_decides(
    first: Verdict, second: Verdict
) -> None:
    assert record(first, second).verdict is first
    assert record(second, first).verdict is first


def test_verdict__is_passed_without_problems() -> None:
    assert record().verdict is Verdict.PASSED
    assert record().problem is None


def test_verdict__of_two_alike_the_first_is_told() -> None:
    rehearsal = Rehearsal(name="r")
    rehearsal.problems += [
        RehearsalError(Verdict.CRASHED, "one"),
        RehearsalError(Verdict.CRASHED, "two"),
    ]
    assert rehearsal.problem is rehearsal.problems[0]


def test_stage__is_timed_and_good() -> None:
    rehearsal = record()
    with rehearsal.stage("build"):
        pass
    (stage,) = rehearsal.stages
    assert (stage.name, stage.ok) == ("build", True)
    assert 0 <= stage.seconds < 1


def test_stage__an_error_in_it_marks_it_and_goes_on() -> None:
    rehearsal = record()
    with pytest.raises(RehearsalError), rehearsal.stage("build"):
        raise RehearsalError(Verdict.BUILD_FAILED, "no")
    assert [(stage.name, stage.ok) for stage in rehearsal.stages] == [("build", False)]


@pytest.mark.parametrize(
    "results, counts",
    [
        pytest.param(None, ("", "", ""), id="no tests asked for"),
        pytest.param(Results(), ("", "", ""), id="unknown count"),
        pytest.param(Results(tests=0), ("0", "0", "0"), id="none ran"),
        pytest.param(Results(tests=7, failures=2), ("7", "2", "0"), id="some failed"),
        pytest.param(Results(tests=7, flaky=(FAILED, FAILED)), ("7", "0", "2"), id="some flaky"),
    ],
)
def test_outputs__counts_are_empty_when_unknown(
    results: Results | None, counts: tuple[str, str, str]
) -> None:
    outputs = Rehearsal(name="r", results=results).outputs()
    assert (outputs["tests"], outputs["failures"], outputs["flaky"]) == counts


def test_outputs__are_all_there_on_failure_too() -> None:
    rehearsal = record(Verdict.NOT_READY)
    rehearsal.image, rehearsal.image_id = "rehearsed/app:1", "sha256:1"
    rehearsal.evidence, rehearsal.artifact_name = "/tmp/e", "rehearsal-a"
    outputs = rehearsal.outputs()
    assert outputs == {
        "verdict": "not-ready",
        "diagnosis": "",
        "image": "rehearsed/app:1",
        "image-id": "sha256:1",
        "tests": "",
        "failures": "",
        "flaky": "",
        "ready-seconds": "",
        "evidence-path": "/tmp/e",
        "artifact-name": "rehearsal-a",
    }


def test_outputs__ready_seconds_have_two_decimals() -> None:
    assert Rehearsal(name="r", ready_seconds=1.23456).outputs()["ready-seconds"] == "1.23"


class Listener:
    def __init__(self) -> None:
        self.heard: list[object] = []

    def stage_started(self, stage: str) -> None:
        self.heard.append(stage)

    def stage_ended(self, stage: str, seconds: float, *, good: bool) -> None:
        assert 0 <= seconds < 10
        self.heard.append((stage, good))


def test_stage__is_told_to_whoever_watches() -> None:
    listener = Listener()
    rehearsal = Rehearsal(name="r", observer=listener)
    with rehearsal.stage("build"):
        assert listener.heard == ["build"]
    with pytest.raises(KeyError), rehearsal.stage("start"):
        raise KeyError
    with rehearsal.stage("test"):
        rehearsal.problems.append(RehearsalError(Verdict.TESTS_FAILED, "no"))
    assert listener.heard == [
        "build", ("build", True), "start", ("start", False), "test", ("test", False),
    ]  # fmt: skip


def test_hide__reaches_every_text() -> None:
    told = record(Verdict.TESTS_FAILED)
    told.problems[0].message = told.problems[0].hint = "hush"
    told.problems[0].excerpt = ("a", "hush")
    told.results = Results(tests=2, failures=1, failed=(FAILED,), flaky=(SHAKY,))
    told.notices.append("hush")
    told.redact(lambda text: text.replace("hush", "***"))
    assert "hush" not in repr((vars(told), vars(told.problems[0])))
    assert [each.message for each in (*told.results.failed, *told.results.flaky)] == [
        "***",
        "* ***",
    ]
    assert told.problems[0].excerpt == ("a", "***")
