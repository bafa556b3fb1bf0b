from bench.check import compare
from bench.measure import Row, Spread


def a_row(ours: list[float], theirs: list[float], **changes: object) -> Row:
    fields = {"id": "x", "title": "X", "unit": "s", "group": "probe"}
    values = {"ours": ours, "theirs": theirs}
    return Row(**{**fields, "values": values, **changes})  # type: ignore[arg-type]


BEFORE = a_row([1.0, 1.1, 1.2], [2.0, 2.0, 2.0])


def told(before: Row, *after: Row) -> tuple[list[str], list[str]]:
    found = list(compare([before], after))
    worse = [str(each) for each in found if each.is_worse]
    return worse, [str(each) for each in found if each.is_better]


def test_compare__worse_by_more_than_a_fifth_and_the_spreads() -> None:
    after = a_row([1.5, 1.6, 1.7], [2.0, 2.0, 2.0])
    sentence = "x: 0.8 (0.75 to 0.85) of theirs; it was 0.55 (0.5 to 0.6): 45 % worse."
    assert told(BEFORE, after) == ([sentence], [])
    better = "x: 0.55 (0.5 to 0.6) of theirs; it was 0.8 (0.75 to 0.85): 31 % better."
    assert told(after, BEFORE) == ([], [better])


def test_compare__within_a_fifth() -> None:
    steady = a_row([1.0], [1.0])
    assert told(steady, a_row([1.19], [1.0])) == ([], [])
    assert told(steady, a_row([1.21], [1.0]))[0]


def test_compare__not_more_than_both_runs_vary() -> None:
    assert told(BEFORE, a_row([1.3, 1.6, 1.9], [2.0, 2.0, 2.0])) == ([], [])


def test_compare__where_more_is_better() -> None:
    before = a_row([10.0], [5.0], more_is_better=True)
    worse, better = told(before, a_row([5.0], [5.0], more_is_better=True))
    assert worse == ["x: 1 (1 to 1) of theirs; it was 0.5 (0.5 to 0.5): 100 % worse."]
    assert not better


def test_compare__a_slower_machine_is_not_worse() -> None:
    assert told(BEFORE, a_row([3.0, 3.3, 3.6], [6.0, 6.0, 6.0])) == ([], [])


def test_compare__a_ratio_that_is_gone_and_a_group_that_was_not_measured() -> None:
    gone = a_row([1.0], [], failures={"theirs": "not ready within 8 s"})
    sentence = "x: the ratio to theirs was not measured."
    assert told(BEFORE, gone) == ([sentence], [])
    assert told(BEFORE, a_row([1.0], [1.0], id="y")) == ([sentence], [])
    assert told(BEFORE, a_row([9.0], [1.0], id="y", group="helper")) == ([], [])
    assert told(BEFORE) == ([], [])


def test_compare__nothing_was_measurable() -> None:
    assert told(a_row([0.0], [1.0]), BEFORE) == ([], [])
    assert told(BEFORE, a_row([0.0], [1.0]))[0] == []


def test_spread__inverted() -> None:
    assert Spread.of([1.0, 2.0, 4.0]).inverted() == Spread.of([1.0, 0.5, 0.25])
