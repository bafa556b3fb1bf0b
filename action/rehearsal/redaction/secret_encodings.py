"""The patterns of a secret: how a log, a page or a report may contain it."""

import base64
import re
import string
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from rehearsal.redaction.choice import HEAD, Choice, Part, Run
from rehearsal.redaction.pattern import Pattern
from rehearsal.redaction.secret import MIN_REPLACED_LENGTH
from rehearsal.redaction.secret_parts import secret_parts
from rehearsal.redaction.spellings import spellings
from rehearsal.regex import regex

PLAIN = frozenset(string.ascii_letters + string.digits)
# A character that is repeated is written in the same way each time.
RUNS = regex(r"[A-Za-z0-9]+|(.)\1*", re.DOTALL)
# Base64 is broken after 64 or 76 characters, which are whole groups of four.
GROUP = 4
BREAKS = (b"", b"\n", b"\r\n", b"\\n", b"\\r\\n", b"\\\\n", b"\\\\r\\\\n")
BREAK = Choice(BREAKS, plain=b"")
URL_SAFE = str.maketrans("+/", "-_")


def patterns(value: str) -> Iterator[Pattern]:
    """Yield a pattern for each encoding of the value and of its parts."""
    for text in secret_parts(value):
        if len(text) < MIN_REPLACED_LENGTH:
            continue
        raw = text.encode(errors="surrogateescape")
        yield Pattern(_spelled(text, _choice))
        yield from (Pattern([raw.hex().encode()]), Pattern([raw.hex().upper().encode()]))
        yield from (Pattern(_base64(raw, shift)) for shift in range(3))


def _base64(raw: bytes, shift: int) -> list[Part]:
    """Return the base64 characters that depend on the bytes only, `shift` bytes after a group."""
    encoded = base64.b64encode(bytes(shift) + raw).decode()
    start, end = -(-8 * shift // 6), 8 * (shift + len(raw)) // 6
    group = -(-start // GROUP) * GROUP
    before = encoded[start:group]
    parts: list[Part]
    if not before:
        parts = []
    elif end - group < MIN_REPLACED_LENGTH:
        parts = [*_spelled(before, _base64_choice), BREAK]
    else:
        # After a break, the first group and the others are in a line of their own.
        optional = {b"", before.encode(), before.translate(URL_SAFE).encode()}
        parts = [Choice(optional, plain=before.encode())]
    for at in range(group, end, GROUP):
        parts += _spelled(encoded[at : min(at + GROUP, end)], _base64_choice)
        parts.append(BREAK)
    return parts[:-1]


def _spelled(text: str, choice: Callable[[str], Choice]) -> list[Part]:
    """Return the parts of a text: letters and digits as they are, choices for all others."""
    runs = (found[0] for found in RUNS.finditer(text))
    return [run.encode() if run[0] in PLAIN else choice(run) for run in runs]


@cache
def _choice(run: str) -> Choice:
    return _repeated(spellings(run[0]), run)


@cache
def _base64_choice(run: str) -> Choice:
    return _repeated(spellings(run[0]) | spellings(run[0].translate(URL_SAFE)), run)


def _repeated(once: Iterable[bytes], run: str) -> Choice:
    plain, count = run[0].encode(errors="surrogateescape"), len(run)
    if count > HEAD:
        return Run(once, plain=plain, count=count)
    return Choice((text * count for text in once), plain=plain * count)
