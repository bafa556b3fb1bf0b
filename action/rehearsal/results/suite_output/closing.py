"""The closing lines of one run of a test runner, as numbers."""

from collections.abc import Iterable

from rehearsal.dataclass import dataclass

# In characters: a failure has more than this only if its test prints a whole page.
MAX_TEXT = 64 << 10
# How many failed tests are named, and how many runs are kept.
MAX_FAILURES = 500
MAX_RUNS = 500
# A count in a regular expression. Python makes no number of thousands of digits.
NUMBER = "[0-9]{1,9}"


@dataclass(frozen=True, kw_only=True)
class Closing:
    """How many tests one run had, without skipped ones; `text` is what the runner printed.

    `deselected` counts the tests that pytest left out, `rerun` how often it ran a test again.
    """

    text: str
    ran: int
    failed: int = 0
    deselected: int | None = None
    rerun: int = 0


class TextBlock:
    """Lines that belong together; what exceeds `MAX_TEXT` characters is left out."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._room = MAX_TEXT

    def append(self, line: str) -> None:
        """Add a line."""
        if self._room > 0:
            self.lines.append(line)
        self._room -= len(line) + 1


def join_lines(lines: Iterable[str]) -> str:
    """Return the lines as one text, without blank ones around it."""
    return "\n".join(lines).strip("\n")
