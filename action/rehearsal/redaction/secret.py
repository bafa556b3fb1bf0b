"""Variables and secrets: their grammar, and a type that hides its value.

One item a line: `NAME` (its value comes from the calling step's `env:`), `NAME=value`, or a value
of several lines between `NAME<<END` and `END`. Errors give line numbers and never content: an
unquoted PEM key becomes three broken lines, and each of them is a secret.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rehearsal.verdict import MisconfiguredError

VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
HEREDOC = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)<<(\S+)\Z")
# Not str.splitlines: it also ends a line at a form feed or U+2028. The rest of such a secret would
# be taken for a name, and error messages show names.
LINE_END = re.compile(r"\r?\n")

# Read by the engine's client itself, whose environment holds the container's secrets.
CLIENT_VARIABLES = re.compile(
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


def parse_variables(text: str, *, source: str, environ: Mapping[str, str]) -> dict[str, str | None]:
    """Parse lines of `NAME`, `NAME=value` or `NAME<<END`; an unset name's value is None.

    `source` is the input's name, for errors. Raises `MisconfiguredError` with a line number.
    """
    found: dict[str, str | None] = {}
    lines = iter(enumerate(LINE_END.split(text), start=1))
    for number, line in lines:
        if not line.strip():
            continue
        name, value = _parse_item(line, number, lines, source=source, environ=environ)
        if name in found:
            raise MisconfiguredError(
                f"{source}, line {number}: {name} stands there twice.", hint="Keep one of them."
            )
        found[name] = value
    return found


def _parse_item(
    line: str,
    number: int,
    rest: Iterator[tuple[int, str]],
    *,
    source: str,
    environ: Mapping[str, str],
) -> tuple[str, str | None]:
    if heredoc := HEREDOC.match(line.strip()):
        name, end = heredoc.groups()
        return name, "\n".join(_heredoc_lines(end, rest, number=number, source=source))
    name, equals, value = line.lstrip().partition("=")
    if not equals:
        name = name.rstrip()
    if not VARIABLE_NAME.match(name):
        raise MisconfiguredError(
            f"{source}, line {number}: expected NAME, NAME=value or NAME<<END "
            "(the line itself is not shown, it may be part of a secret).",
            hint="A value of several lines breaks into lines like this one. Write only its NAME "
            "here, and the value in the step's env: (NAME: ${{ secrets.NAME }}).",
        )
    return name, value if equals else environ.get(name)


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
