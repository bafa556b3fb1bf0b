"""HTML that is escaped by construction: text can only become text, whatever it holds."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from rehearsal.ansi import COLOUR_CODE

TAG = re.compile(r"[a-z][a-z0-9]*\Z")
ATTRIBUTE = re.compile(r"(?!on|style)[a-z][a-z-]*\Z", re.IGNORECASE)
VOID = {"img", "input", "link", "meta", "rect"}
# Their content is code: `inline` makes them, of our own text alone.
CODE = {"script", "style"}
ADDRESSES = {"href", "src"}
FRAGMENT = re.compile(r"#[a-z][a-z0-9-]*\Z")
# What has no picture of its own, or turns the reading direction of what follows it.
HIDDEN = {
    **{code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"},
    0x7F: 0x2421,
    **dict.fromkeys((*range(0x80, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF), 0xFFFD),
    **dict.fromkeys((0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD),
}


@dataclass(frozen=True)
class Markup:
    """HTML that this module has made."""

    text: str

    def __str__(self) -> str:
        return self.text


Child = Markup | str | int | None | Iterable["Child"]


def element(tag: str, *children: Child, **attributes: str | int | bool | None) -> Markup:
    """Return an element: a `str` is text, `None` nothing, and `class_` stands for `class`.

    An address is a path below the page, or a fragment of it. Raises ValueError for what no page of
    ours has: an event handler, a style attribute, a script.
    """
    if not TAG.match(tag) or tag in CODE:
        raise ValueError(f"no tag of ours: {tag!r}")
    written = "".join(
        _attribute(name.rstrip("_").replace("_", "-"), value) for name, value in attributes.items()
    )
    start = f"<{tag}{written}>"
    if tag in VOID:
        if children:
            raise ValueError(f"{tag} holds nothing")
        return Markup(start)
    # A parser drops the first line end of a pre.
    first = "\n" if tag == "pre" else ""
    return Markup(f"{start}{first}{_inner(children)}</{tag}>")


def inline(tag: str, code: str) -> Markup:
    """Return a script or style of our own code. Raises ValueError when it could end early."""
    if tag not in CODE or "</" in code or "<!--" in code:
        raise ValueError(f"no code of ours: {tag!r}")
    return Markup(f"<{tag}>{code}</{tag}>")


def visible(text: str) -> str:
    """Return a text as people can read it: colours gone, control characters shown."""
    plain = COLOUR_CODE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return plain.translate(HIDDEN)


def _inner(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child.text
    if isinstance(child, str | int):
        return html.escape(visible(str(child)))
    return "".join(map(_inner, child))


def _attribute(name: str, value: str | int | bool | None) -> str:
    if not ATTRIBUTE.match(name):
        raise ValueError(f"no attribute of ours: {name!r}")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    if name in ADDRESSES:
        value = _address(str(value))
    return f' {name}="{html.escape(visible(str(value)))}"'


def _address(path: str) -> str:
    if FRAGMENT.match(path):
        return path
    # Behind "./" nothing is a scheme, nor another host.
    return "./" + quote(path.encode(errors="replace"), safe="/")
