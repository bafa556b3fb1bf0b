from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_testing import RehearsalSettingsError
from rehearsal_testing.shard import Division, Shard

NAMES = st.sets(st.text(), max_size=60)
SECONDS = st.floats(min_value=0, max_value=1e6)
RECORDED = st.dictionaries(st.text(), SECONDS, max_size=60)
COUNTS = st.integers(min_value=1, max_value=12)


@given(NAMES, NAMES, RECORDED, COUNTS, st.randoms())
def test_division__holds_each_test_once_whatever_else_a_shard_has(
    tests: set[str], stray: set[str], seconds: dict[str, float], count: int, random: Random
) -> None:
    # Tests with and without a record, and those that exist in one shard alone.
    tests |= set(random.sample(sorted(seconds), len(seconds) // 2))
    ran: list[str] = []
    for number in range(1, count + 1):
        order = sorted(tests | {each for each in stray if random.random() < 1 / count})
        random.shuffle(order)
        records = list(seconds.items())
        random.shuffle(records)
        division = Division.of(dict(records), count)
        ran += [each for each in order if division.number_of(each) == number and each in tests]
    assert sorted(ran) == sorted(tests)


@given(st.dictionaries(st.text(), SECONDS, min_size=1, max_size=60), COUNTS)
def test_division__is_as_even_as_the_longest_recorded_test_allows(
    seconds: dict[str, float], count: int
) -> None:
    division = Division.of(seconds, count)
    loads = dict.fromkeys(range(1, count + 1), 0.0)
    for name, took in seconds.items():
        loads[division.number_of(name)] += took
    difference = max(loads.values()) - min(loads.values())
    assert difference <= max(seconds.values()) * (1 + 1e-9)


def test_division__tests_that_take_no_time_do_not_all_go_to_one() -> None:
    division = Division.of(dict.fromkeys("abcd", 0.0), 4)
    assert {division.number_of(name) for name in "abcd"} == {1, 2, 3, 4}


@pytest.mark.parametrize("seconds", [{}, {"a": 3.0, "b": 1.0, "c": 1.0}], ids=["none", "some"])
def test_division__an_unknown_test_goes_by_its_name_alone(seconds: dict[str, float]) -> None:
    division = Division.of(seconds, 4)
    names = [f"pages.Home.test_{number}" for number in range(8)]
    assert [division.number_of(name) for name in names] == [4, 2, 4, 3, 4, 2, 4, 4]


def test_division__without_records_shares_many_tests_out_to_all() -> None:
    division = Division.of({}, 4)
    numbers = [division.number_of(f"pages.Home.test_{number}") for number in range(400)]
    assert all(70 < numbers.count(number) < 130 for number in (1, 2, 3, 4))


def test_division__goes_by_the_first_name_that_is_recorded() -> None:
    division = Division.of({"own": 5.0, "alias": 3.0}, 2)
    assert (division.number_of("own"), division.number_of("alias")) == (1, 2)
    assert division.number_of("own", "alias") == 1
    for name in ("a", "b", "c"):
        assert division.number_of(name, "alias") == 2
        assert division.number_of(name, "other") == division.number_of(name)


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
