import pytest

from rehearsal.report.closing import closing
from rehearsal.results.rehearsal import RehearsalResult, Stage
from rehearsal.results.tests import Failure, Results
from rehearsal.verdict import Problem, Verdict

SHAKY = Failure(name="t.T.shaky", message="1 != 2")


def test_closing__tells_the_verdict_last() -> None:
    rehearsal = RehearsalResult(
        name="r",
        stages=(
            Stage(name="build", seconds=1.26, ok=True),
            Stage(name="ready", seconds=0.5, ok=True),
        ),
        results=Results(tests=3, failures=1),
        problems=(Problem(Verdict.TESTS_FAILED, "1 of 3 tests failed."),),
        image="app:1",
        image_id="sha256:0",
        notices=("It was slow.",),
    )
    assert closing(rehearsal, evidence="/tmp/e").splitlines() == [
        "stages:   build 1.3 s, ready 0.5 s",
        "tests:    3 ran, 1 failed",
        "image:    app:1 (sha256:0)",
        "notice:   It was slow.",
        "evidence: /tmp/e",
        "verdict:  tests-failed",
    ]


@pytest.mark.parametrize(
    "shard, results, line",
    [
        ("", Results(tests=3, flaky=(SHAKY,)), "3 ran, 0 failed, 1 flaky"),
        ("2/4", Results(tests=3, in_other_shards=9), "3 ran, 0 failed; shard 2/4, 9 in the others"),
        ("2/4", Results(tests=3), "3 ran, 0 failed; shard 2/4"),
    ],
    ids=["flaky", "shard", "a shard that tells nothing of the others"],
)
def test_closing__tells_what_belongs_to_the_counts(shard: str, results: Results, line: str) -> None:
    rehearsal = RehearsalResult(name="r", shard=shard, results=results)
    assert closing(rehearsal, evidence="").splitlines()[0] == f"tests:    {line}"


def test_closing__tells_what_was_left_up_and_how_to_open_the_evidence() -> None:
    rehearsal = RehearsalResult(
        name="r", keep_note="http://localhost:8000", remove_command="docker rm x"
    )
    assert closing(rehearsal, evidence="/tmp/e", link="file:///tmp/e/summary.md").splitlines() == [
        "kept:     http://localhost:8000",
        "remove:   docker rm x",
        "evidence: /tmp/e",
        "open:     file:///tmp/e/summary.md",
        "verdict:  passed",
    ]


def test_closing__of_what_never_began() -> None:
    rehearsal = RehearsalResult(name="r", problems=(Problem(Verdict.MISCONFIGURED, "no"),))
    assert closing(rehearsal, evidence="") == "verdict:  misconfigured"


def test_closing__an_unknown_count_is_not_told() -> None:
    assert "tests" not in closing(RehearsalResult(name="r", results=Results()), evidence="")


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"], ids=ascii)
def test_closing__no_line_of_a_notice_is_a_workflow_command(end: str) -> None:
    rehearsal = RehearsalResult(name="r", notices=(f"The engine said{end}::error::x",))
    assert closing(rehearsal, evidence="").splitlines()[0] == (
        "notice:   The engine said ::error::x"
    )
