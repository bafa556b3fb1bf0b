"""Scan the project's style sheets for the rule that puts one element over another."""

import re
from collections.abc import Iterator

from rehearsal.diagnosis.causes.covered import COVERED
from rehearsal.diagnosis.facts import Facts
from rehearsal.outside.files import text_files
from rehearsal.source.source_tree import SourceTree
from rehearsal.source.style_rules import lifting_rules

# In characters: a longer line was not written by hand.
MAX_LINE = 200


def scan_styles(facts: Facts, checkout: SourceTree) -> tuple[str, ...]:
    """Return `SELECTOR at FILE:LINE: TEXT` for the rules of what covered a clicked element.

    TEXT is the line as it would be without them. Nothing is read unless a click went astray.
    """
    covers = [match["cover"] for match in COVERED.find(facts)]
    return tuple(line for tag in covers for line in _rules(tag, checkout))


def _rules(tag: str, checkout: SourceTree) -> Iterator[str]:
    for file, css in text_files(checkout.directory, ".css"):
        path = checkout.relative(file)
        for rule in lifting_rules(css, tag) if path else ():
            if len(rule.in_flow) <= MAX_LINE and re.fullmatch(r"[^\n]+", rule.selector):
                yield f"{rule.selector} at {path}:{rule.line}: {rule.in_flow}"
