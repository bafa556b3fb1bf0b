"""The fields of a JSON document that somebody else wrote: each is asked for with its type."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

# An image ID, or a manifest's digest (https://github.com/opencontainers/image-spec, descriptor.md).
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
# Nobody reads on where a text is longer than this.
LONGEST = 20_000


class InvalidDocumentError(ValueError):
    """The document is not what it should be; the text says where, and never quotes it at length."""


@dataclass(frozen=True)
class Fields:
    """An object of the document, and its place there.

    Each method raises `Unexpected` where a field is not of the type; `default` stands for one that
    is missing, which is `Unexpected` too where there is no default.
    """

    content: Mapping[str, Any]
    place: str = ""

    @classmethod
    def read(cls, text: str) -> "Fields":
        """Read a JSON text that holds one object. Raises `Unexpected`."""
        try:
            content = json.loads(text, parse_constant=_no_number)
        # So many brackets that Python's own stack does not hold them.
        except (ValueError, RecursionError) as error:
            raise InvalidDocumentError("it is not JSON") from error
        return cls(_object(content, "it"))

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text."""
        value = self._get(name, default)
        if not isinstance(value, str):
            self._complain(name, "a text")
        if len(value) > LONGEST:
            self._complain(name, f"a text of at most {LONGEST} characters")
        return value

    def count(self, name: str, default: int | None = None) -> int:
        """Return a whole number that is not negative."""
        value = self._get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 53:
            self._complain(name, "a count")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """Return a finite number that is not negative."""
        value = self._get(name, default)
        if (
            not isinstance(value, int | float)
            or isinstance(value, bool)
            or not 0 <= value < 1 << 53
            or not math.isfinite(value)
        ):
            self._complain(name, "a number")
        return float(value)

    def flag(self, name: str) -> bool:
        """Return true or false."""
        value = self._get(name, None)
        if not isinstance(value, bool):
            self._complain(name, "true or false")
        return value

    def has(self, name: str) -> bool:
        """Whether a field is there and not null."""
        return self.content.get(name) is not None

    def within(self, name: str) -> "Fields":
        """Return the object that a field holds."""
        return Fields(_object(self._get(name, None), self._path(name)), self._path(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; a field that is missing holds none."""
        listed = enumerate(self._list(name))
        return tuple(Fields({"": each}, f"{self._path(name)}[{n}]").text("") for n, each in listed)

    def objects(self, name: str) -> Iterator["Fields"]:
        """Yield the objects of a list; a field that is missing holds none."""
        for number, each in enumerate(self._list(name)):
            place = f"{self._path(name)}[{number}]"
            yield Fields(_object(each, place), place)

    def _list(self, name: str) -> list[Any]:
        value = self.content.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self._complain(name, "a list")
        return value

    def _get(self, name: str, default: Any) -> Any:
        value = self.content.get(name)
        return default if value is None else value

    def _path(self, name: str) -> str:
        return ".".join(filter(None, (self.place, name)))

    def _complain(self, name: str, expected: str) -> NoReturn:
        raise InvalidDocumentError(f"{self._path(name)} is not {expected}")


def _object(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise InvalidDocumentError(f"{place} is not an object")
    return value


def _no_number(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON")
