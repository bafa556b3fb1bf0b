import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from rehearsal.results.json_decoder import decode, loads
from rehearsal.results.json_encoder import DocumentTooLargeError, Limits, dumps, encode
from rehearsal.results.json_fields import MAX_NUMBER

from .drawing import SCHEMA, SMALL, WHOLE, Drawing, Point
from .recorded import recorded

VALIDATOR = Draft202012Validator(SCHEMA)


def test_encode__keys_come_from_names_and_only_described_fields_are_written() -> None:
    assert {
        "name": WHOLE.title,
        "line-width": 9,
        "closed": True,
        "colour": "blue",
        "points": [{"x": 0}, {"x": 1.5}],
        "middle": {"x": 0.25},
        "weight": 2.0,
        "part": "1/2",
        "tags": ["a", ""],
        "sizes": {"a": 1},
        "note": "",
    } == encode(WHOLE)


def test_encode__what_is_empty_is_null_where_the_field_says_so() -> None:
    found = encode(SMALL)
    assert (found["part"], found["tags"], found["points"]) == (None, None, [])


def test_encode__rounds_to_the_digits_of_the_field() -> None:
    assert encode(Point(x=1.23456)) == {"x": 1.235}


@given(drawing=recorded(Drawing, wild=True))
def test_dumps__whatever_a_field_holds_is_read_back(drawing: Drawing) -> None:
    text = dumps(drawing)
    VALIDATOR.validate(json.loads(text))
    found = decode(Drawing, loads(text))
    assert dumps(found) == text


@pytest.mark.parametrize(
    "name, value, written",
    [
        pytest.param("line_width", 0, 1, id="less than the minimum"),
        pytest.param("line_width", 10**30, 9, id="more than the maximum"),
        pytest.param("weight", -1.5, 0, id="negative"),
        pytest.param("weight", math.inf, MAX_NUMBER, id="infinity"),
        pytest.param("weight", math.nan, None, id="no number"),
        pytest.param("points", (Point(x=math.nan),), [{"x": 0}], id="no number, not null"),
        pytest.param("points", (Point(x=math.inf),), [{"x": MAX_NUMBER}], id="rounded infinity"),
        pytest.param("title", "a\ud83d\x00\ude00", "a\ufffd\x00\ufffd", id="surrogates"),
        pytest.param("sizes", {"\udcff": 1 << 53}, {"\ufffd": MAX_NUMBER}, id="dictionary"),
    ],
)
def test_encode__writes_the_nearest_that_can_be_read(name: str, value: Any, written: Any) -> None:
    changed: Any = {name: value}
    found = encode(replace(SMALL, **changed))
    assert found["name" if name == "title" else name.replace("_", "-")] == written
    assert encode(decode(Drawing, found)) == found


def test_encode__limits_texts_and_lists() -> None:
    limits = Limits(text=60, lines=3, entries=1)
    drawing = replace(WHOLE, title="x" * 100, tags=tuple("abcde"), note="y" * 61)
    found = encode(drawing, limits)
    assert found["name"] == f"{'x' * 11} … 78 characters are left out here … {'x' * 11}"
    assert found["tags"] == ["a", "… 3 lines are left out here …", "e"]
    assert found["points"] == [{"x": 0}]
    assert found["note"] == ""
    assert encode(drawing, Limits(text=200))["note"] == drawing.note


def test_dumps__refuses_a_document_that_is_too_large() -> None:
    size = len(dumps(WHOLE).encode())
    assert dumps(WHOLE, limits=Limits(size=size))
    for smaller in (size - 1, 5):
        with pytest.raises(DocumentTooLargeError):
            dumps(WHOLE, limits=Limits(size=smaller))
