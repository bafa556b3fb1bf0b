"""Whether a text to paste is one that the known causes make: a verdict.json may have any text.

What fits a project was read from its files, which a reader of its verdict.json does not have. So
only a text that a cause has itself, up to single words, can be told from the text of somebody else.
"""

import re
from collections.abc import Iterator
from functools import cache

from rehearsal.config.input_table import INPUTS
from rehearsal.config.variables import stored_name
from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.rules import PLACEHOLDER
from rehearsal.regex import regex
from rehearsal.report.cause_text import split_snippets
from rehearsal.results.diagnosis import Diagnosis

# In characters.
MAX_PASTE = 4000
# What may stand for these. All others are read from the project's files, and may be any text.
VARIABLE = "[A-Z][A-Z0-9_]{0,99}"
WORDS = {
    "each": VARIABLE,
    "name": VARIABLE,
    "stored": VARIABLE,
    "port": "[0-9]{1,5}",
    "service": "[a-z][a-z0-9-]{0,62}",
    "folder": r"/[\w./-]{0,200}",
    "mount": r"/[\w./-]{0,200}",
    "user": r"\w{1,32}",
    "library": r"\w{1,100}",
    "data": "GET|POST",
    "field": r"\w{1,100}",
}
COMMENT = regex(r"# [^\n]{1,300}:")
INPUT = regex(r"(?P<name>[a-z-]+): (?P<value>.+)")
SECRET = regex(r"(?P<name>\S+): (?P<value>\$\{\{ secrets\..+)")
SECTIONS = frozenset({"with:", "env:", "secrets:"})


def is_own_paste(diagnosis: Diagnosis) -> bool:
    """Return whether each line to paste is one that the cause has."""
    paste = diagnosis.paste
    if len(paste) > MAX_PASTE or not paste.replace("\n", "").isprintable():
        return False
    known = _lines_of(diagnosis.id)
    for snippet in split_snippets(paste):
        comment, *lines = snippet.split("\n")
        if not COMMENT.fullmatch(comment) or not lines:
            return False
        for line in map(str.strip, lines):
            if line not in SECTIONS and not any(_fits(each, line) for each in known):
                return False
    return True


def _fits(pattern: re.Pattern[str], line: str) -> bool:
    found = pattern.fullmatch(line)
    if not found:
        return False
    words = found.groupdict()
    return "stored" not in words or words["stored"] == stored_name(words["each"])


@cache
def _lines_of(cause_id: str) -> tuple[re.Pattern[str], ...]:
    """Return patterns of all lines that the texts to paste of a cause can have."""
    causes = [cause for cause in CAUSES if cause.id == cause_id]
    texts = [cause.paste for cause in causes]
    texts += [variant.paste for cause in causes for variant in cause.variants]
    lines = (line.strip() for text in texts for line in text.split("\n"))
    forms = (form for line in lines if line and line[0] != "#" for form in _forms(line))
    return tuple(map(re.compile, dict.fromkeys(filter(None, map(_pattern, forms)))))


def _forms(line: str) -> Iterator[str]:
    """Yield a line as a workflow may need it: as a key with its value, or as an item of a list."""
    yield line
    if secret := SECRET.fullmatch(line):
        item = f"{secret['name']}={secret['value']}"
        yield from (item, f"container-secrets: {item}", "container-secrets: |")
    elif (found := INPUT.fullmatch(line)) and INPUTS[found["name"]].type.is_list:
        yield from (f"{found['name']}: |", found["value"])


def _pattern(form: str) -> str:
    """Return the pattern of a form of a line; empty if it may be any text."""
    parts: list[str] = []
    end = 0
    seen: set[str] = set()
    for found in PLACEHOLDER.finditer(form):
        name, default = found[1], found[2]
        either = [re.escape(default)] if default else []
        if name in seen:
            either.append(f"(?P={name})")
        elif name in WORDS:
            either.append(f"(?P<{name}>{WORDS[name]})")
        if not either:
            return ""
        seen.add(name)
        parts += re.escape(form[end : found.start()]), f"(?:{'|'.join(either)})"
        end = found.end()
    return "".join((*parts, re.escape(form[end:])))
