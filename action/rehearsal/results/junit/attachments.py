"""The files that belong to a test, and what it printed."""

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from rehearsal.regex import regex
from rehearsal.results.bounded_text import cut_text
from rehearsal.results.junit.document import properties

OUTPUT_TAGS = ("system-out", "system-err")
# https://plugins.jenkins.io/junit-attachments. Playwright, Cypress and others write it.
ATTACHMENT = regex(r"^[ \t]*\[\[ATTACHMENT\|(?P<path>[^\n|]+?)\]\][ \t]*$\n?", re.MULTILINE)
# As pytest-playwright, Testmo and TestRail name them.
PROPERTIES = regex(r"playwright_(?:trace|screenshot|video)|attachment|testrail_attachment")
MAX_ATTACHMENTS = 100
# In characters; what is longer keeps its beginning and its end.
MAX_OUTPUT = 20_000


def attachments_of(elements: Iterable[ET.Element]) -> tuple[str, ...]:
    """Return the paths that a test case or one of its attempts names, each once."""
    paths: dict[str, None] = {}
    for element in elements:
        for text in _texts(element):
            paths |= dict.fromkeys(each["path"].strip() for each in ATTACHMENT.finditer(text))
        for name, value in properties(element).items():
            if PROPERTIES.fullmatch(name):
                paths[value.strip()] = None
    paths.pop("", None)
    return tuple(paths)[:MAX_ATTACHMENTS]


def output_of(element: ET.Element) -> str:
    """Return what a test printed, without the names of its attachments."""
    parts = (ATTACHMENT.sub("", text).lstrip("\n").rstrip() for text in _texts(element))
    return cut_text("\n".join(filter(None, parts)), MAX_OUTPUT)


def _texts(element: ET.Element) -> Iterable[str]:
    return (each.text or "" for each in element if each.tag in OUTPUT_TAGS)
