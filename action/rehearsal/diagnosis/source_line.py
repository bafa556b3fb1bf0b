"""A line of the project that asks for something by name, and names that are similar."""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from rehearsal.dataclass import dataclass
from rehearsal.outside.files import text_files
from rehearsal.source.source_tree import SourceTree

# Of 1; names that have less in common are different names.
SIMILAR = 0.6


@dataclass(frozen=True, kw_only=True)
class SourceLine:
    """One line: `place` is FILE:LINE, `text` the whole line, `name` what it asks for.

    `start` is the index in the text at which the name begins.
    """

    place: str
    number: int
    text: str
    name: str
    start: int

    def with_name(self, other: str) -> str:
        """Return the line with another name in that place."""
        return f"{self.text[: self.start]}{other}{self.text[self.start + len(self.name) :]}"

    def instead(self, other: str) -> str:
        """Return `OTHER at FILE:LINE: TEXT`: how the line reads with another name."""
        return f"{other} at {self.place}: {self.with_name(other)}"


def lines_with(
    checkout: SourceTree, kinds: tuple[str, ...], pattern: re.Pattern[str]
) -> Iterator[SourceLine]:
    """Yield the lines of files of these kinds in which the pattern's group `name` ends."""
    for file, text in text_files(checkout.directory, kinds):
        path = checkout.relative(file)
        for found in pattern.finditer(text) if path else ():
            start = text.rfind("\n", 0, found.end("name")) + 1
            number = text.count("\n", 0, start) + 1
            line = text[start:].partition("\n")[0]
            yield SourceLine(
                place=f"{path}:{number}",
                number=number,
                text=line,
                name=found["name"],
                start=found.start("name") - start,
            )


def most_similar(name: str, names: Iterable[str]) -> str:
    """Return the name that has most in common with another, empty if none has enough."""

    def likeness(other: str) -> float:
        return SequenceMatcher(None, other, name).ratio()

    best = max(names, key=likeness, default="")
    return best if best and likeness(best) >= SIMILAR else ""
