from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_testing import RehearsalSettingsError
from rehearsal_testing.shard import Shard, ShardAssignment

NAMES = st.sets(st.text(), max_size=60)
SECONDS = st.floats(min_value=0, max_value=1e6)
RECORDED = st.dictionaries(st.text(), SECONDS, max_size=60)
COUNTS = st.integers(min_value=1, max_value=12)


@given(NAMES, NAMES, RECORDED, COUNTS, st.randoms())
def test_assignment__each_test_is_in_one_shard_whatever_else_exists(
    tests: set[str], stray: set[str], seconds: dict[str, float], count: int, random: Random
) -> None:
    # Tests with and without a recorded duration; `stray` ones exist in some shards only.
    tests |= set(random.sample(sorted(seconds), len(seconds) // 2))
    ran: list[str] = []
    for number in range(1, count + 1):
        order = sorted(tests | {each for each in stray if random.random() < 1 / count})
        random.shuffle(order)
        records = list(seconds.items())
        random.shuffle(records)
        assignment = ShardAssignment.balance(dict(records), count)
        ran += [each for each in order if assignment.shard_of(each) == number and each in tests]
    assert sorted(ran) == sorted(tests)


@given(st.dictionaries(st.text(), SECONDS, min_size=1, max_size=60), COUNTS)
def test_assignment__totals_differ_by_the_longest_test_at_most(
    seconds: dict[str, float], count: int
) -> None:
    assignment = ShardAssignment.balance(seconds, count)
    loads = dict.fromkeys(range(1, count + 1), 0.0)
    for name, took in seconds.items():
        loads[assignment.shard_of(name)] += took
    difference = max(loads.values()) - min(loads.values())
    assert difference <= max(seconds.values()) * (1 + 1e-9)


def test_assignment__spreads_tests_of_0_seconds() -> None:
    assignment = ShardAssignment.balance(dict.fromkeys("abcd", 0.0), 4)
    assert {assignment.shard_of(name) for name in "abcd"} == {1, 2, 3, 4}


@pytest.mark.parametrize("seconds", [{}, {"a": 3.0, "b": 1.0, "c": 1.0}], ids=["none", "some"])
def test_assignment__of_a_test_without_duration_depends_on_its_name(
    seconds: dict[str, float],
) -> None:
    assignment = ShardAssignment.balance(seconds, 4)
    names = [f"pages.Home.test_{number}" for number in range(8)]
    assert [assignment.shard_of(name) for name in names] == [4, 2, 4, 3, 4, 2, 4, 4]


def test_assignment__without_durations_fills_all_shards() -> None:
    assignment = ShardAssignment.balance({}, 4)
    numbers = [assignment.shard_of(f"pages.Home.test_{number}") for number in range(400)]
    assert all(70 < numbers.count(number) < 130 for number in (1, 2, 3, 4))


def test_assignment__uses_the_first_recorded_name() -> None:
    assignment = ShardAssignment.balance({"own": 5.0, "alias": 3.0}, 2)
    assert (assignment.shard_of("own"), assignment.shard_of("alias")) == (1, 2)
    assert assignment.shard_of("own", "alias") == 1
    for name in ("a", "b", "c"):
        assert assignment.shard_of(name, "alias") == 2
        assert assignment.shard_of(name, "other") == assignment.shard_of(name)


@pytest.mark.parametrize(
    "value,expected",
    [
        (None, None),
        ("", None),
        ("1/1", Shard(number=1, count=1)),
        (" 2/4 ", Shard(number=2, count=4)),
    ],
)
def test_from_environ__reads_the_variable(value: str | None, expected: Shard | None) -> None:
    environ = {} if value is None else {"REHEARSAL_SHARD": value}
    assert Shard.from_environ(environ) == expected


@pytest.mark.parametrize("value", ["1", "0/4", "5/4", "1/0", "-1/4", "a/b", "1/2/3", "1/99999"])
def test_from_environ__refuses_other_values(value: str) -> None:
    with pytest.raises(RehearsalSettingsError) as raised:
        Shard.from_environ({"REHEARSAL_SHARD": value})
    assert str(raised.value) == (
        f"REHEARSAL_SHARD is {value!r}. Allowed: 1/N to N/N, like 1/4 for the first of four "
        "parts. Without it, all tests run."
    )
