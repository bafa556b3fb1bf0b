"""The form fields in a project's HTML templates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Tags, variables and comments of the template language: their output is unknown.
TEMPLATE_SYNTAX = re.compile(r"\{%[^{}]{0,500}%\}|\{\{[^{}]{0,500}\}\}|\{#[^{}]{0,500}#\}")
FILLER = "\0"
FIELD_TAG = re.compile(r"<(?:input|select|textarea|button)\b([^<]{0,4000})", re.IGNORECASE)
NAME_ATTRIBUTE = re.compile(
    r"""(?<![\w-])name\s{0,9}=\s{0,9}(?:"([^"\s\0]{1,100})"|'([^'\s\0]{1,100})')""", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class FormField:
    """A form field: its name, and the line of the name."""

    name: str
    line: int


def form_fields(text: str) -> Iterator[FormField]:
    """Yield a template's form fields in order, without names that template code makes up."""
    text = TEMPLATE_SYNTAX.sub(_blank_out, text)
    line, counted = 1, 0
    for tag in FIELD_TAG.finditer(text):
        if found := NAME_ATTRIBUTE.search(text, tag.start(1), tag.end(1)):
            line += text.count("\n", counted, found.start())
            counted = found.start()
            name = found[1] or found[2]
            if name.isprintable():
                yield FormField(name=name, line=line)


def _blank_out(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", FILLER, found[0])
