"""Markdown that stays readable whatever an app or a test has printed."""

import html
import re
from collections.abc import Iterable, Iterator

# What is cut stands whole in the evidence.
LONGEST_LINE = 500
LONGEST_PART = 4000
LONGEST_BOX = 60
# What ends a line of Markdown (CommonMark, 2.1).
LINE_END = re.compile(r"\r\n|\r|\n")


def escaped(text: str) -> str:
    """Escape what Markdown or HTML would read as markup."""
    harmless = html.escape(text, quote=False)
    marked = "".join(f"\\{c}" if c in "\\`*_[]#|~" else c for c in harmless)
    return LINE_END.sub("<br>", marked)


def part(text: str) -> str:
    """Return a text of a paragraph of its own, cut to a bearable length."""
    return escaped(text[:LONGEST_PART])


def cell(text: str) -> str:
    """Return a text of a table's cell or a list, cut to a bearable length."""
    return escaped(text[:LONGEST_LINE])


def test_name(name: str) -> str:
    """Return a test's name with its own part first: whole names make a table too wide."""
    name = name[:LONGEST_LINE]
    own = own_name(name)
    place = name.removesuffix(own).removesuffix(".")
    return f"{escaped(own)}<br><sub>{escaped(place)}</sub>" if place else escaped(own)


def own_name(name: str) -> str:
    """Return a test's own part of its name, with its parameters."""
    place, dot, own = name.partition("[")[0].rpartition(".")
    return name[len(place + dot) :] if place and own else name


def bare(text: str) -> str:
    """Return what stands between two backticks, where nothing can be escaped."""
    return re.sub(r"[`\s]", "", text)


def box(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines to be shown as they are, the last ones of many."""
    listed = list(lines)
    if not listed:
        return
    yield "<pre>"
    # An empty line would end the HTML block, and what follows would be read as Markdown.
    for line in listed[-LONGEST_BOX:]:
        yield LINE_END.sub(" ", html.escape(line[:LONGEST_LINE])) or " "
    yield "</pre>"
    yield ""


def folded(title: str, lines: Iterable[str], *, shut: bool = False) -> Iterator[str]:
    """Yield a box that opens under its title; nothing where there are no lines."""
    if not lines:
        return
    # Up to the empty line this is HTML, in which Markdown's escapes would show.
    heading = LINE_END.sub(" ", html.escape(title[:LONGEST_LINE]))
    yield f"<details{'' if shut else ' open'}><summary>{heading}</summary>"
    yield ""
    yield from box(lines)
    yield "</details>"
    yield ""
