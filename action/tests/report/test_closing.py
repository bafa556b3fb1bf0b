from dataclasses import replace
from typing import Any

import pytest

from rehearsal.report.closing import closing
from rehearsal.results.browser_steps import TraceStep
from rehearsal.results.browser_trace import TraceRequest
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence, LogLine
from rehearsal.results.next_need import NextNeed, NextNeeds
from rehearsal.results.rehearsal import RehearsalResult, Stage
from rehearsal.results.shard import Shard
from rehearsal.results.tests import Failure, SuiteResults
from rehearsal.verdict import Problem, Verdict

from ..audits import audit

SHAKY = Failure(name="t.T.shaky", message="1 != 2")


def lines(evidence: str = "", link: str = "", **changes: Any) -> list[str]:
    result = RehearsalResult(name="r", **changes)
    return closing(result, evidence=evidence, link=link).splitlines()


def test_closing__ends_with_the_verdict() -> None:
    assert lines(
        evidence="/tmp/e",
        stages=(
            Stage(name="build", seconds=1.26, ok=True),
            Stage(name="ready", seconds=0.5, ok=True),
        ),
        suite_results=SuiteResults(test_count=3, failure_count=1),
        problems=(Problem(Verdict.TESTS_FAILED, "1 of 3 tests failed."),),
        image="app:1",
        image_id="sha256:0",
        warnings=("An annotation says it.",),
        notices=("It was\nslow.",),
    ) == [
        "stages:   build 1.3 s, ready 0.5 s",
        "tests:    3 ran, 1 failed",
        "image:    app:1 (sha256:0)",
        "notice:   It was slow.",
        "evidence: /tmp/e",
        "verdict:  tests-failed",
    ]


def test_closing__the_last_steps_of_the_first_failed_test() -> None:
    steps = [TraceStep(start=n, seconds=0, text=f"step\n{n}", place="t.py:7") for n in range(5)]
    steps[-1] = replace(steps[-1], error="no such element", place="")
    test = FailedTestEvidence(failure=SHAKY, steps=tuple(steps))
    other = FailedTestEvidence(failure=Failure(name="other", message=""))
    assert lines(index=EvidenceIndex(failed=(other, test, test))) == [
        "steps:    the last steps of t.T.shaky",
        "          2.0 s  step 2 (t.py:7)",
        "          3.0 s  step 3 (t.py:7)",
        "          4.0 s  step 4: no such element",
        "verdict:  passed",
    ]


def test_closing__the_request_and_what_the_app_said() -> None:
    request = TraceRequest(
        start=4.1, seconds=0.1, method="POST", address="http://x/lists\n/new", status=500
    )
    test = FailedTestEvidence(
        failure=SHAKY,
        steps=(TraceStep(start=4, seconds=0, text="click"),),
        request=request,
        app_lines=(LogLine(start=1.0, text="KeyError: 'A'\n(app/views.py:7)", is_key=True),),
    )
    block = lines(index=EvidenceIndex(failed=(test,)))[1:-1]
    assert block == [
        "          4.0 s  click",
        "request:  4.1 s  POST http://x/lists /new: 500",
        "app:      KeyError: 'A' (app/views.py:7)",
    ]
    for error, status, outcome in (("net::ERR_FAILED", 0, "net::ERR_FAILED"), ("", 0, "no answer")):
        test = replace(test, request=replace(request, error=error, status=status), app_lines=())
        assert lines(index=EvidenceIndex(failed=(test,)))[2:-1] == [
            f"request:  4.1 s  POST http://x/lists /new: {outcome}"
        ]


def test_closing__how_to_run_the_first_failed_test_that_can_be_run_alone() -> None:
    failure = Failure(name="t.T.test", message="")
    tests = [FailedTestEvidence(failure=failure, rerun=each) for each in ("", "rehearse 1  2", "3")]
    assert lines(index=EvidenceIndex(failed=tuple(tests))) == [
        "rerun:    rehearse 1  2",
        "verdict:  passed",
    ]


@pytest.mark.parametrize(
    "name, word",
    [
        ("t.T.test", "t.T.test"),
        ("a[x  y]", "'a[x  y]'"),
        ("-x", "folder"),
        ("a\nb", "folder"),
        ("a\x1b[2J", "folder"),
        ("a" * 1000, "folder"),
    ],
)
def test_closing__on_a_laptop_how_to_open_a_trace(name: str, word: str) -> None:
    test = FailedTestEvidence(
        failure=Failure(name=name, message=""), trace_page="t/folder/trace.html"
    )
    index = EvidenceIndex(failed=(FailedTestEvidence(failure=SHAKY), test, test))
    assert lines(index=index, link="file:///e/index.html")[-3:-1] == [
        "open:     file:///e/index.html",
        f"trace:    rehearse show --trace {word}",
    ]
    assert lines(index=index) == ["verdict:  passed"]


def test_closing__what_else_is_needed() -> None:
    need = NextNeed(id="variable", text="a.py:1 reads X,\nwhich is not set.")
    assert lines(also_needed=NextNeeds(needs=(need,))) == [
        "needed:   also, from the source: a.py:1 reads X, which is not set.",
        "verdict:  passed",
    ]


@pytest.mark.parametrize(
    "shard, results, line",
    [
        ("", SuiteResults(test_count=3, flaky=(SHAKY,)), "3 ran, 0 failed, 1 flaky"),
        (
            "2/4",
            SuiteResults(test_count=3, in_other_shards=9),
            "3 ran, 0 failed; shard 2/4, 9 in the others",
        ),
        ("2/4", SuiteResults(test_count=3), "3 ran, 0 failed; shard 2/4"),
    ],
    ids=["flaky", "shard", "a shard without a count of the others"],
)
def test_closing__counts_flaky_tests_and_shards(
    shard: str, results: SuiteResults, line: str
) -> None:
    assert lines(shard=shard, suite_results=results)[0] == f"tests:    {line}"


def test_closing__names_the_running_container_and_the_page() -> None:
    assert lines(
        evidence="/tmp/e",
        link="file:///tmp/e/summary.md",
        kept_container="http://localhost:8000",
        remove_command="docker rm x",
    ) == [
        "kept:     http://localhost:8000",
        "remove:   docker rm x",
        "evidence: /tmp/e",
        "open:     file:///tmp/e/summary.md",
        "verdict:  passed",
    ]


def test_closing__counts_the_findings_of_the_audit() -> None:
    counts = "1 passed, 1 failed (non-root), 1 waived (headers), 1 skipped"
    assert lines(audit=audit("non-root", waived="headers"))[0] == f"audit:    {counts}"


def test_closing__before_any_stage_is_only_the_verdict() -> None:
    assert lines(problems=(Problem(Verdict.MISCONFIGURED, "no"),)) == ["verdict:  misconfigured"]


def test_closing__leaves_out_an_unknown_count() -> None:
    assert lines(suite_results=SuiteResults()) == ["verdict:  passed"]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"], ids=ascii)
def test_closing__no_line_can_be_a_workflow_command(end: str) -> None:
    shard = Shard(name=f"a{end}::error::x", verdict=Verdict.PASSED)
    assert lines(shards=(shard,), notices=(f"The engine said{end}::error::x",))[:2] == [
        "shard:    a ::error::x: passed, ? ran, 0 failed",
        "notice:   The engine said ::error::x",
    ]
