"""Dataclasses to JSON; `json_fields` chooses their fields and the keys.

This never fails: whatever a field holds is written as something that `json_decoder` takes.
"""

import json
import math
import sys
from typing import Any

from rehearsal.dataclass import dataclass
from rehearsal.results.bounded_text import cut_lines, cut_text
from rehearsal.results.json_fields import (
    MAX_NUMBER,
    MAX_TEXT,
    SURROGATE,
    Hint,
    fields_of,
    parse_hint,
)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much is written: characters of a text, texts of a list, entries of any other list.

    `size` is that of the whole document in bytes.
    """

    text: int = MAX_TEXT
    lines: int = 1_000
    entries: int = 10_000
    size: int = sys.maxsize


WIDEST = Limits()


class DocumentTooLargeError(ValueError):
    """The document would be larger than its limit."""


def dumps(*values: object, limits: Limits = WIDEST) -> str:
    """Return the text of a JSON file: one object with the fields of all these dataclasses.

    Raises `DocumentTooLargeError`.
    """
    encoder = _Encoder(limits)
    content = {key: each for value in values for key, each in encoder.object(value).items()}
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    if len(text.encode()) > limits.size:
        raise DocumentTooLargeError
    return text


def encode(value: Any, limits: Limits = WIDEST) -> dict[str, Any]:
    """Return a dataclass as what `json.dumps` takes.

    A long text is cut in its middle, or left out where `Json` says so; a list of texts is cut, too,
    and other lists lose their end. A number out
    of range becomes the nearest that is in it. Invalid Unicode becomes U+FFFD. Raises
    `DocumentTooLargeError`.
    """
    return _Encoder(limits).object(value)


class _Encoder:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._characters = 0

    def object(self, value: Any) -> dict[str, Any]:
        kind: Any = type(value)
        fields = fields_of(kind)
        return {each.key: self._value(each.hint, getattr(value, each.name)) for each in fields}

    def _value(self, hint: Hint, value: Any) -> Any:
        if value is None or (hint.json.null_if_empty and not value):
            return None
        if hint.container is tuple:
            lines, entries = self._limits.lines, self._limits.entries
            kept = cut_lines(value, lines) if hint.item is str else value[:entries]
            item = parse_hint(hint.item)
            return [self._value(item, each) for each in kept]
        if hint.container is dict:
            item = parse_hint(hint.item)
            return {self._text(key): self._value(item, each) for key, each in value.items()}
        if hint.is_object:
            return self.object(value)
        if hint.kind in {int, float}:
            return _nearest_number(hint, value)
        if hint.json.uncut and len(value) > self._limits.text:
            value = ""
        return value if hint.kind is bool else self._text(str(value))

    def _text(self, text: str) -> str:
        text = SURROGATE.sub("\N{REPLACEMENT CHARACTER}", cut_text(text, self._limits.text))
        self._characters += len(text)
        # Checked before the end: all the texts together may not fit into memory.
        if self._characters > self._limits.size:
            raise DocumentTooLargeError
        return text


def _nearest_number(hint: Hint, value: float) -> float | None:
    """Return the nearest number that `decode` takes; for NaN null where the field may be null."""
    lowest = hint.json.keywords.get("minimum", 0)
    highest = hint.json.keywords.get("maximum", MAX_NUMBER)
    if math.isnan(value):
        if hint.nullable:
            return None
        value = lowest
    if hint.json.digits is not None:
        value = round(value, hint.json.digits)
    nearest: float = hint.kind(min(max(value, lowest), highest))
    return nearest
