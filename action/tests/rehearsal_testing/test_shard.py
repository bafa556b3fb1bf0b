from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_testing import RehearsalSettingsError
from rehearsal_testing.shard import Shard, partition

TESTS = st.lists(st.text(), max_size=60)
SECONDS = st.floats(min_value=0, max_value=1e6)
COUNTS = st.integers(min_value=1, max_value=12)


@given(TESTS, st.dictionaries(st.text(), SECONDS), COUNTS, st.randoms())
def test_partition__is_complete_disjoint_and_the_same_in_any_order(
    tests: list[str], seconds: dict[str, float], count: int, random: Random
) -> None:
    shards = partition(tests, seconds, count)
    assert set(shards) == set(tests)
    assert set(shards.values()) <= set(range(1, count + 1))
    random.shuffle(tests)
    others = list(seconds.items())
    random.shuffle(others)
    assert partition(tests, dict(others), count) == shards


@given(st.dictionaries(st.text(), SECONDS, min_size=1, max_size=60), COUNTS)
def test_partition__is_as_even_as_the_longest_test_allows(
    seconds: dict[str, float], count: int
) -> None:
    loads = dict.fromkeys(range(1, count + 1), 0.0)
    for name, number in partition(seconds, seconds, count).items():
        loads[number] += seconds[name]
    difference = max(loads.values()) - min(loads.values())
    assert difference <= max(seconds.values()) * (1 + 1e-9)


@given(st.sets(st.text(), max_size=60), COUNTS)
def test_partition__without_durations_is_even_by_number(tests: set[str], count: int) -> None:
    sizes = Counter(partition(tests, {}, count).values())
    numbers = [sizes[number] for number in range(1, count + 1)]
    assert max(numbers) - min(numbers) <= 1


def test_partition__an_unknown_test_counts_as_the_median() -> None:
    # 2 is the median, so that the new one goes first beside the longest, before the shortest.
    shards = partition(["long", "new", "short", "usual"], {"long": 4, "usual": 2, "short": 1}, 2)
    assert shards == {"long": 1, "new": 2, "usual": 2, "short": 1}


def test_partition__a_test_counts_once() -> None:
    assert partition("aaabb", {}, 2) == {"a": 1, "b": 2}


def test_partition__tests_that_take_no_time_do_not_all_go_to_one() -> None:
    assert set(partition("abcd", dict.fromkeys("abcd", 0.0), 4).values()) == {1, 2, 3, 4}


@given(st.text(), COUNTS)
def test_holds__one_shard_alone(test: str, count: int) -> None:
    shards = [Shard(number=number, count=count) for number in range(1, count + 1)]
    assert sum(shard.holds(test) for shard in shards) == 1


@pytest.mark.parametrize(
    "asked,expected",
    [
        (None, None),
        ("", None),
        ("1/1", Shard(number=1, count=1)),
        (" 2/4 ", Shard(number=2, count=4)),
    ],
)
def test_shard__is_what_the_variable_says(asked: str | None, expected: Shard | None) -> None:
    environ = {} if asked is None else {"REHEARSAL_SHARD": asked}
    assert Shard.from_environ(environ) == expected


@pytest.mark.parametrize("asked", ["1", "0/4", "5/4", "1/0", "-1/4", "a/b", "1/2/3", "1/99999"])
def test_shard__other_values_are_refused(asked: str) -> None:
    with pytest.raises(RehearsalSettingsError) as raised:
        Shard.from_environ({"REHEARSAL_SHARD": asked})
    assert str(raised.value) == (
        f"REHEARSAL_SHARD is {asked!r}. Allowed: 1/N to N/N, like 1/4 for the first of four "
        "parts. Without it, all tests run."
    )
