"""Read YAML as GitHub does: the core schema of YAML 1.2, where `on` and `off` are strings.

PyYAML is imported only when a file is read, so that it is not needed for inputs given as flags.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rehearsal.local.expressions.values import parse_number
from rehearsal.regex import regex
from rehearsal.verdict import MisconfiguredError

CONSTANTS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
NUMBER = regex(
    r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
)


class YamlMissingError(MisconfiguredError):
    """PyYAML is not installed."""


class YamlMapping(dict[str, Any]):
    """A YAML mapping; `line` is where it begins, counted from 1."""

    line = 0


def as_mapping(value: object) -> YamlMapping:
    """Return the value if it is a mapping, else an empty mapping."""
    return value if isinstance(value, YamlMapping) else YamlMapping()


def read_yaml(file: Path, *, display_path: str) -> object:
    """Return the content of a file, with every mapping as `YamlMapping` and every number as float.

    `display_path` names the file in errors. Raises `MisconfiguredError`, with the line if it is
    known.
    """
    try:
        import yaml  # noqa: PLC0415  (an optional package)
    except ImportError:
        raise YamlMissingError(
            "Reading a workflow file needs PyYAML, which is not installed for this Python.",
            hint="Install it with: pip install 'dress-rehearsal[local]'. Or give the inputs as "
            "flags: rehearse --help lists them.",
        ) from None
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        return None if node is None else _NodeConverter().convert(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{display_path}, line {mark.line + 1}" if mark else display_path
        raise MisconfiguredError(
            f"{place}: this is not valid YAML: {error.problem or error.context}.",
            hint="The mistake may be a line or two above. Look for a wrong indentation, a tab, or "
            "a colon in a text without quotes.",
        ) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise MisconfiguredError(
            f"{display_path} cannot be read: {type(error).__name__}: {error}.",
            hint="Check that the file exists, and that it is YAML in UTF-8.",
        ) from None


class _NodeConverter:
    """Converts PyYAML's nodes to values; a node that has aliases is converted once."""

    def __init__(self) -> None:
        self._converted: dict[int, Any] = {}

    def convert(self, node: Any) -> Any:
        if id(node) not in self._converted:
            self._converted[id(node)] = self._convert(node)
        return self._converted[id(node)]

    def _convert(self, node: Any) -> Any:
        # isinstance would need PyYAML's classes, which are not imported here.
        if node.id == "sequence":
            return [self.convert(item) for item in node.value]
        if node.id == "mapping":
            mapping = YamlMapping(
                (str(key.value), self.convert(value)) for key, value in node.value
            )
            mapping.line = node.start_mark.line + 1
            return mapping
        return node.value if node.style else _plain_scalar(node.value)


def _plain_scalar(text: str) -> str | float | bool | None:
    if text in CONSTANTS:
        return CONSTANTS[text]
    return parse_number(text) if NUMBER.fullmatch(text) else text
