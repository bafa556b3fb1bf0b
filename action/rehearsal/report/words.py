"""Lists in a sentence."""

from collections.abc import Iterable

# A list in a sentence; more of it is in the table below it.
MOST_NAMED = 12


def listed(names: Iterable[str]) -> str:
    """Return names for a sentence, the first ones of many."""
    found = list(names)
    more = len(found) - MOST_NAMED
    return ", ".join(found[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def distinct(values: Iterable[str]) -> list[str]:
    """Return the different values in their order, the empty one left out."""
    return [value for value in dict.fromkeys(values) if value]
