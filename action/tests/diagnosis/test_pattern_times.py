"""The time of every pattern that searches logs or pages: it must not grow with their square."""

import importlib
import inspect
import pkgutil
import re
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass
from types import ModuleType
from typing import Any

import pytest

from rehearsal import audit, diagnosis, source
from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.rules import Cause, Pattern
from rehearsal.diagnosis.unreachable_words import Words
from rehearsal.diagnosis.variable_words import LIBRARIES, OWN_WORDS
from rehearsal.regex import regex

# In characters, and in seconds of this process: it is a tenth of that, or far more.
SIZE = 5_000
LONG = 0.03
PIECES = (
    # One line of one class of character.
    "a", "DEADBEEF00", "A_", " ", "║ a ", "<", "<a>", "<a b", "{", "/a", "'/a' ", "a: ", "a.", "-",
    # Words that patterns begin with.
    "AB_C is D_E must ", "Error: ", "cannot create a b c d e ", "missing A, ",
    "This version of a only supports ", "Element <a> is not clickable at point ",
    "locator resolved to <a>", "- <a>",
    # Many lines.
    "\n", "  \n", "Error: x\n", "    at x (y:1:2)\n",
    '  File "/usr/lib/smtplib.py", line 1, in f\n', "sh: 1: a: not found\n",
    "  mkdir(x)\n    ~~~\n", "Traceback (most recent call last):\n  x\n",
    "locator resolved to <a>\n", "/a:in `b': x (y)\n",
    '  File "/venv/asyncpg/connection.py", line 1, in f\n', "Error b connecting to a:1",
    "Caused by: x\n\tat y\n", 'connection to server at "a" (b), port 1 failed: ',
    # Pages and commands of an app.
    "<b>Warning</b>:", "Whitelabel Error Page</h1>", "<pre>Error: ", '"trace":"a.', "+/app/a",
    "at a(b:1", "node -a ", "php -a ", "a --a ", "rails a ", "-r a", "1; ", "#1 /a(1", "9.", "a9A",
    "DB_HOST=a ", "A_URL || 'a://b@", "a:1 - no response\n", "host: 'a', port: '1'",
)  # fmt: skip


# Tables whose patterns are matched with a whole command, header or name of a file; what stands in
# bytes is searched.
MATCHED_TABLES = (
    "audit.dev_servers.DEV_SERVERS", "audit.dev_servers.RAILS", "audit.stray_files.RULES",
)  # fmt: skip

# mypy takes the second for the first.
COMPILED = (re.Pattern, type(regex("")))
MODULES: list[ModuleType] = [
    importlib.import_module(found.name)
    for package in (audit, diagnosis, source)
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
]


def expressions(value: object) -> Iterator[str]:
    """Yield the regular expressions in a constant, whatever holds them."""
    if isinstance(value, COMPILED):
        yield value.pattern
    elif isinstance(value, str) and ("\\" in value or "(?" in value):
        yield value
    elif isinstance(value, Words):
        yield value.says.pattern
    elif isinstance(value, Pattern):
        yield from (each.pattern for each in value.patterns)
    elif isinstance(value, tuple | list | set | frozenset):
        for each in value:
            yield from expressions(each)
    elif isinstance(value, dict):
        yield from expressions([*value.values()])
    elif is_dataclass(value) and type(value).__module__.startswith(audit.__name__):
        yield from expressions([getattr(value, each.name) for each in fields(value)])


def patterns_of_causes() -> Iterator[tuple[str, re.Pattern[Any]]]:
    for cause in CAUSES:
        for pattern in patterns_of(cause):
            yield from ((cause.id, each) for each in pattern.patterns)
    for words in (*LIBRARIES, *OWN_WORDS):
        yield from (
            ("missing-variable", re.compile(each, re.MULTILINE))
            for each in (words.says, words.each)
            if each
        )


def patterns_of(cause: Cause) -> Iterator[Pattern]:
    yield from (*cause.patterns, *cause.unless, *cause.details)
    yield from (variant.pattern for variant in cause.variants)
    yield from cause.give_up.only_if if cause.give_up else ()


def patterns_of_modules() -> Iterator[tuple[str, re.Pattern[Any]]]:
    for module in MODULES:
        code = inspect.getsource(module)
        for name, value in vars(module).items():
            place = f"{module.__name__.removeprefix('rehearsal.')}.{name}"
            # What only stands in other patterns is searched with these.
            if not name.isupper() or f"{{{name}}}" in code:
                continue
            if isinstance(value, COMPILED):
                yield place, value
                continue
            for text in expressions(value):
                with suppress(re.error):  # It is a part of a pattern, or none.
                    yield place, re.compile(text, re.MULTILINE)


# Each once: modules import each other's constants.
PATTERNS = {
    (pattern.pattern, pattern.flags): (place, pattern)
    for place, pattern in (*patterns_of_modules(), *patterns_of_causes())
}


def is_only_matched(place: str, pattern: re.Pattern[Any]) -> bool:
    """Whether a pattern is only asked for the beginning of a text, and never searched."""
    if place in MATCHED_TABLES:
        return isinstance(pattern.pattern, str)
    name = place.rpartition(".")[2]
    code = "".join(
        inspect.getsource(module) for module in MODULES if vars(module).get(name) is pattern
    )
    is_searched = re.search(rf"\b{name}\.(?:search|find\w+|sub|split)\(", code)
    return not is_searched and bool(re.search(rf"\b{name}\.(?:full)?match\(", code))


MATCHED = {key for key, (place, pattern) in PATTERNS.items() if is_only_matched(place, pattern)}


def is_slow(pattern: re.Pattern[Any], piece: str) -> bool:
    text = piece.encode() if isinstance(pattern.pattern, bytes) else piece
    started = time.process_time()
    if (pattern.pattern, pattern.flags) in MATCHED:
        pattern.match(text)
        pattern.fullmatch(text)
    else:
        deque(pattern.finditer(text), maxlen=0)
    return time.process_time() - started > LONG


@pytest.mark.parametrize("piece", PIECES)
def test_patterns__no_log_takes_long(piece: str) -> None:
    text = piece * (SIZE // len(piece))
    slow = {
        f"{place}: {pattern.pattern!r}"
        for place, pattern in PATTERNS.values()
        # Again, since the machine has more to do.
        if all(is_slow(pattern, text) for _ in range(3))
    }
    assert slow == set()


def test_patterns__all_are_held() -> None:
    assert len(PATTERNS) > 400
