"""Apply a function to every text of a result, except for what programs read."""

import dataclasses
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, get_type_hints

from rehearsal.results.json_fields import parse_hint

T = TypeVar("T")


def map_texts(value: T, change: Callable[[str], str]) -> T:
    """Return dataclasses, tuples and texts with `change` applied to each text in them.

    Fields whose annotation holds `Json(verbatim=True)` stay as they are.
    """
    mapped: Any
    if isinstance(value, str):
        mapped = change(value)
    elif isinstance(value, tuple):
        mapped = tuple(map_texts(each, change) for each in value)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = _redactable(type(value))
        changes: dict[str, Any] = {name: map_texts(getattr(value, name), change) for name in names}
        mapped = dataclasses.replace(value, **changes)
    else:
        return value
    result: T = mapped
    return result


@cache
def _redactable(kind: Any) -> tuple[str, ...]:
    hints = get_type_hints(kind, include_extras=True)
    names = (each.name for each in dataclasses.fields(kind))
    return tuple(name for name in names if not parse_hint(hints[name]).json.verbatim)
