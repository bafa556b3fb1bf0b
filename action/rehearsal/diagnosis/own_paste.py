"""Whether a text to paste is one that the known causes make: a verdict.json may have any text.

What fits a project was read from its files, which a reader of its verdict.json does not have. So
only a text that a cause has itself, up to single words, can be distinguished from any other.
"""

import re
from collections.abc import Iterable, Iterator
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
FOLDER = r"(?:/\.?[\w-][\w.-]{0,100}){1,20}"
FILE = r"[\w./-]{1,200}(?::[0-9]{1,7})?"
WORDS = {
    "each": VARIABLE,
    "name": VARIABLE,
    "stored": VARIABLE,
    "port": "[0-9]{1,5}",
    "service": "[a-z][a-z0-9-]{0,62}",
    "folder": FOLDER,
    "mount": FOLDER,
    "user": r"\w{1,32}",
    "library": r"\w{1,100}",
    "data": "GET|POST",
    "field": r"\w{1,100}",
    # Of comments.
    **dict.fromkeys(("workflow", "file", "settings", "dockerfile", "template", "code"), FILE),
    "line": "[0-9]{1,7}",
    "read": r"request\.(?:POST|GET|FILES)\[[\"']\w{1,100}[\"']\]",
}
# What a comment begins with before a place in the workflow, and how `fit_paste` names that place.
LEAD = regex(r"# (.*?)(?:in \{workflow\|your workflow\}|under the step's env:), .*")
ADD_LINES = r"add (?:this line|these lines)(?:, or change that of [\w.-]{1,100} to it)?"
PLACE = (
    rf"in (?:your workflow|{FILE}), (?:under the (?:step|job)'s (?:with|env|secrets):, add"
    rf"|under the job's secrets:, {ADD_LINES} \(after container-secrets: \|\)"
    rf"|in the (?:step|job)'s input (?P<input>[a-z-]+), "
    rf"(?:write instead|{ADD_LINES} \(after (?P=input): \|\))"
    r"|after line [0-9]{1,7}, add|instead of lines? [0-9]{1,7}(?: to [0-9]{1,7})?, write):"
)
INPUT = regex(r"(?P<name>[a-z-]+): (?P<value>.+)")
SECRET = regex(r"(?P<name>\S+): (?P<value>\$\{\{ secrets\..+)")
SECTIONS = frozenset({"with:", "env:", "secrets:"})


def is_own_paste(diagnosis: Diagnosis) -> bool:
    """Return whether each comment and line to paste is one that the cause has."""
    paste = diagnosis.paste
    if len(paste) > MAX_PASTE or not paste.replace("\n", "").isprintable():
        return False
    known = _lines_of(diagnosis.id)
    for snippet in split_snippets(paste):
        comment, *lines = snippet.split("\n")
        if not lines or not any(_fits(each, comment) for each in _comments_of(diagnosis.id)):
            return False
        for line in filter(None, map(str.strip, lines)):
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
    lines = (line for line in _pasted(cause_id) if line[0] != "#")
    return _patterns(_pattern(form) for line in lines for form in _forms(line))


@cache
def _comments_of(cause_id: str) -> tuple[re.Pattern[str], ...]:
    """Return patterns of all comments over a text to paste that a cause can have."""
    comments = [line for line in _pasted(cause_id) if line[0] == "#"]
    leads = {re.escape(found[1]) for line in comments if (found := LEAD.fullmatch(line))}
    # What the first of several texts was for may be there already.
    fitted = rf"# (?:{'|'.join(sorted(leads))}|){PLACE}"
    return _patterns((*map(_pattern, comments), fitted))


def _pasted(cause_id: str) -> Iterator[str]:
    causes = [cause for cause in CAUSES if cause.id == cause_id]
    texts = [cause.paste for cause in causes]
    texts += [variant.paste for cause in causes for variant in cause.variants]
    return filter(None, (line.strip() for text in texts for line in text.split("\n")))


def _patterns(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, dict.fromkeys(filter(None, patterns))))


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
