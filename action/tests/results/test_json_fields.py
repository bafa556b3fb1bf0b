import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.results.json_fields import LONGEST, Fields, InvalidDocumentError

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
)


def fields(value: Any) -> Fields:
    return Fields({"a": value}, "top")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1]", '"a"', "null", '{"a": NaN}', '{"a": -Infinity}', "[" * 100_000, "{}x"],
    ids=lambda text: text[:12] or "empty",
)
def test_read__what_is_no_object(text: str) -> None:
    with pytest.raises(InvalidDocumentError):
        Fields.read(text)


@pytest.mark.parametrize(
    "ask, value", [
        (Fields.text, ""), (Fields.text, "word"), (Fields.count, 0), (Fields.count, 7),
        (Fields.number, 0.5), (Fields.number, 3), (Fields.flag, True), (Fields.flag, False),
    ],
)  # fmt: skip
def test_fields__are_what_they_hold(ask: Callable[[Fields, str], Any], value: Any) -> None:
    assert ask(fields(value), "a") == value


@pytest.mark.parametrize(
    "ask, expected, others",
    [
        (Fields.text, "a text", [1, True, [], {}, None]),
        (Fields.count, "a count", ["1", True, 1.0, -1, 1 << 53, [], {}, None]),
        (Fields.number, "a number", ["1", True, -0.1, 1e300, float("inf"), float("nan"), [], None]),
        (Fields.flag, "true or false", ["true", 1, 0, [], None]),
    ],
    ids=["text", "count", "number", "flag"],
)
def test_fields__refuse_every_other_type(
    ask: Callable[[Fields, str], Any], expected: str, others: list[Any]
) -> None:
    for other in others:
        with pytest.raises(InvalidDocumentError, match=rf"top\.a is not {expected}"):
            ask(fields(other), "a")


def test_text__has_a_bound() -> None:
    assert fields("x" * LONGEST).text("a")
    with pytest.raises(InvalidDocumentError, match="at most"):
        fields("x" * (LONGEST + 1)).text("a")


def test_fields__a_default_stands_for_what_is_missing() -> None:
    assert (fields(None).text("a", "d"), fields(None).count("b", 4)) == ("d", 4)
    assert fields(None).number("b", 0.5) == 0.5
    with pytest.raises(InvalidDocumentError):
        fields(3).text("a", "d")


def test_fields__lists_say_which_of_them_is_wrong() -> None:
    assert fields(["x", "y"]).texts("a") == ("x", "y")
    assert [each.count("n") for each in fields([{"n": 1}, {"n": 2}]).objects("a")] == [1, 2]
    assert (fields(None).texts("a"), list(fields(None).objects("a"))) == ((), [])
    with pytest.raises(InvalidDocumentError, match=r"top\.a\[1\] is not a text"):
        fields(["x", 3]).texts("a")
    with pytest.raises(InvalidDocumentError, match=r"top\.a\[1\]\.n is not a count"):
        [each.count("n") for each in fields([{"n": 1}, {"n": "2"}]).objects("a")]
    with pytest.raises(InvalidDocumentError, match=r"top\.a is not a list"):
        fields({}).texts("a")


def test_fields__an_object_within() -> None:
    assert fields({"n": 1}).within("a").count("n") == 1
    assert fields({"n": 1}).has("a")
    assert not fields(None).has("a")
    with pytest.raises(InvalidDocumentError, match=r"top\.a is not an object"):
        fields(None).within("a")


@given(value=ANYTHING)
def test_fields__whatever_is_asked_of_whatever_there_is_only_one_error_comes(value: Any) -> None:
    for ask in (Fields.text, Fields.count, Fields.number, Fields.flag, Fields.texts, Fields.within):
        try:
            ask(fields(value), "a")
        except InvalidDocumentError:
            continue


@given(value=st.dictionaries(st.text(), ANYTHING.filter(lambda each: each == each)))  # noqa: PLR0124
def test_read__holds_what_was_written(value: dict[str, Any]) -> None:
    try:
        text = json.dumps(value, allow_nan=False)
    except ValueError:
        return
    assert Fields.read(text).content == value
