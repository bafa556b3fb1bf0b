"""The settings class of a project, and the variables that its fields are read from."""

import re

from rehearsal.dataclass import dataclass
from rehearsal.outside.files import text_files
from rehearsal.regex import regex
from rehearsal.source.source_tree import SourceTree

OPTION = r"{name}[\"']?\s*[=:]\s*[\"'](\w*)[\"']"
PREFIX = regex(OPTION.format(name="env_prefix"))
DELIMITER = regex(OPTION.format(name="env_nested_delimiter"))
# pydantic puts this between the names of nested fields; version 1 puts an arrow.
NESTED = regex(r"\.| -> ")


@dataclass(frozen=True, kw_only=True)
class SettingsClass:
    """A class of pydantic-settings, with its source code, empty if that is unknown."""

    body: str = ""

    def variable(self, field: str) -> str:
        """Return the environment variable of a field, or of the alias of one.

        pydantic reads a field `key` from KEY, after the prefix that the class gives. Source:
        pydantic-settings, "Environment variable names".
        """
        if re.search(rf"[\"']{re.escape(field)}[\"']", self.body):
            return field
        delimiter = self._option(DELIMITER) or "__"
        return (self._option(PREFIX) + NESTED.sub(delimiter, field)).upper()

    def _option(self, pattern: re.Pattern[str]) -> str:
        found = pattern.search(self.body)
        return found[1] if found else ""


def find_settings_class(name: str, checkout: SourceTree) -> SettingsClass | None:
    """Return the class of this name, or None if the project's files have no such class."""
    begin = re.compile(rf"^class {re.escape(name)}\(.*\n(?:(?:[ \t].*)?\n)*", re.MULTILINE)
    for _, text in text_files(checkout.directory, ".py"):
        if found := begin.search(f"{text}\n"):
            return SettingsClass(body=found[0])
    return None
