"""What a check finds."""

from rehearsal.audit.check import Check, Failure
from rehearsal.audit.observations import Observations


def failures(check: Check, seen: Observations) -> list[Failure]:
    """Return the failures of a check, without its notes. Raises `CheckSkipped`."""
    return [each for each in check.find(seen) if isinstance(each, Failure)]
