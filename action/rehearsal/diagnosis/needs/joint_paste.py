"""Join several texts to paste into one that gives each input once."""

import re
from collections.abc import Collection, Iterable

from rehearsal.config.input_table import INPUTS
from rehearsal.diagnosis.paste import in_step
from rehearsal.regex import regex
from rehearsal.source.text_lines import split_lines

SNIPPET_BREAK = regex(r"\n\n(?=# )")
ALTERNATIVE = regex(r"# (?:or|instead)\b")
INPUT = regex(
    r"# .*?\bin [^,\n]+, under the step's with:, add:\n(?P<name>[a-z-]+): (?P<value>.+)",
    re.DOTALL,
)
VARIABLE = regex(r"# .*under the step's env:, add:\n(?P<lines>.+)", re.DOTALL)
AFTER_LINE = regex(r", after line \d+, add:$")
GOES_ON = regex(r"# and\b")
ONLY_IF = regex(r"# only if\b")
LEAD = regex(r"# (?:either |and also, |and |(?:only )?if [^,]*, )?")
# The last one, since the variables of the step that hold the secrets follow.
SECRETS = "secrets"


def join_pastes(pastes: Iterable[str], known: Collection[str] = ()) -> str:
    """Return one text: changes of files first, then inputs, then variables of the step.

    Each change and each line of a list appears once. Of an input with one value, and of a variable,
    the last value counts. Of several alternatives the first one is taken. `known` are the names of
    the variables that the container has already: the text does not set them again.
    """
    edits: dict[str, None] = {}
    inputs: dict[str, list[str]] = {}
    variables: dict[str, None] = {}
    is_left_out = False
    for snippet in (
        part for paste in pastes for part in SNIPPET_BREAK.split(paste) if part.strip()
    ):
        text = snippet.strip("\n")
        # What follows an alternative with "and" is a part of it.
        is_left_out = bool(ALTERNATIVE.match(text) or (is_left_out and GOES_ON.match(text)))
        if is_left_out:
            continue
        if found := INPUT.fullmatch(text):
            lines = _value_lines(found["value"])
            if ONLY_IF.match(text):
                lines = [line for line in lines if line.partition("=")[0] not in known]
            given = inputs.setdefault(found["name"], [])
            if INPUTS[found["name"]].type.is_list:
                given[:] = [line for line in given if not _is_replaced(line, lines)] + lines
            else:
                given[:] = lines
        elif found := VARIABLE.fullmatch(text):
            variables |= dict.fromkeys(split_lines(found["lines"]))
        else:
            edits[LEAD.sub("# ", text, count=1)] = None
    names = sorted(filter(inputs.get, inputs), key=lambda name: name == SECRETS)
    parts = [*edits, *(in_step(name, _value(inputs[name])) for name in names)]
    joined = [f"# and {part[2:]}" if index else part for index, part in enumerate(parts)]
    if variables:
        joined.append("# and also, under the step's env:, add:\n" + "\n".join(variables))
    return "\n\n".join(joined)


def _is_replaced(line: str, lines: Collection[str]) -> bool:
    """Whether one of the lines is the same, or gives the same variable another value."""
    name, equals, _ = line.partition("=")
    return line in lines or (bool(equals) and any(each.startswith(f"{name}=") for each in lines))


def _value_lines(value: str) -> list[str]:
    if value.startswith("|"):
        return [line.removeprefix("  ") for line in value.split("\n")[1:]]
    return [value]


def _value(lines: list[str]) -> str:
    return lines[0] if len(lines) == 1 else "\n  ".join(("|", *lines))


def join_places(paste: str) -> str:
    """Return a text with one change for each place in a file.

    Changes that add lines after the same line become one, with one `with:` for a step without it.
    """
    places: dict[str, list[str]] = {}
    for number, snippet in enumerate(filter(None, SNIPPET_BREAK.split(paste))):
        comment, _, text = snippet.strip("\n").partition("\n")
        place = LEAD.sub("# ", comment, count=1)
        if not AFTER_LINE.search(place):
            places[f"{comment}{number}"] = [comment, text]
            continue
        lines = text.split("\n")
        known = places.setdefault(place, [comment])
        # The head of a section, which the first change has made.
        known += lines[1:] if is_head(lines) and known[1:2] == lines[:1] else lines
    return "\n\n".join("\n".join(lines) for lines in places.values())


def is_head(lines: list[str]) -> bool:
    """Whether the first of several lines of YAML begins a section with the others in it."""
    return lines[0].rstrip().endswith(":") and len(lines) > 1
