"""Links to files of the evidence, but only to those that a browser shows without running them."""

import re

from rehearsal.regex import regex
from rehearsal.report.page.markup import Child, Markup, breakable, element
from rehearsal.report.web_links import source_url
from rehearsal.results.origin import Origin

# The app or its tests may have written any other file: HTML, SVG or XML with scripts in it.
SAFE_SUFFIXES = (
    *(".json", ".log", ".md", ".txt", ".zip"),
    *(".gif", ".jpeg", ".jpg", ".png", ".webp", ".mp4", ".webm"),
)

LOCATION = regex(r"(?P<file>[^\s:]+):(?P<line>[0-9]{1,9})\b", re.ASCII)


def link(path: str, text: Child = "") -> Markup:
    """Return a link to a file of the evidence, or only its name where a link is not safe."""
    if path.endswith(SAFE_SUFFIXES):
        return element("a", text or path, href=path)
    return element("span", text or path)


def web_link(address: str, text: Child) -> Child:
    """Return a link to a page elsewhere, or only its text where there is no address."""
    return element("a", text, href=address) if address else text


def code_link(origin: Origin, file: str, line: int = 0, *, more: str = "") -> Markup:
    """Return a line of the project's code, `FILE:LINE`, as a link where it has one; then `more`."""
    shown = breakable(f"{file}:{line}" if line else file, after="/")
    return element("code", web_link(source_url(origin, file, line), shown), more)


def location_link(origin: Origin, location: str) -> Markup:
    """Return a text that begins with FILE:LINE as a link to that line."""
    found = LOCATION.match(location)
    if not found:
        return element("code", breakable(location))
    more = location[found.end() :]
    return code_link(origin, found["file"], int(found["line"]), more=more)
