from dataclasses import replace
from itertools import pairwise

import pytest

from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import Failure, SuiteResults
from rehearsal.verdict import Problem, Verdict

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
FLAKY = Failure(name="test_a", message="1 != 2")


def ended(*verdicts: Verdict) -> RehearsalResult:
    problems = tuple(Problem(verdict, str(verdict)) for verdict in verdicts)
    return RehearsalResult(name="r", problems=problems)


@pytest.mark.parametrize(
    "first, second",
    list(pairwise(PRECEDENCE)),
    ids=lambda verdict: str(verdict),  # noqa: PLW0108  (an Enum class is no plain callable here)
)
def test_verdict__of_two_the_earlier_in_the_contract_decides(
    first: Verdict, second: Verdict
) -> None:
    assert ended(first, second).verdict is first
    assert ended(second, first).verdict is first


def test_verdict__is_passed_without_problems() -> None:
    assert ended().verdict is Verdict.PASSED
    assert ended().problem is None
    assert ended().cause is None


def test_verdict__of_two_alike_the_first_decides() -> None:
    problems = (Problem(Verdict.CRASHED, "one"), Problem(Verdict.CRASHED, "two"))
    assert RehearsalResult(name="r", problems=problems).problem is problems[0]


@pytest.mark.parametrize(
    "results, counts",
    [
        pytest.param(None, ("", "", ""), id="no tests asked for"),
        pytest.param(SuiteResults(), ("", "", ""), id="unknown count"),
        pytest.param(SuiteResults(test_count=0), ("0", "0", "0"), id="none ran"),
        pytest.param(
            SuiteResults(test_count=7, failure_count=2), ("7", "2", "0"), id="some failed"
        ),
        pytest.param(
            SuiteResults(test_count=7, flaky=(FLAKY, FLAKY)), ("7", "0", "2"), id="some flaky"
        ),
    ],
)
def test_outputs__counts_are_empty_when_unknown(
    results: SuiteResults | None, counts: tuple[str, str, str]
) -> None:
    outputs = RehearsalResult(name="r", suite_results=results).outputs()
    assert (outputs["tests"], outputs["failures"], outputs["flaky"]) == counts


def test_outputs__are_complete_on_failure_too() -> None:
    outputs = replace(
        ended(Verdict.NOT_READY),
        image="rehearsed/app:1",
        image_id="sha256:1",
        evidence_path="/tmp/e",
        artifact_name="rehearsal-a",
    ).outputs()
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
    assert RehearsalResult(name="r", ready_seconds=1.23456).outputs()["ready-seconds"] == "1.23"
