from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.results.baseline import compare, find_slower, why_not_comparable
from rehearsal.results.comparison import SlowerTest
from rehearsal.results.engine_versions import EngineVersions
from rehearsal.results.origin import Origin, RequestSummary
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import MAX_TESTS, Failure, ListedOutcome, ListedTest, SuiteResults

OUTCOMES = st.dictionaries(st.text(max_size=3), st.sampled_from(ListedOutcome))
SECONDS = st.dictionaries(st.text(max_size=2), st.floats(0, 1e6))


def result(outcomes: dict[str, ListedOutcome], **changes: Any) -> RehearsalResult:
    """Return a result of which all tests are listed."""
    failed = tuple(
        Failure(name=name, message="m")
        for name, outcome in outcomes.items()
        if outcome is ListedOutcome.FAILED
    )
    results = SuiteResults(
        test_count=len(outcomes),
        failure_count=len(failed),
        failed=failed,
        tests=tuple(ListedTest(name=name, outcome=each) for name, each in outcomes.items()),
    )
    return RehearsalResult(name="r", suite_results=results, **changes)


@given(OUTCOMES, OUTCOMES)
def test_compare__each_failed_test_is_in_one_group(
    then: dict[str, ListedOutcome], now: dict[str, ListedOutcome]
) -> None:
    found = compare(result(now), result(then), str)
    groups = (found.new, found.added, found.old, found.unknown)
    failed = {name for name, outcome in now.items() if outcome is ListedOutcome.FAILED}
    assert sorted(name for group in groups for name in group) == sorted(failed)
    assert all(then[name] is ListedOutcome.FAILED for name in (*found.old, *found.fixed))
    assert all(then.get(name) is not ListedOutcome.FAILED for name in found.new)
    assert not set(found.added) & set(then)
    assert all(now[name] in (ListedOutcome.PASSED, ListedOutcome.FLAKY) for name in found.fixed)


@given(OUTCOMES)
def test_compare__with_itself_nothing_is_new(outcomes: dict[str, ListedOutcome]) -> None:
    found = compare(result(outcomes), result(outcomes), str)
    groups = (found.new, found.added, found.unknown, found.fixed, found.slower)
    assert groups == ((),) * len(groups)


@given(SECONDS, SECONDS)
def test_find_slower__by_half_and_by_a_second(
    before: dict[str, float], now: dict[str, float]
) -> None:
    found = find_slower(before, now)
    for each in found:
        assert each.now > each.before * 1.5
        assert each.now - each.before > 1
    assert [each.now - each.before for each in found] == sorted(
        (each.now - each.before for each in found), reverse=True
    )
    assert not find_slower(now, now)


@pytest.mark.parametrize(
    "before, now, slower",
    [
        (1, 2, False),
        (1, 2.1, True),
        (10, 15, False),
        (10, 15.1, True),
        (0, 1.1, True),
        (3, 1, False),
    ],
)
def test_find_slower__at_the_edges(before: float, now: float, slower: bool) -> None:
    found = find_slower({"t": before, "gone": 1}, {"t": now, "added": 99})
    assert found == ([SlowerTest(name="t", before=before, now=now)] if slower else [])


def test_compare__times_of_tests_that_passed_and_have_a_name_of_their_own() -> None:
    def timed(seconds: float, outcome: ListedOutcome) -> RehearsalResult:
        names = ("one", "two", "two")
        tests = tuple(ListedTest(name=each, outcome=outcome, seconds=seconds) for each in names)
        return RehearsalResult(name="r", suite_results=SuiteResults(tests=tests))

    then = timed(1, ListedOutcome.PASSED)
    found = compare(timed(9, ListedOutcome.FLAKY), then, str)
    assert found.slower == (SlowerTest(name="one", before=1, now=9),)
    assert not compare(timed(9, ListedOutcome.FAILED), then, str).slower


def test_compare__a_baseline_that_lists_no_passed_tests() -> None:
    failure = Failure(name="t", message="m")
    now = RehearsalResult(
        name="r", suite_results=SuiteResults(test_count=1, failure_count=1, failed=(failure,))
    )
    all_passed = RehearsalResult(name="r", suite_results=SuiteResults(test_count=1))
    assert compare(now, all_passed, str).new == ("t",)
    counted = RehearsalResult(
        name="r", suite_results=SuiteResults(test_count=9, failure_count=2, failed_left_out=2)
    )
    assert compare(now, counted, str).unknown == ("t",)
    did_not_run = compare(now, RehearsalResult(name="r"), str)
    assert not did_not_run.had_tests
    assert did_not_run.new + did_not_run.unknown == ()


def test_compare__one_shard_tells_little_of_another() -> None:
    now = result({"t": ListedOutcome.FAILED}, shard="2/4")
    assert compare(now, result({"x": ListedOutcome.PASSED}, shard="1/4"), str).unknown == ("t",)
    assert compare(now, result({"x": ListedOutcome.PASSED}, shard="2/4"), str).added == ("t",)
    assert compare(now, result({"t": ListedOutcome.PASSED}), str).new == ("t",)


def test_compare__a_list_that_may_be_cut_says_nothing_of_others() -> None:
    many = {str(number): ListedOutcome.SKIPPED for number in range(MAX_TESTS)}
    then = result({**many, "x": ListedOutcome.FAILED})
    assert compare(result({"t": ListedOutcome.FAILED}), then, str).new == ("t",)


def test_compare__secrets_in_the_baseline_are_hidden() -> None:
    def redact(text: str) -> str:
        return text.replace("secret", "***")

    then = result(
        {"t[secret]": ListedOutcome.FAILED},
        origin=Origin(branch="secret", commit="secret"),
        request=RequestSummary(browser="secret"),
    )
    found = compare(result({"t[***]": ListedOutcome.FAILED}), then, redact)
    assert found.old == ("t[***]",)
    assert "secret" not in repr(found)


def test_compare__the_size_of_the_image() -> None:
    now = RehearsalResult(name="r", image_size=7, engine=EngineVersions(store="containerd"))
    then = RehearsalResult(name="r", image_size=5, engine=EngineVersions(store="classic"))
    found = compare(now, then, str)
    assert (found.size_before, found.size_now, found.stores_differ) == (5, 7, True)


def test_why_not_comparable__of_another_repository() -> None:
    ours, theirs = (
        RehearsalResult(name="r", origin=Origin(repository=name)) for name in ("o/a", "o/b")
    )
    assert "o/b" in why_not_comparable(ours, theirs)
    assert not why_not_comparable(ours, ours)
    assert not why_not_comparable(RehearsalResult(name="laptop"), theirs)
