"""The real time, also where a test has frozen it: freezegun replaces what modules hold, no more."""

from __future__ import annotations

import time as _time


class CLOCK:
    """Seconds since 1970, and seconds that only grow."""

    time = staticmethod(_time.time)
    monotonic = staticmethod(_time.monotonic)
