"""Read from a log which environment variables an app misses."""

import re
from collections.abc import Iterator
from itertools import chain

from rehearsal.config.variables import SECRET_LIKE_NAME
from rehearsal.diagnosis.facts import START_LOGS, Facts
from rehearsal.diagnosis.settings_class import SettingsClass, find_settings_class
from rehearsal.diagnosis.variable_words import LIBRARIES, OWN_WORDS, Words
from rehearsal.regex import regex
from rehearsal.source.source_tree import SourceTree
from rehearsal.source.tracebacks import SERVER_NOISE, tracebacks

MAX_VARIABLES = 20
# A line that says no failure; and dynaconf, which names no variable but what follows its prefix.
NO_FAILURE = regex(r"\b(?:warn(?:ing)?|info|debug|default(?:s|ing)?)\b|dynaconf", re.IGNORECASE)
# An app that ends says why in its last lines.
LAST_LINES = 3


def missing_variables(facts: Facts, checkout: SourceTree | None = None) -> tuple[str, ...]:
    """Return lines `secret NAME` (for a name like a secret's) or `plain NAME`, in their order.

    The logs are those of the start; the first that names a variable counts. The checkout shows the
    prefix that a settings class gives the names of its fields.
    """
    for log in START_LOGS:
        names = list(dict.fromkeys(_names(facts.text(log), checkout)))
        if names:
            kinds = ("secret" if SECRET_LIKE_NAME.search(name) else "plain" for name in names)
            return tuple(map(" ".join, zip(kinds, names, strict=True)))[:MAX_VARIABLES]
    return ()


def _names(text: str, checkout: SourceTree | None) -> Iterator[str]:
    found = False
    for words in LIBRARIES:
        for match in re.finditer(words.says, text, re.MULTILINE):
            for name in _named(words, match, checkout):
                found = True
                yield name
    if not found:
        for line in _last_words(text):
            for words in OWN_WORDS:
                if own := re.search(words.says, line):
                    yield from _named(words, own, checkout)


def _named(words: Words, match: re.Match[str], checkout: SourceTree | None) -> Iterator[str]:
    if words.always:
        yield words.always
        return
    names = re.findall(words.each, match["name"], re.MULTILINE) if words.each else [match["name"]]
    if words.fields:
        settings = find_settings_class(match["settings"], checkout) if checkout else None
        yield from ((settings or SettingsClass()).variable(name) for name in names)
    else:
        yield from (re.sub(r"[.-]", "_", name).upper() if "." in name else name for name in names)


def _last_words(text: str) -> Iterator[str]:
    """Yield the exception that a log shows last, and its last lines."""
    errors = [each.error for each in tracebacks(text)][-1:]
    lines = (line for line in text.splitlines() if line.strip() and not SERVER_NOISE.search(line))
    for line in dict.fromkeys(chain(errors, list(lines)[-LAST_LINES:])):
        if not NO_FAILURE.search(line):
            yield line
