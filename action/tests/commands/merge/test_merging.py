import json
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.commands.merge.shards import ShardEvidence, latest_attempts
from rehearsal.results.audit import Audit
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.origin import Origin, RequestSummary
from rehearsal.results.tests import Failure, SuiteResults
from rehearsal.results.verdict_json import read_json, write_json
from rehearsal.verdict import Problem, Verdict

from ...results.test_verdict_json import STRICT
from .samples import (
    IMAGE,
    OTHER_IMAGE,
    RUN,
    matrix,
    merge_shards,
    shard,
    unreadable,
)


def test_merge__of_passes() -> None:
    result = merge_shards(*matrix(2, "chrome", "firefox")).result
    assert result.verdict is Verdict.PASSED
    assert result.suite_results
    assert (
        result.suite_results.test_count,
        result.suite_results.failure_count,
        result.image_id,
    ) == (12, 0, IMAGE)
    outputs = result.outputs()
    assert (outputs["tests"], outputs["failures"], outputs["flaky"]) == ("12", "0", "0")
    assert [each.title for each in result.shards] == [
        "shard 1/2 on chrome",
        "shard 2/2 on chrome",
        "shard 1/2 on firefox",
        "shard 2/2 on firefox",
    ]


@given(verdicts=st.lists(st.sampled_from(Verdict), min_size=1, max_size=6))
def test_merge__the_worst_verdict_decides(verdicts: list[Verdict]) -> None:
    count = len(verdicts)
    shards = [
        shard(
            f"{number}/{count}" if count > 1 else "",
            problem=None if verdict is Verdict.PASSED else Problem(verdict, "why"),
        )
        for number, verdict in enumerate(verdicts, 1)
    ]
    assert merge_shards(*shards).result.verdict is min(verdicts, key=lambda verdict: verdict.rank)


@given(shards=st.permutations(matrix(3, "chrome", "firefox")))
def test_merge__does_not_depend_on_the_order_of_the_folders(shards: list[ShardEvidence]) -> None:
    ordered = merge_shards(*matrix(3, "chrome", "firefox"))
    assert merge_shards(*shards).result.shards == ordered.result.shards


def test_merge__holds_the_tests_of_all_shards_with_their_merged_folders() -> None:
    merged = merge_shards(shard("1/2", failed=["a"], flaky=["f"]), shard("2/2", failed=["b", "c"]))
    assert merged.result.suite_results
    assert [each.name for each in merged.result.suite_results.failed] == ["a", "b", "c"]
    assert [each.name for each in merged.result.suite_results.flaky] == ["f"]
    assert merged.result.suite_results.failure_count == 3
    assert [each.folder for each in merged.result.index.failed] == [
        "shards/rehearsal.1-of-2/tests/a",
        "shards/rehearsal.2-of-2/tests/b",
        "shards/rehearsal.2-of-2/tests/c",
    ]
    assert [each.folder for each in merged.result.index.flaky] == [""]


@pytest.mark.parametrize("depth, is_kept", [(8, True), (9, False)])
def test_merge__of_merges_has_no_folder_that_its_readers_refuse(depth: int, is_kept: bool) -> None:
    deep = EvidenceIndex(
        failed=(
            FailedTestEvidence(
                failure=Failure(name="t", message="m"), folder=f"{'shards/a/' * depth}tests/t"
            ),
        )
    )
    merged = merge_shards(shard("1/1", failed=["t"], index=deep))
    (found,) = read_json(write_json(merged.result)).index.failed
    assert bool(found.folder) is is_kept


@pytest.mark.parametrize("result", ["failure", "cancelled", "skipped"])
def test_merge__a_failed_job_whose_evidence_passed(result: str) -> None:
    merged = merge_shards(*matrix(2), jobs=result)
    assert merged.result.verdict is Verdict.CANCELLED
    (problem,) = merged.matrix_problems
    assert problem.message == (
        f"A job of the matrix ended as {result}, although its evidence says passed."
    )
    assert not merge_shards(*matrix(2), jobs="success").matrix_problems


@pytest.mark.parametrize(
    "shards, expected",
    [
        pytest.param([shard("1/2"), shard("2/2", failed=["a"])], 2, id="red"),
        pytest.param([shard("1/2")], 2, id="missing"),
        pytest.param([shard(suite_results=SuiteResults(test_count=0))], 1, id="empty"),
    ],
)
def test_merge__a_failed_job_is_not_reported_beside_failed_evidence(
    shards: list[ShardEvidence], expected: int
) -> None:
    alone = merge_shards(*shards, expected=expected)
    assert alone.result.problems
    beside = merge_shards(*shards, expected=expected, jobs="failure")
    assert beside.result.problems == alone.result.problems


@pytest.mark.parametrize(
    "counts, expected",
    [
        ((SuiteResults(test_count=3), SuiteResults(test_count=0)), 3),
        ((SuiteResults(test_count=3), SuiteResults()), None),
        ((SuiteResults(test_count=3), None), 3),
        ((SuiteResults(), SuiteResults()), None),
    ],
    ids=["an empty shard", "one is not known", "one never came to them", "none is known"],
)
def test_merge__counts_only_what_is_known(
    counts: tuple[SuiteResults | None, ...], expected: int | None
) -> None:
    shards = [shard(f"{n}/2", suite_results=results) for n, results in enumerate(counts, 1)]
    result = merge_shards(*shards).result
    assert result.suite_results
    assert result.suite_results.test_count == expected
    assert result.verdict is Verdict.PASSED


def test_merge__no_test_command_in_any_shard() -> None:
    result = merge_shards(shard("1/2", suite_results=None), shard("2/2", suite_results=None)).result
    assert (result.verdict, result.suite_results) == (Verdict.PASSED, None)


def test_merge__no_shard_ran_a_test() -> None:
    empty = [shard(f"{n}/2", suite_results=SuiteResults(test_count=0)) for n in (1, 2)]
    result = merge_shards(*empty).result
    assert (result.verdict, result.outputs()["tests"]) == (Verdict.NO_TESTS, "0")


def test_merge__no_shard_ran_a_test_because_of_a_crash() -> None:
    crash = Problem(Verdict.CRASHED, "gone")
    result = merge_shards(
        shard("1/2", suite_results=SuiteResults(test_count=0)),
        shard("2/2", suite_results=None, problem=crash),
    ).result
    assert [each.verdict for each in result.problems] == [Verdict.CRASHED]


def test_merge__without_any_evidence() -> None:
    result = merge_shards(expected=2).result
    assert (result.verdict, result.suite_results, result.shards) == (Verdict.CANCELLED, None, ())
    assert result.started > 1e9


def test_merge__an_unreadable_shard_decides_the_verdict() -> None:
    merged = merge_shards(
        shard("1/2"),
        unreadable("x", Verdict.CANCELLED, "Its evidence has no verdict.json."),
    )
    assert merged.result.verdict is Verdict.CANCELLED
    assert merged.result.problems[0].message == "x: Its evidence has no verdict.json."
    assert [each.tests for each in merged.result.shards] == [3, None]


def test_merge__with_another_image_is_an_error_without_an_image() -> None:
    merged = merge_shards(shard("1/2"), shard("2/2", image_id=OTHER_IMAGE))
    assert (merged.result.verdict, merged.result.image_id) == (Verdict.ERROR, "")
    assert len(merged.matrix_problems) == 1


def test_merge__problems_name_their_shard() -> None:
    problem = Problem(Verdict.CRASHED, "It ended.", hint="Look.", excerpt=("line",))
    result = merge_shards(shard("1/2", problem=problem), shard("2/2")).result
    assert result.problems == (replace(problem, message="shard 1/2: It ended."),)


def test_merge__each_diagnosis_once_that_of_the_worst_shard_first() -> None:
    table = Diagnosis(id="missing-table", title="No table", hint="")
    memory = Diagnosis(id="out-of-memory", title="Killed", hint="")
    failed, crash = Problem(Verdict.TESTS_FAILED, "w"), Problem(Verdict.CRASHED, "w")
    result = merge_shards(
        shard("1/3", problem=failed, diagnoses=[table]),
        shard("2/3", problem=crash, diagnoses=[memory]),
        shard("3/3", problem=failed, diagnoses=[table]),
    ).result
    assert [each.id for each in result.diagnoses] == ["out-of-memory", "missing-table"]
    assert result.outputs()["diagnosis"] == "out-of-memory"


@pytest.mark.parametrize("field", ["notices", "warnings"])
def test_merge__each_remark_once(field: str) -> None:
    remarks: dict[str, Any] = {field: ("same",)}
    second: dict[str, Any] = {field: ("same", "own")}
    shards = [shard("1/3", **remarks), shard("2/3", **second), shard("3/3", **remarks)]
    assert getattr(merge_shards(*shards).result, field) == ("same", "shard 2/3: own")


def test_merge__ready_seconds_are_those_of_the_slowest_shard() -> None:
    result = merge_shards(shard("1/2", ready_seconds=0.2), shard("2/2", ready_seconds=7.0)).result
    assert result.ready_seconds == 7.0


def test_merge__started_with_the_first_shard() -> None:
    shards = shard("1/2", started=50.0), shard("2/2", started=20.0)
    assert merge_shards(*shards).result.started == 20.0


@pytest.mark.parametrize(
    "browsers, expected",
    [(("chrome", "chrome"), "chrome"), (("chrome", "firefox"), "")],
    ids=["one", "two"],
)
def test_merge__keeps_the_common_request(browsers: tuple[str, str], expected: str) -> None:
    result = merge_shards(shard("1/2", browsers[0]), shard("2/2", browsers[1])).result
    assert result.request
    assert (result.request.browser, result.request.path) == (expected, "/")


@pytest.mark.parametrize(
    "other", [None, RequestSummary(path="/other")], ids=["nothing", "another path"]
)
def test_merge__different_requests_have_no_common_one(other: RequestSummary | None) -> None:
    assert merge_shards(shard("1/2"), shard("2/2", request=other)).result.request is None


def test_merge__verdict_json_is_valid_and_can_be_read_back() -> None:
    for shards in (
        matrix(2, "chrome", "firefox"),
        [shard("1/2", failed=["a"], flaky=["f"]), unreadable("x")],
        [],
    ):
        merged = merge_shards(*shards, expected=len(shards) or 2)
        text = write_json(merged.result)
        STRICT.validate(json.loads(text))
        assert write_json(read_json(text)) == text


def again(name: str, attempt: int, **changes: Any) -> ShardEvidence:
    return shard(
        "1/2", name=name, origin=Origin(run=RUN, commit="c0ffee", attempt=attempt), **changes
    )


def test_latest_attempts__replace_earlier_ones() -> None:
    first, second = again("x-1", 1, failed=["a"]), again("x-2", 2)
    other = shard("2/2", name="y-1")
    for order in permutations((first, second, other)):
        latest, replaced = latest_attempts(order)
        assert {each.name for each in latest} == {"x-2", "y-1"}
        assert replaced == (first,)


@pytest.mark.parametrize(
    "names", [("x-1", "y-2"), ("x-1", "x-1b"), ("x", "y")], ids=["others", "no suffix", "none"]
)
def test_latest_attempts__another_name_is_another_shard(names: tuple[str, str]) -> None:
    shards = (again(names[0], 1), again(names[1], 2))
    assert latest_attempts(shards) == (shards, ())


def test_latest_attempts__two_of_the_same_attempt_both_count() -> None:
    shards = (again("x-1", 1), again("x", 1))
    assert latest_attempts(shards) == (shards, ())


def test_latest_attempts__an_unreadable_one_is_replaced_by_its_name() -> None:
    shards = (unreadable("x-1"), again("x-2", 2))
    assert latest_attempts(shards) == (shards[1:], shards[:1])


def test_latest_attempts__an_unreadable_one_replaces_an_earlier_one() -> None:
    shards = (again("x-1", 1), unreadable("x-2"))
    assert latest_attempts(shards) == (shards[1:], shards[:1])


def test_latest_attempts__an_unreadable_name_with_a_number_never_passes() -> None:
    """The number may be no attempt. Then another shard is left out; the unreadable one stays."""
    latest, _ = latest_attempts((shard(name="chrome-1"), unreadable("chrome-4")))
    assert merge_shards(*latest, expected=2).result.verdict is not Verdict.PASSED


def test_merge__has_the_audit_of_the_first_shard() -> None:
    audit = Audit(mode="enforce")
    merged = merge_shards(shard("2/2"), shard("1/2", audit=audit))
    assert merged.result.audit == audit
