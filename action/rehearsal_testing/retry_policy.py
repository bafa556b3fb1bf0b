"""Failed tests that are run again: how often, when that is pointless, and how it is told."""

import re
from collections.abc import Mapping, Sequence

from rehearsal_testing.errors import (
    BrowserMissingError,
    BrowserSettingsError,
    RehearsalSettingsError,
)
from rehearsal_testing.junit import FailedAttempt

VARIABLE = "REHEARSAL_RETRIES"
# As many as the action's input test-retries allows.
MOST = 10
_LONGEST_LINE = 300
# On an error that has outlived all attempts: one that pytest keeps for each further test.
_OUTLIVED = "_rehearsal_outlived"


def retries_allowed(environ: Mapping[str, str]) -> int:
    """Return how often a failed test may be run again, by REHEARSAL_RETRIES; 0 without it.

    Raises RehearsalSettingsError where that is no number from 0 to 10.
    """
    asked = environ.get(VARIABLE, "").strip()
    number = int(asked or "0") if re.fullmatch("[0-9]{0,2}", asked) else None
    if number is None or number > MOST:
        raise RehearsalSettingsError(
            f"{VARIABLE} is {asked!r}. Allowed: a number from 0 to {MOST}, how often a failed test "
            "is run again. Without it, none is."
        )
    return number


def is_final(error: BaseException) -> bool:
    """Whether no attempt could go better than the one that ended with `error`."""
    known = BrowserMissingError | BrowserSettingsError | RehearsalSettingsError
    return isinstance(error, known) or getattr(error, _OUTLIVED, False)


def outlive(error: BaseException) -> None:
    """Mark an error that was still there after the last attempt."""
    setattr(error, _OUTLIVED, True)


def announcement(name: str, attempts: Sequence[FailedAttempt], allowed: int) -> str:
    """Return one line on a test that is about to run again, after `attempts` that failed."""
    first = attempts[-1].problems[0]
    why = first.message.strip().partition("\n")[0]
    line = f"retrying {name} ({len(attempts)} of {allowed}): {first.type}" + f": {why}" * bool(why)
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…"
