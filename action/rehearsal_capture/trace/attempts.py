"""Number the attempts at a test: whoever runs it again, each attempt has files of its own."""

from __future__ import annotations

import re
from pathlib import Path

# What the capture writes for a test that fails; `-retry1` is the second attempt.
_FILE = re.compile(r"(?:trace|screenshot|page|address|console)(?:-retry(?P<retry>\d+))?[-.].+")


def next_attempt(folder: Path) -> int:
    """Return the number of the attempt that begins, from 1, by what the earlier ones have left.

    So it makes no difference which tool runs the test again, or in which process.
    """
    found = (_FILE.fullmatch(each.name) for each in folder.glob("*"))
    return max((int(each["retry"] or 0) + 2 for each in found if each), default=1)


def attempt_suffix(attempt: int) -> str:
    """Return what the names of an attempt's files have before the dot."""
    return f"-retry{attempt - 1}" if attempt > 1 else ""
