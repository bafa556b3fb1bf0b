"""When a failed test runs again: how often, after which errors, and the message about it."""

import re
from collections.abc import Mapping, Sequence

from rehearsal_testing.errors import (
    BrowserMissingError,
    BrowserSettingsError,
    RehearsalSettingsError,
)
from rehearsal_testing.junit import FailedAttempt

VARIABLE = "REHEARSAL_RETRIES"
# The limit of the action's input test-retries. More retries would hide real failures.
MAX_RETRIES = 10
_MAX_MESSAGE_LENGTH = 300
# Set on an error of the last attempt: pytest raises that of a shared fixture for each further test.
_PERMANENT = "_rehearsal_permanent"


def retries_allowed(environ: Mapping[str, str]) -> int:
    """Return how often a failed test may run again, from REHEARSAL_RETRIES; 0 by default.

    Raises RehearsalSettingsError if that is not a number from 0 to 10.
    """
    value = environ.get(VARIABLE, "").strip()
    number = int(value or "0") if re.fullmatch("[0-9]{0,2}", value) else None
    if number is None or number > MAX_RETRIES:
        raise RehearsalSettingsError(
            f"{VARIABLE} is {value!r}. Allowed: a number from 0 to {MAX_RETRIES}, how often a "
            "failed test runs again. Without it, no test does."
        )
    return number


def is_permanent(error: BaseException) -> bool:
    """Whether another attempt would end with the same `error`."""
    environment = BrowserMissingError | BrowserSettingsError | RehearsalSettingsError
    return isinstance(error, environment) or getattr(error, _PERMANENT, False)


def mark_permanent(error: BaseException) -> None:
    """Mark an error that has ended the last attempt."""
    setattr(error, _PERMANENT, True)


def retry_message(name: str, attempts: Sequence[FailedAttempt], allowed: int) -> str:
    """Return one line about a test that is about to run again after `attempts` that failed."""
    first = attempts[-1].errors[0]
    why = first.message.strip().partition("\n")[0]
    line = f"retrying {name} ({len(attempts)} of {allowed}): {first.type}" + f": {why}" * bool(why)
    return line if len(line) <= _MAX_MESSAGE_LENGTH else f"{line[:_MAX_MESSAGE_LENGTH]}…"
