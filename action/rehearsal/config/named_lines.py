"""Read lists of `NAME=…` lines, where NAME is that of a service or of a worker."""

import re
from collections.abc import Mapping
from dataclasses import field

from rehearsal.config.inputs import Inputs, quoted
from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.verdict import MisconfiguredError

# A host name in the rehearsal's network; a label of DNS has at most 63 characters.
COMPANION_NAME = regex(r"[a-z][a-z0-9-]{0,62}\Z")
NAME_RULE = "A NAME has small letters, digits and hyphens, and begins with a letter"
# Names that have a meaning in the network already, and which.
RESERVED_NAMES: Mapping[str, str] = {
    "web": "it is the app's own name there",
    "localhost": "in each container it means that container itself",
}
NO_COMMENTS = "A list has no comments: write them outside of it, in lines of their own."
YAML_PAIR = regex(r"[\w.-]+\s*:(\s|\Z)")


@dataclass(frozen=True, kw_only=True)
class NamedLine:
    """A name, the text after its `=`, and the number of the line."""

    name: str
    text: str = field(repr=False)
    line: int


def read_named_lines(
    inputs: Inputs, source: str, form: str, *, names: re.Pattern[str] = COMPANION_NAME
) -> dict[str, NamedLine]:
    """Return the lines of the input `source` by name; `form` is how one is written.

    `names` are those that may stand there. Raises `MisconfiguredError`, whose text has the names,
    but not what follows them.
    """
    found: dict[str, NamedLine] = {}
    for number, line in inputs.numbered_lines(source):
        name, equals, text = (part.strip() for part in line.partition("="))
        where = f"{source}, line {number}"
        if hint := mistake_in(line):
            raise MisconfiguredError(f"{where}: this is not {form}.", hint=hint)
        if not equals:
            raise MisconfiguredError(f"{where}: there is no =.", hint=f"Write {form}.")
        if not names.match(name):
            raise MisconfiguredError(
                f"{where}: {quoted(name)} cannot be a name.", hint=_better_name(name)
            )
        if name in found:
            raise MisconfiguredError(
                f"{where}: line {found[name].line} has the same name, {name}.",
                hint="Keep one of them, or give each a name of its own.",
            )
        if not text:
            raise MisconfiguredError(
                f"{where}: nothing stands after {name}=.", hint=f"Write {form}."
            )
        found[name] = NamedLine(name=name, text=text, line=number)
    return found


def check_reserved_names(source: str, lines: Mapping[str, NamedLine]) -> None:
    """Raise `MisconfiguredError` if a name has a meaning in the network already."""
    for name, each in lines.items():
        if reason := RESERVED_NAMES.get(name):
            raise MisconfiguredError(
                f"{source}, line {each.line}: {name} cannot be a name in the rehearsal's network: "
                f"{reason}.",
                hint="Choose another name.",
            )


def mistake_in(line: str) -> str:
    """Return the hint for a line as YAML or a compose file has it, or an empty text."""
    line = line.strip()
    if line.startswith("#"):
        return NO_COMMENTS
    if re.match(r"-\s*[\w\"']", line):
        return "Remove the dash: the input is one text (|) with one item a line, not a list."
    if line.startswith(("'", '"')):
        return "Remove the quotes around it."
    if YAML_PAIR.match(line):
        return "Write = instead of the colon and the space: the input is a text, not a mapping."
    return ""


def is_quoted(text: str) -> bool:
    """Whether one pair of quotes surrounds the whole text."""
    return re.fullmatch(r"'[^']*'|\"[^\"]*\"", text) is not None


def unknown_name_hint(known: Mapping[str, object]) -> str:
    """Say which services there are."""
    names = ", ".join(known)
    return f"The services are: {names}." if names else "The input services is empty: name it there."


def _better_name(name: str) -> str:
    better = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    rule = f"{NAME_RULE}: it is a host name, too."
    return f"{rule} Write {better}." if COMPANION_NAME.match(better) else rule
