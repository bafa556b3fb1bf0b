"""YAML as GitHub reads it: the core schema of version 1.2, where `on` and `off` are texts.

PyYAML is imported when a file is read: whoever gives the inputs as flags needs none.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rehearsal.local.expressions.values import read_number
from rehearsal.verdict import Misconfigured

CONSTANTS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
NUMBER = re.compile(
    r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
)


class YamlMissingError(Misconfigured):
    """PyYAML is not installed."""


class Table(dict[str, Any]):
    """A mapping that knows the line it begins on, counted from 1."""

    line = 0


def table(value: object) -> Table:
    """Return the value if it is a mapping, else an empty one."""
    return value if isinstance(value, Table) else Table()


def read_yaml(file: Path, *, shown: str) -> object:
    """Return what a file holds: tables, lists, texts, numbers (all of them float), booleans, None.

    `shown` names the file in errors. Raises `Misconfigured`, with a line where there is one.
    """
    try:
        import yaml  # noqa: PLC0415  (only here, and only when it is needed)
    except ImportError:
        raise YamlMissingError(
            "Reading a workflow file needs PyYAML, and it is not installed for this Python.",
            hint="pip install 'dress-rehearsal[local]' brings it. Without it, give the inputs as "
            "flags: rehearse --help lists them.",
        ) from None
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        return None if node is None else _Values().of(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{shown}, line {mark.line + 1}" if mark else shown
        raise Misconfigured(
            f"{place}: this is no YAML: {error.problem or error.context}.",
            hint="The mistake may stand a line or two further up: often an indentation, a tab, "
            "or a colon in a text without quotes.",
        ) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise Misconfigured(
            f"{shown} cannot be read: {type(error).__name__}: {error}.",
            hint="Look at the file: is it there, and is it YAML in UTF-8?",
        ) from None


class _Values:
    """Turns nodes into values; what an alias names is turned once."""

    def __init__(self) -> None:
        self._done: dict[int, Any] = {}

    def of(self, node: Any) -> Any:
        if id(node) not in self._done:
            self._done[id(node)] = self._value(node)
        return self._done[id(node)]

    def _value(self, node: Any) -> Any:
        # Not isinstance: the classes are PyYAML's, which is not imported here.
        if node.id == "sequence":
            return [self.of(item) for item in node.value]
        if node.id == "mapping":
            made = Table((str(key.value), self.of(value)) for key, value in node.value)
            made.line = node.start_mark.line + 1
            return made
        return node.value if node.style else _plain(node.value)


def _plain(text: str) -> str | float | bool | None:
    if text in CONSTANTS:
        return CONSTANTS[text]
    return read_number(text) if NUMBER.fullmatch(text) else text
