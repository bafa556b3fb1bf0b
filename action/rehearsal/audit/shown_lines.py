"""The first of many lines, for the evidence of a finding."""

from collections.abc import Sequence


def first_lines(lines: Sequence[str], limit: int = 10) -> tuple[str, ...]:
    """Return the first lines, and how many more there are."""
    more = len(lines) - limit
    return (*lines[:limit], f"and {more} more") if more > 0 else tuple(lines)
