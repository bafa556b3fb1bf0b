"""Environment markers of Python requirements: whether a line applies (PEP 508)."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.audit.python_versions import parse_version
from rehearsal.regex import regex

TOKEN = regex(
    r"\s*(?:(?P<text>'[^']*'|\"[^\"]*\")|(?P<operator>===|~=|==|!=|<=|>=|<|>|[()])"
    r"|(?P<word>[A-Za-z_.]+))"
)
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
# The older names of some variables.
OLD_NAMES = {
    "os.name": "os_name", "sys.platform": "sys_platform", "platform.machine": "platform_machine",
    "platform.version": "platform_version", "python_implementation":
    "platform_python_implementation",
    "platform.python_implementation": "platform_python_implementation",
}  # fmt: skip
MAX_TOKENS = 500


def applies(marker: str, environment: Mapping[str, str]) -> bool | None:
    """Whether a marker holds in an environment; None if it cannot be told."""
    tokens = _tokens(marker)
    if tokens is None:
        return None
    parser = _Parser(tokens, environment)
    try:
        result = parser.any_of()
    except (LookupError, ValueError, RecursionError):
        return None
    return result if not parser.tokens else None


def _tokens(marker: str) -> list[str] | None:
    found: list[str] = []
    position = 0
    marker = marker.rstrip()
    while position < len(marker):
        match = TOKEN.match(marker, position)
        if not match or len(found) == MAX_TOKENS:
            return None
        found.append(match[0].strip())
        position = match.end()
    return found


class _Parser:
    """Reads tokens from their beginning; raises LookupError where a marker ends too early."""

    def __init__(self, tokens: list[str], environment: Mapping[str, str]) -> None:
        self.tokens = tokens
        self._environment = environment

    def any_of(self) -> bool:
        result = self._all_of()
        while self.tokens[:1] == ["or"]:
            self.tokens.pop(0)
            result = self._all_of() or result
        return result

    def _all_of(self) -> bool:
        result = self._single()
        while self.tokens[:1] == ["and"]:
            self.tokens.pop(0)
            result = self._single() and result
        return result

    def _single(self) -> bool:
        if self.tokens[0] == "(":
            self.tokens.pop(0)
            result = self.any_of()
            if self.tokens.pop(0) != ")":
                raise ValueError
            return result
        left, comparison = self._value(self.tokens.pop(0)), self.tokens.pop(0)
        if comparison == "not":
            comparison = f"not {self.tokens.pop(0)}"
        return _compare(left, comparison, self._value(self.tokens.pop(0)))

    def _value(self, token: str) -> str:
        if token[0] in "'\"":
            return token[1:-1]
        name = OLD_NAMES.get(token, token)
        # A line outside a package's own metadata is never for an extra.
        return "" if name == "extra" else self._environment[name]


def _compare(left: str, comparison: str, right: str) -> bool:
    """Compare as versions if both are some, else as texts."""
    if comparison in {"in", "not in"}:
        return (left in right) == (comparison == "in")
    if comparison == "===":
        return left == right
    if comparison in {"==", "!="} and right.endswith(".*"):
        is_within = f"{left}.".startswith(right[:-1])
        return is_within == (comparison == "==")
    versions = parse_version(left), parse_version(right)
    if comparison == "~=":
        if None in versions:
            raise ValueError
        prefix = right.rpartition(".")[0]
        return versions[0] >= versions[1] and f"{left}.".startswith(f"{prefix}.")  # type: ignore[operator]
    if None in versions:
        return COMPARISONS[comparison](left, right)
    return COMPARISONS[comparison](*versions)
