"""The line of a traceback that says what was raised."""

from collections.abc import Sequence

from rehearsal.regex import regex

HEADER = "Traceback (most recent call last):"
FRAME = regex(r'\s+File "')
# Python prints the exceptions of a group behind these bars.
GROUP_MARGIN = regex(r"^[ |+]*\| ")


def exception_line(lines: Sequence[str]) -> str:
    """Return the first line of the last exception in a text, or its first line if it has none."""
    for number in reversed(range(len(lines) - 1)):
        # A message may quote a header, but not with a frame behind it.
        if lines[number].endswith(HEADER) and FRAME.match(_without_margin(lines[number + 1])):
            rest = map(_without_margin, lines[number + 1 :])
            return next((line.strip() for line in rest if line[:1].strip()), "")
    return next((line.strip() for line in lines if line.strip()), "")


def _without_margin(line: str) -> str:
    return GROUP_MARGIN.sub("", line)
