import json
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.commands.merge.merging import Merged, merge
from rehearsal.commands.merge.shards import ShardEvidence, latest_attempts
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.origin import Origin, RequestSummary
from rehearsal.results.tests import Results
from rehearsal.results.verdict_json import read_json, write_json
from rehearsal.verdict import Problem, Verdict

from ...results.test_verdict_json import STRICT
from .samples import IMAGE, RUN, broken, leg, matrix


def merged(*legs: ShardEvidence, expected: int = 0, jobs: str = "") -> Merged:
    return merge(legs, expected=expected or len(legs), name="77-1-merged", jobs=jobs)


def test_merge__of_passes_is_one() -> None:
    record = merged(*matrix(2, "chrome", "firefox")).result
    assert record.verdict is Verdict.PASSED
    assert record.results
    assert (record.results.tests, record.results.failures, record.image_id) == (12, 0, IMAGE)
    outputs = record.outputs()
    assert (outputs["tests"], outputs["failures"], outputs["flaky"]) == ("12", "0", "0")
    assert [each.title for each in record.shards] == [
        "shard 1/2 on chrome",
        "shard 2/2 on chrome",
        "shard 1/2 on firefox",
        "shard 2/2 on firefox",
    ]


@given(verdicts=st.lists(st.sampled_from(Verdict), min_size=1, max_size=6))
def test_merge__the_worst_verdict_decides(verdicts: list[Verdict]) -> None:
    count = len(verdicts)
    legs = [
        leg(
            f"{number}/{count}" if count > 1 else "",
            problem=None if verdict is Verdict.PASSED else Problem(verdict, "why"),
        )
        for number, verdict in enumerate(verdicts, 1)
    ]
    assert merged(*legs).result.verdict is min(verdicts, key=lambda verdict: verdict.rank)


@given(seed=st.permutations(matrix(3, "chrome", "firefox")))
def test_merge__the_order_of_the_folders_is_nothing(seed: list[ShardEvidence]) -> None:
    assert merged(*seed).result.shards == merged(*matrix(3, "chrome", "firefox")).result.shards


def test_merge__tests_are_those_of_all_and_say_where_their_evidence_lies() -> None:
    found = merged(leg("1/2", failed=["a"], flaky=["f"]), leg("2/2", failed=["b", "c"]))
    assert found.result.results
    assert [each.name for each in found.result.results.failed] == ["a", "b", "c"]
    assert [each.name for each in found.result.results.flaky] == ["f"]
    assert found.result.results.failures == 3
    assert [each.folder for each in found.result.index.tests] == [
        "shards/rehearsal.1-of-2/tests/a",
        "shards/rehearsal.2-of-2/tests/b",
        "shards/rehearsal.2-of-2/tests/c",
    ]
    assert [each.folder for each in found.result.index.flaky] == [""]


@pytest.mark.parametrize("result", ["failure", "cancelled", "skipped"])
def test_merge__evidence_of_passes_beside_a_job_that_ended_otherwise(result: str) -> None:
    found = merged(*matrix(2), jobs=result)
    assert found.result.verdict is Verdict.CANCELLED
    (problem,) = found.problems
    assert problem.message == (
        f"A job of the matrix ended as {result}, although its evidence says passed."
    )
    assert not merged(*matrix(2), jobs="success").problems


@pytest.mark.parametrize(
    "legs, expected",
    [
        pytest.param([leg("1/2"), leg("2/2", failed=["a"])], 2, id="red"),
        pytest.param([leg("1/2")], 2, id="missing"),
        pytest.param([leg(results=Results(tests=0))], 1, id="empty"),
    ],
)
def test_merge__what_the_evidence_says_is_not_said_twice(
    legs: list[ShardEvidence], expected: int
) -> None:
    alone = merged(*legs, expected=expected)
    assert alone.result.problems
    told = merged(*legs, expected=expected, jobs="failure").result
    assert [each.message for each in told.problems] == [
        each.message for each in alone.result.problems
    ]


@pytest.mark.parametrize(
    "counts, told",
    [
        ((Results(tests=3), Results(tests=0)), 3),
        ((Results(tests=3), Results()), None),
        ((Results(tests=3), None), 3),
        ((Results(), Results()), None),
    ],
    ids=["an empty shard", "one is not known", "one never came to them", "none is known"],
)
def test_merge__counts_only_what_is_known(
    counts: tuple[Results | None, ...], told: int | None
) -> None:
    legs = [leg(f"{n}/2", results=results) for n, results in enumerate(counts, 1)]
    record = merged(*legs).result
    assert record.results
    assert record.results.tests == told
    assert record.verdict is Verdict.PASSED


def test_merge__no_test_asked_for_anywhere() -> None:
    record = merged(leg("1/2", results=None), leg("2/2", results=None)).result
    assert (record.verdict, record.results) == (Verdict.PASSED, None)


def test_merge__all_shards_empty_is_no_tests() -> None:
    empty = [leg(f"{n}/2", results=Results(tests=0)) for n in (1, 2)]
    record = merged(*empty).result
    assert (record.verdict, record.outputs()["tests"]) == (Verdict.NO_TESTS, "0")


def test_merge__all_shards_empty_because_of_something_worse_is_that() -> None:
    crash = Problem(Verdict.CRASHED, "gone")
    record = merged(leg("1/2", results=Results(tests=0)), leg("2/2", results=None, problem=crash))
    assert [each.verdict for each in record.result.problems] == [Verdict.CRASHED]


def test_merge__nothing_found_at_all() -> None:
    record = merged(expected=2).result
    assert (record.verdict, record.results, record.shards) == (Verdict.CANCELLED, None, ())
    assert record.started > 1e9


def test_merge__what_could_not_be_read_counts_against_it() -> None:
    found = merged(leg("1/2"), broken("x", Verdict.CANCELLED, "It left no verdict.json."))
    assert found.result.verdict is Verdict.CANCELLED
    assert found.result.problems[0].message == "x: It left no verdict.json."
    assert [each.tests for each in found.result.shards] == [3, None]


def test_merge__another_image_is_an_error_and_names_none() -> None:
    found = merged(leg("1/2"), leg("2/2", image_id=f"sha256:{'2' * 64}"))
    assert (found.result.verdict, found.result.image_id) == (Verdict.ERROR, "")
    assert len(found.problems) == 1


def test_merge__problems_say_in_which_shard() -> None:
    problem = Problem(Verdict.CRASHED, "It ended.", hint="Look.", excerpt=("line",))
    (told,) = merged(leg("1/2", problem=problem), leg("2/2")).result.problems
    assert (told.message, told.hint, told.excerpt) == ("shard 1/2: It ended.", "Look.", ("line",))


def test_merge__diagnoses_of_the_worst_first_and_each_once() -> None:
    table = Diagnosis(id="missing-table", title="No table", hint="")
    memory = Diagnosis(id="out-of-memory", title="Killed", hint="")
    failed, crash = Problem(Verdict.TESTS_FAILED, "w"), Problem(Verdict.CRASHED, "w")
    record = merged(
        leg("1/3", problem=failed, diagnoses=[table]),
        leg("2/3", problem=crash, diagnoses=[memory]),
        leg("3/3", problem=failed, diagnoses=[table]),
    ).result
    assert [each.id for each in record.diagnoses] == ["out-of-memory", "missing-table"]
    assert record.outputs()["diagnosis"] == "out-of-memory"


def test_merge__notices_of_all_are_told_once() -> None:
    legs = [leg(f"{n}/3", notices=("same", *(["own"] if n == 2 else []))) for n in (1, 2, 3)]
    assert merged(*legs).result.notices == ("same", "shard 2/3: own")


def test_merge__ready_seconds_are_the_slowest() -> None:
    record = merged(leg("1/2", ready_seconds=0.2), leg("2/2", ready_seconds=7.0)).result
    assert record.ready_seconds == 7.0


def test_merge__began_with_the_first() -> None:
    assert merged(leg("1/2", started=50.0), leg("2/2", started=20.0)).result.started == 20.0


@pytest.mark.parametrize(
    "browsers, told",
    [(("chrome", "chrome"), "chrome"), (("chrome", "firefox"), "")],
    ids=["one", "two"],
)
def test_merge__asked_is_what_all_were_asked(browsers: tuple[str, str], told: str) -> None:
    record = merged(leg("1/2", browsers[0]), leg("2/2", browsers[1])).result
    assert record.request
    assert (record.request.browser, record.request.path) == (told, "/")


@pytest.mark.parametrize(
    "other", [None, RequestSummary(path="/other")], ids=["nothing", "another path"]
)
def test_merge__different_questions_have_no_common_answer(other: RequestSummary | None) -> None:
    assert merged(leg("1/2"), leg("2/2", request=other)).result.request is None


def test_merge__document_has_the_schema_and_can_be_read_back() -> None:
    for legs in (
        matrix(2, "chrome", "firefox"),
        [leg("1/2", failed=["a"], flaky=["f"]), broken("x")],
        [],
    ):
        found = merged(*legs, expected=len(legs) or 2)
        text = write_json(found.result)
        STRICT.validate(json.loads(text))
        assert write_json(read_json(text)) == text


def again(name: str, attempt: int, **changes: Any) -> ShardEvidence:
    return leg(
        "1/2", name=name, origin=Origin(run=RUN, commit="c0ffee", attempt=attempt), **changes
    )


def test_latest__a_later_attempt_takes_the_place_of_the_one_before() -> None:
    first, second = again("x-1", 1, failed=["a"]), again("x-2", 2)
    other = leg("2/2", name="y-1")
    for order in permutations((first, second, other)):
        counting, replaced = latest_attempts(order)
        assert {each.name for each in counting} == {"x-2", "y-1"}
        assert replaced == (first,)


@pytest.mark.parametrize(
    "names", [("x-1", "y-2"), ("x-1", "x-1b"), ("x", "y")], ids=["others", "no suffix", "none"]
)
def test_latest__another_name_is_another_leg(names: tuple[str, str]) -> None:
    legs = (again(names[0], 1), again(names[1], 2))
    assert latest_attempts(legs) == (legs, ())


def test_latest__of_the_same_attempt_both_count() -> None:
    legs = (again("x-1", 1), again("x", 1))
    assert latest_attempts(legs) == (legs, ())


def test_latest__what_could_not_be_read_is_replaced_by_its_name() -> None:
    legs = (broken("x-1"), again("x-2", 2))
    assert latest_attempts(legs) == (legs[1:], legs[:1])


def test_latest__what_could_not_be_read_replaces_what_was_before() -> None:
    legs = (again("x-1", 1), broken("x-2"))
    assert latest_attempts(legs) == (legs[1:], legs[:1])


def test_latest__a_number_at_the_end_of_a_broken_name_makes_nothing_pass() -> None:
    """It may be no attempt at all: then another is left out, and the broken one stays."""
    counting, _ = latest_attempts((leg(name="chrome-1"), broken("chrome-4")))
    assert merged(*counting, expected=2).result.verdict is not Verdict.PASSED
