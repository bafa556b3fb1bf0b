"""Templates: the form fields that a project's own HTML spells out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Tags and variables of the template's language: what they stand for is not known here.
FILLED_IN = re.compile(r"\{%[^{}]{0,500}%\}|\{\{[^{}]{0,500}\}\}|\{#[^{}]{0,500}#\}")
UNKNOWN = "\0"
FIELD = re.compile(r"<(?:input|select|textarea|button)\b([^<]{0,4000})", re.IGNORECASE)
NAME = re.compile(
    r"""(?<![\w-])name\s{0,9}=\s{0,9}(?:"([^"\s\0]{1,100})"|'([^'\s\0]{1,100})')""", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Field:
    """A form field: what it is called, and the line of its name."""

    name: str
    line: int


def form_fields(text: str) -> Iterator[Field]:
    """Yield the form fields of a template whose names are written out, in their order."""
    text = FILLED_IN.sub(_unknown, text)
    line, counted = 1, 0
    for tag in FIELD.finditer(text):
        if found := NAME.search(text, tag.start(1), tag.end(1)):
            line += text.count("\n", counted, found.start())
            counted = found.start()
            name = found[1] or found[2]
            if name.isprintable():
                yield Field(name=name, line=line)


def _unknown(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", UNKNOWN, found[0])
