"""The functions that GitHub documents, those that need no runner."""

import re
from collections.abc import Callable, Sequence

from rehearsal.local.expressions.values import (
    ExpressionError,
    Value,
    as_json,
    as_text,
    equal,
    from_json,
    known,
)

PLACE = re.compile(r"\{\{|\}\}|\{(\d+)\}|[{}]")


def call(name: str, arguments: Sequence[Value]) -> Value:
    """Return what a function gives. Raises `ExpressionError`."""
    function, least, most = _find(name)
    if not least <= len(arguments) <= most:
        raise ExpressionError(f"{name} does not take {len(arguments)} arguments")
    return function(*arguments)


def _find(name: str) -> tuple[Callable[..., Value], int, int]:
    found = _FUNCTIONS.get(name.lower())
    if found:
        return found
    if name.lower() == "hashfiles":
        raise ExpressionError("hashFiles is worked out on GitHub's runner alone")
    raise ExpressionError(f"there is no function {name} here")


def _contains(where: Value, what: Value) -> Value:
    where = known(where)
    if isinstance(where, list):
        return any(equal(item, what) for item in where)
    if isinstance(where, dict):
        return False
    return as_text(what).upper() in as_text(where).upper()


def _starts_with(text: Value, start: Value) -> Value:
    return as_text(text).upper().startswith(as_text(start).upper())


def _ends_with(text: Value, end: Value) -> Value:
    return as_text(text).upper().endswith(as_text(end).upper())


def _format(text: Value, *values: Value) -> Value:
    def put(place: re.Match[str]) -> str:
        if place[0] in ("{{", "}}"):
            return place[0][0]
        if not place[1] or int(place[1]) >= len(values):
            raise ExpressionError(f"format has nothing for {place[0]!r} (a brace is written twice)")
        return as_text(values[int(place[1])])

    return PLACE.sub(put, as_text(text))


def _join(items: Value, separator: Value = ",") -> Value:
    items = known(items)
    return as_text(separator).join(map(as_text, items if isinstance(items, list) else [items]))


# Name, what does it, and how many arguments it takes at least and at most.
_FUNCTIONS: dict[str, tuple[Callable[..., Value], int, int]] = {
    "contains": (_contains, 2, 2),
    "startswith": (_starts_with, 2, 2),
    "endswith": (_ends_with, 2, 2),
    "format": (_format, 1, 255),
    "join": (_join, 1, 2),
    "tojson": (as_json, 1, 1),
    "fromjson": (lambda text: from_json(as_text(text)), 1, 1),
}
