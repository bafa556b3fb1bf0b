"""Build HTML whose text is always escaped."""

import base64
import html
import json
import re
from collections.abc import Iterable
from functools import cache
from urllib.parse import quote

from rehearsal.ansi import COLOUR_CODE
from rehearsal.dataclass import dataclass
from rehearsal.regex import regex

TAG = regex(r"[a-z][a-z0-9]*\Z")
ATTRIBUTE = regex(r"(?!on|style)[a-z][a-z-]*\Z", re.IGNORECASE)
VOID = {"img", "input", "link", "meta", "wbr"}
# Only `inline` makes them: their content is code, and must be our own.
CODE = {"script", "style"}
# In characters: less is joined, since many small parts need more memory than their text.
MAX_JOINED = 1 << 16
ADDRESSES = {"href", "src"}
PICTURES = {"png", "jpeg"}
# After which a long name may be broken.
SEPARATOR = regex(r"(?<=[._/\]\[-])(?=\w)|(?<=:)(?=[^\W\d])")
# What a page of the evidence may link to elsewhere.
WEB_ADDRESS = regex(r"https://[A-Za-z0-9./_~#?=&%:+-]+\Z")
# A test on another page of ours.
TEST_ON_PAGE = regex(r"(?P<page>.+/index\.html)(?P<anchor>#t-[0-9a-f]{10})", re.DOTALL)
FRAGMENT = regex(r"#[a-z][a-z0-9-]*\Z")
# Control characters, and characters that change the reading direction of what follows.
INVISIBLE = {
    **{code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"},
    0x7F: 0x2421,
    **dict.fromkeys((*range(0x80, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF), 0xFFFD),
    **dict.fromkeys((0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD),
}


@dataclass(frozen=True)
class Markup:
    """HTML that this module made, so it needs no escaping.

    It is in parts: a page has megabytes, and would be copied with each element around it.
    """

    parts: tuple[str, ...]

    def __str__(self) -> str:
        return "".join(self.parts)


Child = Markup | str | int | None | Iterable["Child"]


def element(tag: str, *children: Child, **attributes: str | int | bool | None) -> Markup:
    """Return an element. A child that is a `str` is text, one that is `None` is left out.

    An underscore at the end of an attribute's name is dropped: `class_` is `class`. `href` and
    `src` are paths below the page, or fragments of it; `href` may be an https address. Raises
    ValueError for what our pages never have: an event handler, a style attribute, a script.
    """
    if not TAG.match(tag) or tag in CODE:
        raise ValueError(f"tag {tag!r} is not allowed")
    attribute_texts = [_attribute(_attribute_name(name), attributes[name]) for name in attributes]
    start = f"<{tag}{''.join(attribute_texts)}>"
    if tag in VOID:
        if children:
            raise ValueError(f"{tag} takes no children")
        return Markup((start,))
    # An HTML parser drops the first line end of a pre.
    line_end = "\n" if tag == "pre" else ""
    parts = [f"{start}{line_end}"]
    _add(parts, children)
    parts.append(f"</{tag}>")
    return Markup(tuple(parts) if sum(map(len, parts)) > MAX_JOINED else ("".join(parts),))


def inline(tag: str, code: str) -> Markup:
    """Return a script or style with our own code. Raises ValueError when it could end early."""
    if tag not in CODE or "</" in code or "<!--" in code:
        raise ValueError(f"this {tag} is not allowed")
    return Markup((f"<{tag}>{code}</{tag}>",))


def embedded_picture(kind: str, content: bytes, *, alt: str) -> Markup:
    """Return a picture with its content in the page. Raises ValueError unless a PNG or JPEG."""
    if kind not in PICTURES:
        raise ValueError(f"a picture of the kind {kind!r} is not allowed")
    start = f'<img alt="{html.escape(visible(alt))}" src="data:image/{kind};base64,'
    return Markup((start, base64.b64encode(content).decode(), '">'))


def data_block(name: str, value: object) -> Markup:
    """Return a JSON document for our script, which finds it by its id; nothing in it can end it."""
    text = json.dumps(value, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup((f'<script type="application/json" id="{html.escape(name)}">', text, "</script>"))


def visible(text: str) -> str:
    """Return a text without colour codes and with visible control characters."""
    if text.isprintable():
        return text
    plain = COLOUR_CODE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return plain.translate(INVISIBLE)


def breakable(text: str, after: str = "") -> Markup:
    """Return the name of a test, or a path, which a browser may break after its separators.

    If `after` is given, only after these characters.
    """
    shown = visible(text)
    parts = re.split(f"(?<=[{re.escape(after)}])", shown) if after else SEPARATOR.split(shown)
    return Markup(("<wbr>".join(map(html.escape, parts)),))


def _add(parts: list[str], child: Child) -> None:
    """Append the parts of a child."""
    if isinstance(child, Markup):
        parts += child.parts
    elif isinstance(child, str | int):
        parts.append(html.escape(visible(str(child))))
    elif child is not None:
        for each in child:
            _add(parts, each)


@cache
def _attribute_name(name: str) -> str:
    """Return the name of an attribute as HTML has it, from that of an argument."""
    attribute = name.rstrip("_").replace("_", "-")
    if not ATTRIBUTE.match(attribute):
        raise ValueError(f"attribute {attribute!r} is not allowed")
    return attribute


def _attribute(name: str, value: str | int | bool | None) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    if name in ADDRESSES and not (name == "href" and WEB_ADDRESS.match(str(value))):
        value = _address(str(value))
    return f' {name}="{html.escape(visible(str(value)))}"'


def _address(path: str) -> str:
    if FRAGMENT.match(path):
        return path
    found = TEST_ON_PAGE.fullmatch(path)
    file, anchor = (found["page"], found["anchor"]) if found else (path, "")
    # After "./" nothing can be a scheme or another host.
    return "./" + quote(file.encode(errors="replace"), safe="/") + anchor
