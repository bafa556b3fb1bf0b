"""Which line of a .dockerignore keeps a file out of the build context."""

import posixpath
import re
from dataclasses import dataclass

from rehearsal.source.text_lines import split_lines

# `**/` is any number of folders, `*` and `?` are inside one name.
TOKEN = re.compile(r"\*\*/?|\*|\?|\[[^\]]*\]|\\?.")


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
    found = None
    for line, raw in enumerate(split_lines(text), 1):
        pattern = raw.strip()
        if not pattern or pattern.startswith("#"):
            continue
        wanted = pattern.removeprefix("!").strip()
        if _matches(posixpath.normpath(wanted).lstrip("/"), path):
            found = None if pattern.startswith("!") else IgnoreRule(line=line, pattern=pattern)
    return found


def _matches(pattern: str, path: str) -> bool:
    expression = "".join(map(_translate, TOKEN.findall(pattern)))
    return bool(re.fullmatch(rf"{expression}(?:/.*)?", path)) or pattern == "."


def _translate(token: str) -> str:
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    if token in known or token.startswith("["):
        return known.get(token, token.replace("[^", "[^/").replace("\\", "\\\\"))
    return re.escape(token.removeprefix("\\"))
