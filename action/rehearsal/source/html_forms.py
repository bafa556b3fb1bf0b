"""The forms in a project's HTML templates, and their fields."""

import re
from collections.abc import Iterator

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex

# Tags, variables and comments of the template language: their output is unknown.
TEMPLATE_SYNTAX = regex(r"\{%[^{}]{0,500}%\}|\{\{[^{}]{0,500}\}\}|\{#[^{}]{0,500}#\}")
FILLER = "\0"
FIELD_TAG = regex(r"<(?:input|select|textarea|button)\b([^<]{0,4000})", re.IGNORECASE)
NAME_ATTRIBUTE = regex(
    r"""(?<![\w-])name\s{0,9}=\s{0,9}(?:"([^"\s\0]{1,100})"|'([^'\s\0]{1,100})')""", re.IGNORECASE
)
FORM = regex(r"<form\b[^<>]{0,4000}>", re.IGNORECASE)
POSTS = regex(r"""\bmethod\s{0,9}=\s{0,9}["']?post\b""", re.IGNORECASE)
# Another site must not get the token.
ELSEWHERE = regex(r"""\baction\s{0,9}=\s{0,9}["']?(?:https?:)?//""", re.IGNORECASE)
FORM_END = "</form"
# As much as tells one tag of a line from another.
MAX_TAG_LENGTH = 120
# How Django's and Jinja's templates add the token, and what its field is called.
TOKEN = regex(r"csrf_token|csrf_input|csrfmiddlewaretoken")


@dataclass(frozen=True, kw_only=True)
class FormField:
    """A form field: its name, and the line of the name."""

    name: str
    line: int


@dataclass(frozen=True, kw_only=True)
class FormTag:
    """The start tag of a form: the line on which it ends, and the end of its text there."""

    line: int
    text: str


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


def forms_without_token(text: str) -> Iterator[FormTag]:
    """Yield the start tag of each form that sends POST without Django's token."""
    blank = TEMPLATE_SYNTAX.sub(_blank_out, text)
    for tag in FORM.finditer(blank):
        end = blank.find(FORM_END, tag.end())
        is_ours = POSTS.search(tag[0]) and not ELSEWHERE.search(tag[0])
        if is_ours and not TOKEN.search(text[tag.end() : end if end > 0 else None]):
            start = text.rfind("\n", 0, tag.end()) + 1
            yield FormTag(
                line=text.count("\n", 0, start) + 1,
                text=text[max(start, tag.start()) : tag.end()][-MAX_TAG_LENGTH:],
            )


def _blank_out(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", FILLER, found[0])
