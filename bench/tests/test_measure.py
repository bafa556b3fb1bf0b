from collections.abc import Iterator

import pytest

from bench.measure import Contender, Row, Spread, in_turns, row
from bench.programs import BenchError, number_in


def counting(name: str, calls: list[str], *answers: float | str) -> Contender:
    results: Iterator[float | str] = iter(answers)

    def run(_: int) -> float | str:
        calls.append(name)
        return next(results)

    return Contender(name=name, run=run)


def test_in_turns__each_round_begins_with_another_contender() -> None:
    calls: list[str] = []
    contenders = [counting("a", calls, 1.0, 2.0), counting("b", calls, 3.0, 4.0)]
    assert in_turns(contenders, 0) == ({"a": [1.0, 2.0], "b": [3.0, 4.0]}, {})
    assert calls == ["a", "b", "b", "a"]


def test_in_turns__who_cannot_do_the_work_has_a_reason_and_no_number() -> None:
    calls: list[str] = []
    contenders = [counting("a", calls, 1.0, 2.0, 3.0), counting("b", calls, 1.0, "too early")]
    values, failures = in_turns(contenders, 60, most=3)
    assert (values, failures) == ({"a": [1.0, 2.0, 3.0], "b": []}, {"b": "too early"})
    assert calls.count("b") == 2


@pytest.mark.parametrize(
    "seconds, rounds",
    [(0, 2), (29, 2), (30, 3), (49, 4), (1000, 6)],
    ids=["no time", "two", "a third ends in time", "a fifth would not", "most"],
)
def test_in_turns__as_many_rounds_as_there_is_time_for(seconds: float, rounds: int) -> None:
    now = 0.0

    def run(number: int) -> float:
        nonlocal now
        now += 10
        return float(number)

    values, _ = in_turns([Contender(name="a", run=run)], seconds, most=6, clock=lambda: now)
    assert values == {"a": [float(number) for number in range(rounds)]}


def test_in_turns__the_one_that_takes_long_is_in_the_first_rounds_only() -> None:
    contenders = [Contender(name="a", run=float), Contender(name="b", run=float, rounds=2)]
    values, _ = in_turns(contenders, 60, most=4)
    assert values == {"a": [0.0, 1.0, 2.0, 3.0], "b": [0.0, 1.0]}
    made = Row(id="x", title="X", unit="s", values={"a": [1.0, 2.0, 9.0], "b": [1.0, 1.0]})
    assert made.ratios("b") == Spread(least=1.0, median=1.5, most=2.0)


def made(**changes: object) -> Row:
    values = {"ours": [1.0, 2.0, 4.0], "theirs": [2.0, 4.0, 16.0], "none": []}
    fields = {"id": "x", "title": "X", "unit": "s", "failures": {"none": "too early"}}
    return Row(**{**fields, "values": values, **changes})  # type: ignore[arg-type]


def test_row__rounds_are_fewer_where_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setenv("BENCH_ROUNDS", "1")
    made = row("x", "X", "s", [counting("a", calls, 1.0, 2.0)], 60)
    assert made.values == {"a": [1.0]}
    monkeypatch.setenv("BENCH_ROUNDS", "2")
    assert row("x", "X", "s", [counting("a", calls, 1.0, 2.0)], 60).values == {"a": [1.0, 2.0]}


def test_ratios__round_by_round() -> None:
    values = {"ours": [1.0, 2.0, 4.0], "theirs": [2.0, 4.0, 16.0], "none": [], "nothing": [0.0]}
    made = Row(id="x", title="X", unit="s", values=values)
    assert made.ratios("theirs") == Spread(least=0.25, median=0.5, most=0.5)
    assert made.ratios("none") is None
    assert made.ratios("nothing") is None


def test_number_in__says_what_it_has_not_found() -> None:
    assert number_in(r"took ([0-9.,]+) s", "took 1,234.5 s") == 1234.5
    with pytest.raises(BenchError, match="'took' is not in"):
        number_in("took", "nothing")
