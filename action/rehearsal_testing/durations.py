"""Read `.test_durations`, which has the seconds of each test, to balance shards."""

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rehearsal_testing.dotted_names import as_dotted_name
from rehearsal_testing.errors import RehearsalSettingsError

FILE = ".test_durations"
"""In the working directory, in pytest-split's format: a JSON object of test names and seconds."""


def read_durations(warn: Callable[[str], None]) -> Mapping[str, float]:
    """Return the seconds in `.test_durations` by dotted name; an empty mapping without the file.

    All shards must read the same file, so it has to be committed. For a test that is in it under
    both its names, the dotted one counts. An invalid file is ignored, after a call of `warn`.
    Raises RehearsalSettingsError if the file exists and cannot be read.
    """
    try:
        content = Path(FILE).read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        # Without durations this shard would split the suite differently from the others.
        raise RehearsalSettingsError(f"{FILE} cannot be read: {error}") from None
    try:
        found: Any = json.loads(content)
        seconds = {name: parse_seconds(value) for name, value in found.items()}
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        warn(
            f"{FILE} does not balance the shards ({error}). Expected: a JSON object of test names "
            "and seconds, as `python -m rehearsal_testing.record_durations FOLDER` writes it."
        )
        return {}
    dotted = {as_dotted_name(name): value for name, value in seconds.items()}
    return dotted | {name: value for name, value in seconds.items() if name in dotted}


def parse_seconds(value: object) -> float:
    """Return a number of seconds. Raises ValueError if `value` is not one."""
    if not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ValueError(f"{value!r} is not a number of seconds")
    return float(value)
