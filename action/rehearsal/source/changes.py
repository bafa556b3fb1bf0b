"""Changes of a project's files that somebody makes by hand."""

import ast
import posixpath
from collections.abc import Iterable
from dataclasses import replace

from rehearsal.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class Change:
    """What to write into one file: after a line, instead of one, or (with neither) at the end.

    Lines count from 1.
    """

    path: str
    text: str
    after: int = 0
    instead: int = 0

    def below(self, folder: str) -> "Change":
        """Return the change with its path from the folder in which `folder` is."""
        return replace(self, path=posixpath.normpath(posixpath.join(folder, self.path)))

    @property
    def place(self) -> str:
        """Where to write it."""
        if self.instead:
            return f"in {self.path}, instead of line {self.instead}, write:"
        if self.after:
            return f"in {self.path}, after line {self.after}, add:"
        return f"in {self.path}, at the end, add:"


@dataclass(frozen=True, kw_only=True)
class Commands:
    """Commands to run on one's own machine; they write files of the project."""

    text: str

    def below(self, folder: str) -> "Commands":
        """Return the commands as they are run in `folder`."""
        return self if folder == "." else Commands(text=f"cd {folder}\n{self.text}")

    @property
    def place(self) -> str:
        """Where to run them."""
        return "on your own machine; commit what it writes:"


def changed(text: str, changes: Iterable[Change]) -> str:
    """Return a file's text with changes of it, whose lines are those of the text without them."""
    lines = text.split("\n")
    for change in sorted(changes, key=lambda each: each.after or each.instead, reverse=True):
        if change.instead:
            lines[change.instead - 1] = change.text
        else:
            lines.insert(change.after or len(lines), change.text)
    return "\n".join(lines)


def is_python(text: str) -> bool:
    """Whether a text is valid Python, as far as the Python that runs this knows the language."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def describe(changes: Iterable[Change | Commands], lead: str = "") -> str:
    """Return the text to paste, with a comment before each change that says where.

    `lead` is what the first comment begins with, like "or ".
    """
    leads = (lead, "and ")
    parts = (
        f"# {leads[bool(number)]}{change.place}\n{change.text}"
        for number, change in enumerate(changes)
    )
    return "\n\n".join(parts)
