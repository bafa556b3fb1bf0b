"""The parts of a value that are secret on their own: lines, and what is in JSON or in a URL."""

import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, unquote_plus

from rehearsal.redaction.secret import MIN_REPLACED_LENGTH
from rehearsal.regex import regex

ARMOUR = "-----"

# The second also finds a password with characters that a URL should escape.
URL_PASSWORDS = (
    regex(r"://[^\s/?#:@]*:([^\s/?#@]+)@"),
    regex(r"://[^\s/?#:@]*:(\S+)@"),
)
URL_QUERY = regex(r"://[^\s?#]*\?([^\s#]+)")
# An option like sslmode=require: its word is in logs for other reasons.
OPTION = regex(r"[A-Za-z_-]{,19}")
SECRET_OPTION = regex(r"key|pass|pwd|secret|sig|token", re.IGNORECASE)


def secret_parts(value: str) -> set[str]:
    """Return the value and its parts, without blanks around them; they may be short."""
    texts = {value, *json_scalars(value)}
    lines = {line for text in texts for line in text.splitlines() if not line.startswith(ARMOUR)}
    return {part.strip() for part in (*texts, *lines, *_in_urls(lines))} - {""}


def _in_urls(lines: Iterable[str]) -> Iterator[str]:
    """Yield passwords and the values of queries, as they are and decoded: not the short ones."""
    found = (part for line in lines for part in (*url_passwords(line), *_options(line)))
    return (part for part in found if len(part.strip()) >= MIN_REPLACED_LENGTH)


def url_passwords(line: str) -> Iterator[str]:
    """Yield the passwords of the URLs in a text, as they are and decoded."""
    for pattern in URL_PASSWORDS:
        for password in pattern.findall(line):
            yield from (password, unquote(password))


def _options(line: str) -> Iterator[str]:
    for query in URL_QUERY.findall(line):
        for field in re.split("[&;]", query):
            name, _, option = field.partition("=")
            if SECRET_OPTION.search(name) or not OPTION.fullmatch(option):
                yield from (option, unquote(option), unquote_plus(option))


class _Number(str):
    """The digits of a number in JSON, as they stand there."""

    __slots__ = ()


def json_scalars(value: str) -> Iterator[str]:
    """Yield each string and longer number in a JSON object or list (a service account, say)."""
    if not value.lstrip().startswith(("{", "[")):
        return
    try:
        pending = [json.loads(value, parse_int=_Number, parse_float=_Number)]
    except (ValueError, RecursionError):
        return
    while pending:
        item = pending.pop()
        if isinstance(item, _Number):
            if sum(map(str.isdigit, item)) >= MIN_REPLACED_LENGTH:
                yield item.lstrip("-")
        elif isinstance(item, str):
            yield item
        elif isinstance(item, list):
            pending += item
        elif isinstance(item, dict):
            pending += item.values()
