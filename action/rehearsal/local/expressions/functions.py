"""The functions that GitHub documents for expressions, as far as they need no runner."""

import re
from collections.abc import Callable, Sequence

from rehearsal.local.expressions.values import (
    ExpressionError,
    Value,
    as_json,
    as_text,
    from_json,
    is_equal,
    require_known,
)
from rehearsal.regex import regex

PLACEHOLDER = regex(r"\{\{|\}\}|\{(\d+)\}|[{}]")


def call_function(name: str, arguments: Sequence[Value]) -> Value:
    """Call a function by its name, in any case. Raises `ExpressionError`."""
    found = _FUNCTIONS.get(name.lower())
    if not found:
        if name.lower() == "hashfiles":
            raise ExpressionError("hashFiles works on GitHub's runner only")
        raise ExpressionError(f"there is no function {name} here")
    function, fewest, most = found
    if not fewest <= len(arguments) <= most:
        raise ExpressionError(f"{name} does not take {len(arguments)} arguments")
    return function(*arguments)


def _contains(search: Value, item: Value) -> Value:
    search = require_known(search)
    if isinstance(search, list):
        return any(is_equal(each, item) for each in search)
    if isinstance(search, dict):
        return False
    return as_text(item).upper() in as_text(search).upper()


def _starts_with(text: Value, start: Value) -> Value:
    return as_text(text).upper().startswith(as_text(start).upper())


def _ends_with(text: Value, end: Value) -> Value:
    return as_text(text).upper().endswith(as_text(end).upper())


def _format(text: Value, *values: Value) -> Value:
    def replacement(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0][0]
        if not match[1] or int(match[1]) >= len(values):
            raise ExpressionError(
                f"format has no value for {match[0]!r} (for a literal brace, write it twice)"
            )
        return as_text(values[int(match[1])])

    return PLACEHOLDER.sub(replacement, as_text(text))


def _join(items: Value, separator: Value = ",") -> Value:
    items = require_known(items)
    return as_text(separator).join(map(as_text, items if isinstance(items, list) else [items]))


# By lower-case name: the function, and the fewest and the most arguments that it takes.
_FUNCTIONS: dict[str, tuple[Callable[..., Value], int, int]] = {
    "contains": (_contains, 2, 2),
    "startswith": (_starts_with, 2, 2),
    "endswith": (_ends_with, 2, 2),
    "format": (_format, 1, 255),
    "join": (_join, 1, 2),
    "tojson": (as_json, 1, 1),
    "fromjson": (lambda text: from_json(as_text(text)), 1, 1),
}
