"""The values of expressions, and how GitHub turns one kind into another and compares them."""

import json
import math
import re
from typing import Protocol, TypeAlias, runtime_checkable

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)
BASED = re.compile(r"0(x[0-9a-fA-F]+|o[0-7]+)\Z")


class ExpressionError(Exception):
    """An expression is wrong, or cannot be worked out here; the text says what is."""


class Unknown(ExpressionError):  # noqa: N818  (no fault in the expression: a value is missing)
    """A value that only GitHub knows is needed; `path` names it.

    `optional` says that it may well be unset on GitHub, too, where that reads as empty.
    """

    def __init__(self, path: str, *, optional: bool) -> None:
        super().__init__(f"{path} has no value here")
        self.path = path
        self.optional = optional


@runtime_checkable
class Context(Protocol):
    """What a name like `secrets` stands for: asked for its parts, never used as a whole."""

    def get(self, name: str) -> "Value":
        """Return the part of that name."""

    def unknown(self) -> Unknown:
        """Return the error of a use as a whole."""


Plain: TypeAlias = bool | float | str | None
Value: TypeAlias = Plain | list["Value"] | dict[str, "Value"] | Context


class Filtered(list[Value]):
    """What `.*` gives: a further part is taken from each item."""


def part_of(value: Value, key: Value) -> Value:
    """Return `value[key]`, null where there is no such part."""
    if isinstance(value, Context):
        return value.get(as_text(key))
    if isinstance(value, Filtered):
        found = (part_of(item, key) for item in value)
        return Filtered(part for part in found if part is not None)
    if isinstance(value, dict):
        return _named(value, as_text(key))
    if isinstance(value, list):
        number = as_number(key)
        # A comparison with NaN is false, too.
        return value[int(number)] if 0 <= number < len(value) else None
    return None


def parts_of(value: Value) -> Value:
    """Return all parts, as `.*` does."""
    if isinstance(value, Context):
        raise value.unknown()
    if isinstance(value, Filtered):
        return Filtered(part for item in value for part in _parts(item))
    return Filtered(_parts(value))


def known(value: Value) -> Value:
    """Return the value. Raises `Unknown` for one that is not known here."""
    if isinstance(value, Context):
        raise value.unknown()
    return value


def is_true(value: Value) -> bool:
    """Whether a condition holds: false, 0, NaN, '' and null are false, all else is true."""
    value = known(value)
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return isinstance(value, list | dict) or bool(value)


def as_number(value: Value) -> float:
    """Return what a value counts as beside another kind; NaN when it is no number."""
    value = known(value)
    if value is None:
        return 0.0
    if isinstance(value, bool | float):
        return float(value)
    return read_number(value) if isinstance(value, str) else math.nan


def read_number(text: str) -> float:
    """Return the number that a text spells, NaN if it spells none; nothing is 0."""
    text = text.strip()
    if not text:
        return 0.0
    if BASED.match(text):
        return float(int(text, 0))
    if NUMBER.match(text):
        return float(text)
    return {"Infinity": math.inf, "-Infinity": -math.inf}.get(text, math.nan)


def as_text(value: Value) -> str:
    """Return what stands in a text for a value."""
    value = known(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, str):
        return value
    return "Array" if isinstance(value, list) else "Object"


def number_text(number: float) -> str:
    """Spell a number as GitHub does: 15 significant digits, no `.0`."""
    if math.isnan(number) or math.isinf(number):
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    return f"{number:.15G}" if number else "0"


def equal(left: Value, right: Value) -> bool:
    """Whether two values are equal; texts are without regard to case, kinds may differ."""
    left, right = known(left), known(right)
    if isinstance(left, str) and isinstance(right, str):
        return left.upper() == right.upper()
    if isinstance(left, list | dict) or isinstance(right, list | dict):
        return left is right
    return as_number(left) == as_number(right)


def less(left: Value, right: Value) -> bool:
    """Whether one value is smaller than the other."""
    left, right = known(left), known(right)
    if isinstance(left, str) and isinstance(right, str):
        return left.upper() < right.upper()
    return as_number(left) < as_number(right)


def as_json(value: Value) -> str:
    """Return the value as JSON, laid out as GitHub does."""
    return json.dumps(_plain(value), indent=2, ensure_ascii=False)


def from_json(text: str) -> Value:
    """Return the value that JSON spells."""
    try:
        # A float is what every number is here; json reads NaN, which is no JSON, as one, too.
        found: Value = json.loads(text, parse_int=float)
    except (ValueError, RecursionError):
        raise ExpressionError("fromJSON was given a text that is no JSON") from None
    return found


def _plain(value: Value) -> object:
    value = known(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _named(value: dict[str, Value], name: str) -> Value:
    if name in value:
        return value[name]
    return next((found for key, found in value.items() if key.upper() == name.upper()), None)


def _parts(value: Value) -> list[Value]:
    value = known(value)
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list) else []
