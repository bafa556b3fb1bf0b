import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from rehearsal.results.json_decoder import InvalidDocumentError, decode, loads
from rehearsal.results.json_encoder import dumps, encode
from rehearsal.results.json_fields import MAX_TEXT

from .drawing import SCHEMA, SMALL, WHOLE, Drawing
from .recorded import recorded

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
)
DOCUMENT: dict[str, Any] = encode(WHOLE)
VALIDATOR = Draft202012Validator(SCHEMA)


@given(drawing=recorded(Drawing))
def test_decode__returns_what_was_written(drawing: Drawing) -> None:
    text = dumps(drawing)
    assert decode(Drawing, loads(text)) == drawing
    VALIDATOR.validate(json.loads(text))


@given(key=st.sampled_from(sorted(DOCUMENT)), value=ANYTHING)
def test_decode__what_it_accepts_is_written_as_the_schema_says(key: str, value: Any) -> None:
    with suppress(InvalidDocumentError):
        found = decode(Drawing, DOCUMENT | {key: value})
        VALIDATOR.validate(json.loads(dumps(found)))


@given(value=ANYTHING)
def test_decode__raises_only_one_kind_of_error(value: Any) -> None:
    with suppress(InvalidDocumentError):
        decode(Drawing, value)


def test_decode__a_missing_key_leaves_the_default_and_an_unknown_key_is_ignored() -> None:
    whole = encode(SMALL)
    few = {key: whole[key] for key in ("name", "line-width", "closed", "colour")}
    assert decode(Drawing, few | {"later": [1]}) == SMALL


@pytest.mark.parametrize(
    "key, value, message",
    [
        pytest.param("name", 3, "top.name is not a text", id="text"),
        pytest.param("name", None, "top.name is not a text", id="null"),
        pytest.param("name", "x" * (MAX_TEXT + 1), "a text of at most 20000 characters", id="long"),
        pytest.param("line-width", True, "top.line-width is not a count", id="bool"),
        pytest.param("line-width", 1.0, "top.line-width is not a count", id="float"),
        pytest.param("line-width", -1, "top.line-width is not a count", id="negative"),
        pytest.param("line-width", 1 << 53, "top.line-width is not a count", id="too large"),
        pytest.param("line-width", 0, "top.line-width is less than 1", id="minimum"),
        pytest.param("line-width", 10, "top.line-width is more than 9", id="maximum"),
        pytest.param("closed", 1, "top.closed is not true or false", id="truth"),
        pytest.param("colour", "x" * 99, f"top.colour is '{'x' * 40}', which", id="enum"),
        pytest.param("colour", [], "top.colour is not a text", id="enum's type"),
        pytest.param("points", {}, "top.points is not a list", id="list"),
        pytest.param("points", None, "top.points is not a list", id="no list"),
        pytest.param("points", [{"x": 1}, 3], "top.points[1] is not an object", id="object"),
        pytest.param("points", [{"x": 1}, {}], "top.points[1].x is not a number", id="missing"),
        pytest.param("middle", {"x": "1"}, "top.middle.x is not a number", id="within"),
        pytest.param("weight", float("nan"), "top.weight is not a number", id="not a number"),
        pytest.param("weight", 1e300, "top.weight is not a number", id="infinite"),
        pytest.param("part", "1/2\n", "top.part is '1/2\\n', not like", id="pattern"),
        pytest.param("tags", ["a", 3], "top.tags[1] is not a text", id="list of texts"),
        pytest.param("sizes", {"a": -1}, "top.sizes.a is not a count", id="dictionary"),
        pytest.param("sizes", {"\ud800": 1}, "top.sizes has invalid Unicode", id="key"),
        pytest.param("sizes", {"x" * (MAX_TEXT + 1): 1}, "a text of at most", id="long key"),
        pytest.param("name", "a\udc80", "top.name has invalid Unicode", id="half a character"),
    ],
)
def test_decode__says_where_something_is_wrong(key: str, value: object, message: str) -> None:
    with pytest.raises(InvalidDocumentError) as raised:
        decode(Drawing, DOCUMENT | {key: value}, "top")
    assert message in str(raised.value)


@pytest.mark.parametrize("value", [None, [], "a", 3], ids=repr)
def test_decode__a_document_is_an_object(value: object) -> None:
    with pytest.raises(InvalidDocumentError, match="it is not an object"):
        decode(Drawing, value)


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"a": NaN}', '{"a": -Infinity}', "[" * 100_000, "{}x"],
    ids=lambda text: text[:12] or "empty",
)
def test_loads__refuses_what_is_not_json(text: str) -> None:
    with pytest.raises(InvalidDocumentError, match="it is not JSON"):
        loads(text)
