"""Faults of ours while we look for facts: each costs one fact, and no verdict."""

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

PACKAGE = Path(__file__).parents[1]

Found = TypeVar("Found")
Otherwise = TypeVar("Otherwise")


def attempt(
    faults: list[str], find: Callable[[], Found], otherwise: Otherwise
) -> Found | Otherwise:
    """Return what `find` returns; if it raises, add that to the faults and return `otherwise`."""
    try:
        return find()
    except Exception as error:  # noqa: BLE001  (one fact is less than all of them)
        faults.append(describe_fault(error))
        return otherwise


def describe_fault(error: Exception) -> str:
    """Return an exception's type and our line that it came from: `ValueError at FILE:LINE`.

    Its own text may quote what was read, a secret too.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if Path(each.filename).is_relative_to(PACKAGE)]
    if not ours:
        return type(error).__name__
    file = Path(ours[-1].filename).relative_to(PACKAGE).as_posix()
    return f"{type(error).__name__} at {file}:{ours[-1].lineno}"
