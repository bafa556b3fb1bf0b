"""How long further containers may take."""

import math
import threading
import time
from dataclasses import field

from rehearsal.dataclass import dataclass

# In seconds. A machine with two cores may start four containers at once.
PATIENCE = 10.0
PATIENCE_SHARE = 3.0


class NoMoreTimeError(Exception):
    """The further containers have to end."""


@dataclass(kw_only=True)
class StartClock:
    """The time of all further containers; `stopped` ends them early.

    `deadline` is a reading of the monotonic clock. `ready_seconds` is how long the app took to be
    ready in the rehearsal, `measured` how long beside other further containers, once that is known.
    """

    deadline: float
    ready_seconds: float
    measured: float | None = None
    stopped: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """Raise `NoMoreTimeError` if they have to end."""
        if self.stopped.is_set() or time.monotonic() > self.deadline:
            raise NoMoreTimeError

    def first_limit(self) -> float:
        """Return how many seconds the container that is measured may take to be ready."""
        return PATIENCE + PATIENCE_SHARE * self.ready_seconds

    def limit(self) -> float:
        """Return how many seconds each other container may take; no limit before the measurement.

        On a busy machine a shorter limit would blame the image.
        """
        if self.measured is None:
            return math.inf
        return PATIENCE + PATIENCE_SHARE * self.measured
