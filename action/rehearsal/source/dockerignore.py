"""Which line of a .dockerignore keeps a file out of the build context."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from rehearsal.dataclass import dataclass
from rehearsal.source.text_lines import split_lines

# A part of a pattern that is any number of folders.
ANY_FOLDERS = "**"


@dataclass(frozen=True, kw_only=True)
class IgnoreRule:
    """A line of the file, which counts from 1; its pattern stands without white space."""

    line: int
    pattern: str


def ignoring_rule(text: str, path: str) -> IgnoreRule | None:
    """Return the line that leaves out a file, None if the context has it.

    `path` is relative to the context. The last pattern that matches the file, or a folder that it
    is in, counts. Source: Docker's reference, "build context", ".dockerignore files".
    """
    found, names = None, path.split("/")
    for line, raw in enumerate(split_lines(text), 1):
        pattern = raw.strip()
        if not pattern or pattern.startswith("#"):
            continue
        wanted = posixpath.normpath(pattern.removeprefix("!").strip()).lstrip("/")
        if wanted == "." or _matches(list(_parts(wanted)), names):
            found = None if pattern.startswith("!") else IgnoreRule(line=line, pattern=pattern)
    return found


def _parts(pattern: str) -> Iterator[str]:
    """Yield a pattern for each name of a path, as fnmatch writes them, or ANY_FOLDERS."""
    for part in pattern.split("/"):
        if part.startswith(ANY_FOLDERS):
            yield ANY_FOLDERS
        if part != ANY_FOLDERS:
            escaped = re.sub(r"\\(.)", lambda found: _literal(found[1]), part)
            yield escaped.replace("[^", "[!")


def _literal(character: str) -> str:
    return f"[{character}]" if character in "*?[" else character


def _matches(parts: Sequence[str], names: Iterable[str]) -> bool:
    """Whether the parts match all names of a path, or the first ones."""
    # One name after the other, with all parts that may come next: no pattern takes long.
    following = _with_skipped(parts, {0})
    for name in names:
        matched = (at for at in following if at < len(parts) and _fits(parts[at], name))
        following = _with_skipped(parts, {at + (parts[at] != ANY_FOLDERS) for at in matched})
        if len(parts) in following:
            return True
    return False


def _with_skipped(parts: Sequence[str], indexes: Iterable[int]) -> set[int]:
    """Return the indexes with those that follow if ANY_FOLDERS stands for no folder."""
    found = set()
    for start in indexes:
        at = start
        found.add(at)
        while at < len(parts) and parts[at] == ANY_FOLDERS:
            at += 1
            found.add(at)
    return found


def _fits(part: str, name: str) -> bool:
    return part == ANY_FOLDERS or fnmatchcase(name, part)
