"""The values of expressions: how GitHub converts and compares them."""

import json
import math
import re
from collections.abc import Mapping
from typing import Protocol, TypeAlias, runtime_checkable

from rehearsal.regex import regex

DECIMAL = regex(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)
HEX_OR_OCTAL = regex(r"0(x[0-9a-fA-F]+|o[0-7]+)\Z")


class ExpressionError(Exception):
    """An expression is wrong, or cannot be evaluated on a laptop; the text says why."""


class UnknownValueError(ExpressionError):
    """The expression needs a value that is not known on this machine.

    `path` names the value, like `secrets.KEY`. `optional` is true where GitHub, too, may have no
    such value: there it counts as empty.
    """

    def __init__(self, path: str, *, optional: bool) -> None:
        super().__init__(f"{path} has no value here")
        self.path = path
        self.optional = optional


@runtime_checkable
class ExpressionContext(Protocol):
    """A context of an expression, like `secrets`: its items can be read, but not all of it."""

    def get(self, name: str) -> "Value":
        """Return the item of that name."""

    def unknown_error(self) -> UnknownValueError:
        """Return the error to raise where the whole context is needed as a value."""


Scalar: TypeAlias = bool | float | str | None
Value: TypeAlias = Scalar | list["Value"] | dict[str, "Value"] | ExpressionContext
# By their names in lower case.
Contexts: TypeAlias = Mapping[str, ExpressionContext]


class FilteredArray(list[Value]):
    """The result of the object filter `.*`: an index applies to each of its items."""


def get_item(value: Value, key: Value) -> Value:
    """Return `value[key]`, or null if there is no such item."""
    if isinstance(value, ExpressionContext):
        return value.get(as_text(key))
    if isinstance(value, FilteredArray):
        found = (get_item(item, key) for item in value)
        return FilteredArray(item for item in found if item is not None)
    if isinstance(value, dict):
        return _get_ignoring_case(value, as_text(key))
    if isinstance(value, list):
        number = as_number(key)
        # NaN compares as false with everything, so it gives null, too.
        return value[int(number)] if 0 <= number < len(value) else None
    return None


def get_all_items(value: Value) -> Value:
    """Return `value.*`: all items of a list or a mapping."""
    if isinstance(value, ExpressionContext):
        raise value.unknown_error()
    if isinstance(value, FilteredArray):
        return FilteredArray(inner for item in value for inner in _items(item))
    return FilteredArray(_items(value))


def require_known(value: Value) -> Value:
    """Return the value. Raises `UnknownValueError` if it is not known on this machine."""
    if isinstance(value, ExpressionContext):
        raise value.unknown_error()
    return value


def is_truthy(value: Value) -> bool:
    """Whether a value counts as true: all do except false, 0, NaN, '' and null."""
    value = require_known(value)
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return isinstance(value, list | dict) or bool(value)


def as_number(value: Value) -> float:
    """Return the number that a value is compared as, NaN if it does not look like a number."""
    value = require_known(value)
    if value is None:
        return 0.0
    if isinstance(value, bool | float):
        return float(value)
    return parse_number(value) if isinstance(value, str) else math.nan


def parse_number(text: str) -> float:
    """Return the number in a text: 0 if the text is empty, NaN if it is not a number."""
    text = text.strip()
    if not text:
        return 0.0
    if HEX_OR_OCTAL.match(text):
        return float(int(text, 0))
    if DECIMAL.match(text):
        return float(text)
    return {"Infinity": math.inf, "-Infinity": -math.inf}.get(text, math.nan)


def as_text(value: Value) -> str:
    """Return the text that GitHub inserts for a value."""
    value = require_known(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format_number(value)
    if isinstance(value, str):
        return value
    return "Array" if isinstance(value, list) else "Object"


def format_number(number: float) -> str:
    """Write a number as GitHub does: 15 significant digits, no `.0`."""
    if math.isnan(number) or math.isinf(number):
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    return f"{number:.15G}" if number else "0"


def is_equal(left: Value, right: Value) -> bool:
    """Whether two values are equal: texts in any case, values of different types as numbers."""
    left, right = require_known(left), require_known(right)
    if isinstance(left, str) and isinstance(right, str):
        return left.upper() == right.upper()
    if isinstance(left, list | dict) or isinstance(right, list | dict):
        return left is right
    return as_number(left) == as_number(right)


def is_less(left: Value, right: Value) -> bool:
    """Whether the left value is less than the right one: texts in any case, others as numbers."""
    left, right = require_known(left), require_known(right)
    if isinstance(left, str) and isinstance(right, str):
        return left.upper() < right.upper()
    return as_number(left) < as_number(right)


def as_json(value: Value) -> str:
    """Return the value as JSON, indented as GitHub does."""
    return json.dumps(_for_json(value), indent=2, ensure_ascii=False)


def from_json(text: str) -> Value:
    """Parse JSON. Raises `ExpressionError`."""
    try:
        # Numbers in expressions are floats. Python also accepts NaN, which JSON does not have.
        found: Value = json.loads(text, parse_int=float)
    except (ValueError, RecursionError):
        raise ExpressionError("fromJSON was given a text that is not valid JSON") from None
    return found


def _for_json(value: Value) -> object:
    value = require_known(value)
    if isinstance(value, list):
        return [_for_json(item) for item in value]
    if isinstance(value, dict):
        return {name: _for_json(item) for name, item in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _get_ignoring_case(value: dict[str, Value], name: str) -> Value:
    if name in value:
        return value[name]
    return next((found for key, found in value.items() if key.upper() == name.upper()), None)


def _items(value: Value) -> list[Value]:
    value = require_known(value)
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list) else []
