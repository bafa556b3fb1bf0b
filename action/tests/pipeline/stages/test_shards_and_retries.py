from typing import Any

import pytest

from rehearsal.pipeline.stages.shards_and_retries import (
    count_notices,
    is_empty_shard,
    is_one_shard,
)
from rehearsal.results.tests import Failure, Span, SuiteResults

from ...fakes import suite_plan


@pytest.mark.parametrize(
    "shard, other", [("", False), ("1/1", False), ("1/2", True), ("10/10", True)]
)
def test_is_one_shard__of_several(shard: str, other: bool) -> None:
    assert is_one_shard(shard) is other


@pytest.mark.parametrize(
    "results, code, empty",
    [
        (SuiteResults(test_count=0, in_other_shards=5), 0, True),
        (SuiteResults(test_count=0, in_other_shards=5), 5, True),
        (SuiteResults(test_count=0, in_other_shards=5), 1, False),
        (SuiteResults(test_count=0, in_other_shards=0), 0, False),
        (SuiteResults(test_count=0), 0, False),
        (SuiteResults(test_count=0, failure_count=1, in_other_shards=5), 0, False),
        (SuiteResults(test_count=1, in_other_shards=5), 0, False),
        (SuiteResults(in_other_shards=5), 0, False),
    ],
    ids=["empty", "none ran", "an error", "all empty", "untold", "set-up", "some", "unknown"],
)
def test_is_empty_shard__if_others_have_tests(
    results: SuiteResults, code: int, *, empty: bool
) -> None:
    assert is_empty_shard(results, code) is empty


def said(results: SuiteResults, **plan: object) -> str:
    return " ".join(count_notices(suite_plan(**plan), results))


FAILED = Failure(name="t", message="m")
EXACT = Failure(name="t", message="m", span=Span(start=1, end=2, exact=True))
ABOUT = Failure(name="t", message="m", span=Span(start=1, end=2, exact=False))
TWICE = Failure(name="t", message="m", attempts=2)


def test_count_notices__empty_shard() -> None:
    assert said(SuiteResults(test_count=0, in_other_shards=5), shard="3/4") == (
        "Shard 3/4 holds no test; the other shards have 5."
    )


PASSED = SuiteResults(test_count=3)


def failing(**fields: Any) -> SuiteResults:
    return SuiteResults(test_count=3, failure_count=1, **fields)


@pytest.mark.parametrize(
    "results, plan, word",
    [
        (SuiteResults(test_count=3), {}, ""),
        (PASSED, {"shard": "1/4"}, "shard is 1/4"),
        (PASSED, {"shard": "1/1"}, ""),
        (PASSED, {"shard": "1/4", "command": "jest --shard=$REHEARSAL_SHARD"}, ""),
        (SuiteResults(test_count=3, in_other_shards=9), {"shard": "1/4"}, ""),
        (PASSED, {"retries": 2}, ""),
        (failing(), {}, ""),
        (failing(), {"retries": 2}, "test-retries is 2"),
        (failing(), {"retries": 2, "command": "x $REHEARSAL_RETRIES"}, ""),
        (failing(failed=(FAILED,)), {"retries": 2}, "test-retries is 2"),
        (failing(failed=(ABOUT,)), {"retries": 2}, "test-retries is 2"),
        (failing(failed=(EXACT,)), {"retries": 2}, ""),
        (failing(failed=(TWICE,)), {"retries": 2}, ""),
        (failing(failed=(FAILED,), flaky=(FAILED,)), {"retries": 2}, ""),
    ],
    ids=["nothing asked", "shard untold", "one part", "shard handed on", "shard told",
         "nothing to run again", "no retries", "retries in vain", "retries handed on", "by name",
         "plain times", "ours", "it ran again", "another ran again"],
)  # fmt: skip
def test_count_notices__ignored_shard_or_retries(
    results: SuiteResults, plan: dict[str, object], word: str
) -> None:
    text = said(results, **plan)
    assert text.startswith(word)
    assert bool(text) is bool(word)
