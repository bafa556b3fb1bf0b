"""Files of requirements for pip, with all that they include, and whether they say everything.

Source: pip's documentation, "Requirements File Format".
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex

VERSIONS = r"(?:===?|[<>!~]=|[<>])\s*[\w.*+!-]+"
# A name with versions, as in PEP 508: an index is asked for it. No path, no address.
FROM_INDEX = regex(
    r"(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[\w\s,.-]*\])?\s*"
    rf"(?:\(?\s*{VERSIONS}(?:\s*,\s*{VERSIONS})*\s*,?\s*\)?)?\s*(?:;.*)?",
    re.ASCII,
)
# pip takes such a name for a file that is there.
ARCHIVE = regex(r"\.(?:whl|zip|tar(?:\.\w+)?|tgz|tbz|txz|tlz)\Z", re.IGNORECASE)
INCLUDE = regex(r"(?:-r|--requirement|-c|--constraint)\s*=?\s*(?P<file>\S.*)")
# Options of the whole file that bring no content of their own.
PLAIN_OPTION = regex(
    r"(?:-i|--index-url|--extra-index-url|--no-index|--trusted-host|--pre|--prefer-binary"
    r"|--require-hashes|--only-binary|--no-binary|--use-feature)(?:[\s=].*)?"
)
# Options of one requirement follow it.
OPTIONS = regex(r"\s--?[a-z].*")
HASHES = regex(r"--(?:hash|require-hashes)\b")
COMMENT = regex(r"(?:^|\s)#.*$")
VARIABLE = regex(r"\$\{([A-Z0-9_]+)\}")
MAX_FILES = 100


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """`texts` of the files, and the names of the `variables` that are replaced in them.

    `undescribed` names a line that installs what the texts do not describe, like a path or an
    address, whose content may change at any time; empty if there is none.
    """

    texts: tuple[str, ...]
    variables: frozenset[str]
    undescribed: str = ""

    @property
    def has_hashes(self) -> bool:
        """Whether an installer compares packages with hashes, and wants one of each."""
        return any(HASHES.search(text) for text in self.texts)


def read_requirements(path: Path, read: Callable[[Path], str | None]) -> Requirements:
    """Return what a file of requirements says; `read` returns None for what it cannot read."""
    texts: dict[Path, str] = {}
    waiting, undescribed = [path], ""
    while waiting:
        file = waiting.pop()
        if file in texts:
            continue
        text = read(file)
        if text is None or len(texts) >= MAX_FILES:
            undescribed = undescribed or f"{file.name} cannot be read"
            break
        texts[file] = text
        for number, line in _lines(text.removeprefix("\ufeff")):
            if included := INCLUDE.fullmatch(line):
                waiting.append(file.parent / included["file"].strip("\"'"))
            elif not _is_plain(line):
                # The line itself is not shown: an address may hold a password.
                undescribed = undescribed or (
                    f"{file.name}, line {number}, is no name with versions, but a path, an "
                    "address or an option"
                )
    return Requirements(
        texts=tuple(texts.values()),
        variables=frozenset(name for text in texts.values() for name in VARIABLE.findall(text)),
        undescribed=undescribed,
    )


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines with their numbers, joined where one ends with a backslash."""
    start, joined = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        start = start or number
        is_comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not is_comment:
            joined += line.removesuffix("\\")
            continue
        whole = COMMENT.sub("", f"{joined} {line}" if is_comment else joined + line).strip()
        if whole:
            yield start, whole
        start, joined = 0, ""
    if joined.strip():
        yield start, COMMENT.sub("", joined).strip()


def _is_plain(line: str) -> bool:
    # Single spaces: with thousands of them the patterns would take minutes.
    words = " ".join(line.split())
    if PLAIN_OPTION.fullmatch(words):
        return True
    found = FROM_INDEX.fullmatch(OPTIONS.sub("", words).strip())
    return bool(found and not ARCHIVE.search(found["name"]))
