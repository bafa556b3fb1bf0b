from collections.abc import Iterator

import pytest

from bench.check import ratios, worsened
from bench.measure import Contender, Row, in_turns
from bench.programs import BenchError, number_in
from bench.table import digits, markdown


def counting(name: str, calls: list[str], *answers: float | str) -> Contender:
    results: Iterator[float | str] = iter(answers)

    def run(_: int) -> float | str:
        calls.append(name)
        return next(results)

    return Contender(name=name, run=run)


def test_in_turns__each_round_begins_with_another_contender() -> None:
    calls: list[str] = []
    contenders = [counting("a", calls, 1.0, 2.0), counting("b", calls, 3.0, 4.0)]
    assert in_turns(contenders, 2) == ({"a": [1.0, 2.0], "b": [3.0, 4.0]}, {})
    assert calls == ["a", "b", "b", "a"]


def test_in_turns__who_cannot_do_the_work_has_a_reason_and_no_number() -> None:
    calls: list[str] = []
    contenders = [counting("a", calls, 1.0, 2.0, 3.0), counting("b", calls, 1.0, "too early")]
    values, failures = in_turns(contenders, 3)
    assert (values, failures) == ({"a": [1.0, 2.0, 3.0], "b": []}, {"b": "too early"})
    assert calls.count("b") == 2


def made(**changes: object) -> Row:
    values = {"ours": [1.0, 2.0, 4.0], "theirs": [2.0, 4.0, 16.0], "none": []}
    fields = {"id": "x", "title": "X", "unit": "s", "failures": {"none": "too early"}}
    return Row(**{**fields, "values": values, **changes})  # type: ignore[arg-type]


def test_ratio__round_by_round() -> None:
    assert made().ratio("theirs") == 0.5
    assert made().ratio("none") is None


def test_markdown__numbers_reasons_and_the_machine() -> None:
    text = markdown([made(goal="1 s")], {"processor": "2 x Y"})
    assert "| **X** (goal: 1 s) | ours | 2 s | 1 to 4 |  |" in text
    assert "|  | theirs | 4 s | 2 to 16 | 0.50 |" in text
    assert "|  | none | too early | |  |" in text
    assert "- processor: 2 x Y" in text


@pytest.mark.parametrize(
    "value, shown", [(0.0123, "0.012"), (0.5, "0.5"), (12.345, "12.3"), (1234.5, "1234")]
)
def test_digits(value: float, shown: str) -> None:
    assert digits(value) == shown


def test_worsened__names_what_is_worse_by_more_than_a_fifth() -> None:
    before = {"x": {"a": 0.5, "b": 0.5, "gone": 1.0}, "not run": {"a": 1.0}}
    assert list(worsened(before, {"x": {"a": 0.59, "b": 0.61}})) == [
        "x: 0.61 of b; it was 0.50 (22 % worse).",
        "x: gone was not measured.",
    ]


def test_ratios__less_is_better_whatever_the_unit() -> None:
    assert ratios([made()]) == {"x": {"theirs": 0.5}}
    assert ratios([made(more_is_better=True)]) == {"x": {"theirs": 2.0}}


def test_number_in__says_what_it_has_not_found() -> None:
    assert number_in(r"took ([0-9.,]+) s", "took 1,234.5 s") == 1234.5
    with pytest.raises(BenchError, match="'took' is not in"):
        number_in("took", "nothing")
