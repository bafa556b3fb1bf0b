"""Variables and secrets: their grammar, and types that hide the value.

One item a line: `NAME` (its value comes from the calling step's `env:`), `NAME=value`, or a value
of several lines between `NAME<<END` and `END`. Errors give line numbers and never content, not even
names: an unquoted PEM key becomes three broken lines, and each of them is a secret.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.verdict import MisconfiguredError

VARIABLE_NAME = regex(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# Engines and operating systems take every name without `=` and NUL: `discovery.type`, `a-b`.
ANY_NAME = regex(r"[^=\0]+\Z")
HEREDOC = regex(r"([^=<\s]+)<<(\S+)\Z")
# Not str.splitlines: it also ends a line at a form feed or U+2028, which a value may hold.
LINE_END = regex(r"\r?\n")

# Read by the engine's client itself, whose environment holds the container's secrets.
CLIENT_VARIABLES = regex(
    r"(DOCKER_.*|BUILDKIT_.*|BUILDX_.*|PATH|HOME|TMPDIR|LD_.*|.*_PROXY|SSL_CERT_.*)\Z",
    re.IGNORECASE,
)

# GitHub prints `***` for every masked string: a mask of three letters would garble whole logs.
MIN_MASK_LENGTH = 4
# Ordinary text contains shorter strings by chance.
MIN_REPLACED_LENGTH = 6


@dataclass(frozen=True, kw_only=True)
class Secret:
    """A name, and a value that `repr` does not show."""

    name: str
    value: str = field(repr=False)

    @property
    def too_short(self) -> bool:
        """Whether the value is too short to be redacted."""
        return len(self.value.strip()) < MIN_REPLACED_LENGTH

    def masks(self) -> Iterator[str]:
        """Yield the strings that GitHub has to mask: each line, except for PEM armour."""
        for line in re.split(r"[\r\n]+", self.value):
            text = line.strip()
            if len(text) >= MIN_MASK_LENGTH and not text.startswith("-----"):
                yield text


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A value, None if it is not set, and the line of the input where it begins.

    `inherited` says that the value comes from the calling step's environment.
    """

    value: str | None = field(repr=False)
    line: int
    inherited: bool = False

    @property
    def blank(self) -> bool:
        """Whether there is nothing to keep secret; `KEY==` is the end of a base64 text."""
        return not (self.value or "").strip().strip("=")


class BadLineError(MisconfiguredError):
    """A line that is no variable; `line` is its number."""

    def __init__(self, message: str, *, hint: str, line: int) -> None:
        super().__init__(message, hint=hint)
        self.line = line


def parse_variables(
    text: str,
    *,
    source: str,
    environ: Mapping[str, str],
    names: re.Pattern[str] = VARIABLE_NAME,
    bare_names: re.Pattern[str] = VARIABLE_NAME,
    expected: str = "expected NAME, NAME=value or NAME<<END",
) -> dict[str, Variable]:
    """Parse lines of `NAME`, `NAME=value` or `NAME<<END`; return the variables by name.

    `source` is the input's name, for errors. `names` are the names that may stand before a `=`,
    `bare_names` those that may stand alone or before `<<`; `expected` is how errors say what a line
    has to be. Raises `MisconfiguredError` with a line number: `BadLineError` for a line that is
    no variable.
    """
    found: dict[str, Variable] = {}
    lines = iter(enumerate(LINE_END.split(text), start=1))
    for number, line in lines:
        if not line.strip():
            continue
        name, variable = _parse_item(
            line,
            number,
            lines,
            source=source,
            environ=environ,
            names=names,
            bare_names=bare_names,
            expected=expected,
        )
        if name in found:
            raise MisconfiguredError(
                f"{source}, line {number}: line {found[name].line} has the same name.",
                hint="Keep one of them.",
            )
        found[name] = variable
    return found


def _parse_item(
    line: str,
    number: int,
    rest: Iterator[tuple[int, str]],
    *,
    source: str,
    environ: Mapping[str, str],
    names: re.Pattern[str],
    bare_names: re.Pattern[str],
    expected: str,
) -> tuple[str, Variable]:
    if (heredoc := HEREDOC.match(line.strip())) and bare_names.match(heredoc[1]):
        name, end = heredoc.groups()
        value = "\n".join(_heredoc_lines(end, rest, number=number, source=source))
        return name, Variable(value=value, line=number)
    name, equals, value = line.lstrip().partition("=")
    if not equals and bare_names.match(name := name.rstrip()):
        return name, Variable(value=environ.get(name), line=number, inherited=True)
    if not equals or not names.match(name):
        raise BadLineError(
            f"{source}, line {number}: {expected} (the line itself is not shown, it "
            "may be part of a secret).",
            hint="A value of several lines breaks into lines like this one. Write only its NAME "
            "here, and the value in the step's env: (NAME: ${{ secrets.NAME }}).",
            line=number,
        )
    return name, Variable(value=value, line=number)


def _heredoc_lines(
    end: str, rest: Iterator[tuple[int, str]], *, number: int, source: str
) -> Iterator[str]:
    for _, line in rest:
        if line.strip() == end:
            return
        yield line
    raise MisconfiguredError(
        f"{source}, line {number}: the value that begins there is never closed.",
        hint="Put the word that follows << on a line of its own after the value.",
    )
