"""JSON to dataclasses; `json_fields` chooses their fields and the keys."""

import json
import re
from collections.abc import Mapping
from enum import Enum, EnumType
from functools import cache
from typing import Any, TypeVar

from rehearsal.results.json_fields import (
    MAX_NUMBER,
    MAX_TEXT,
    SURROGATE,
    Hint,
    fields_of,
    parse_hint,
)

EXPECTED = {str: "a text", int: "a count", float: "a number", bool: "true or false"}

T = TypeVar("T")


class InvalidDocumentError(ValueError):
    """The document is not what it should be; the message says where, and quotes little of it."""


def loads(text: str) -> Any:
    """Return what a JSON text holds. Raises `InvalidDocumentError`, for NaN and Infinity too."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    # RecursionError: more brackets than Python's own stack holds.
    except (ValueError, RecursionError) as error:
        raise InvalidDocumentError("it is not JSON") from error


def decode(kind: type[T], value: Any, place: str = "") -> T:
    """Return as `kind` what `loads` returned; `place` is where it stands in the document.

    A key that is not known is ignored, and for one that is missing the field's default is taken.
    Raises `InvalidDocumentError` when something is wrong.
    """
    annotation: Any = kind
    decoded: T = _decode(parse_hint(annotation), value, place)
    return decoded


def _decode(hint: Hint, value: Any, place: str) -> Any:
    if value is None and hint.nullable:
        return (hint.container or hint.kind)() if hint.json.null_if_empty else None
    if hint.container is tuple:
        listed = _expect(list, value, place, "a list")
        if len(listed) > hint.json.keywords.get("maxItems", len(listed)):
            raise InvalidDocumentError(f"{place} has {len(listed):,} entries, which are too many")
        item = parse_hint(hint.item)
        return tuple(
            _decode(item, each, f"{place}[{number}]") for number, each in enumerate(listed)
        )
    if hint.container is dict:
        entries = _expect(dict, value, place, "an object").items()
        item = parse_hint(hint.item)
        return {
            _decode_scalar(str, key, place): _decode(item, each, _join(place, key))
            for key, each in entries
        }
    if hint.is_object:
        return _decode_object(hint.kind, _expect(dict, value, place, "an object"), place)
    if isinstance(hint.kind, EnumType):
        return _decode_enum(hint.kind, _decode_scalar(str, value, place), place)
    found = _decode_scalar(hint.kind, value, place)
    if hint.json.keywords:
        _check(hint.json.keywords, found, place)
    return found


def _decode_object(kind: Any, content: Mapping[str, Any], place: str) -> Any:
    return kind(
        **{
            each.name: _decode(each.hint, content.get(each.key), _join(place, each.key))
            for each in fields_of(kind)
            if each.key in content or not each.optional
        }
    )


def _decode_enum(kind: Any, word: str, place: str) -> Any:
    found = _members(kind).get(word)
    if found is None:
        raise InvalidDocumentError(f"{place} is {word[:40]!r}, which is not known")
    return found


@cache
def _members(kind: type[Enum]) -> dict[str, Enum]:
    return {str(member): member for member in kind}


def _decode_scalar(kind: Any, value: Any, place: str) -> Any:
    # `type`, because for `isinstance` a bool is an int.
    fits = type(value) is kind or (kind is float and type(value) is int)
    # This comparison is false for NaN and infinity, too.
    if not fits or (kind in {int, float} and not 0 <= value <= MAX_NUMBER):
        raise InvalidDocumentError(f"{place or 'it'} is not {EXPECTED[kind]}")
    if kind is str and len(value) > MAX_TEXT:
        raise InvalidDocumentError(f"{place} is not a text of at most {MAX_TEXT} characters")
    # JSON can escape what no file, no name of a file and no digest can hold.
    if kind is str and SURROGATE.search(value):
        raise InvalidDocumentError(f"{place} has invalid Unicode")
    return kind(value)


def _check(keywords: Mapping[str, Any], value: Any, place: str) -> None:
    if "minimum" in keywords and value < keywords["minimum"]:
        raise InvalidDocumentError(f"{place} is less than {keywords['minimum']}")
    if "maximum" in keywords and value > keywords["maximum"]:
        raise InvalidDocumentError(f"{place} is more than {keywords['maximum']}")
    if "enum" in keywords and value not in keywords["enum"]:
        raise InvalidDocumentError(f"{place} is {value[:40]!r}, which is not known")
    # `fullmatch`, because `$` also matches before a line feed at the end.
    if "pattern" in keywords and not re.fullmatch(keywords["pattern"], value):
        raise InvalidDocumentError(f"{place} is {value[:40]!r}, not like {keywords['pattern']}")


def _expect(kind: type[T], value: Any, place: str, expected: str) -> T:
    if not isinstance(value, kind):
        raise InvalidDocumentError(f"{place or 'it'} is not {expected}")
    return value


def _join(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
