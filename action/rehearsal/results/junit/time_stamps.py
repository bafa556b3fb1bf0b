"""Time stamps, as the tools of many languages write them."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from rehearsal.results.rehearsal import MAX_TIME

# From its first to its last second, in seconds since 1970.
Window = tuple[float, float]
# In seconds. Some tools cut a time stamp to full seconds; time zones differ by far more than this.
TOLERANCE = 60.0
# 1e11 seconds since 1970 are the year 5138; as milliseconds, that is in 1973.
FIRST_MILLISECONDS = 1e11


def read_time_stamp(text: str, window: Window | None = None) -> float | None:
    """Return the seconds since 1970, or None for what is no time stamp.

    A time stamp without a time zone is local, as JUnit itself writes it. But many tools write UTC:
    so it is UTC where only this is within the `window`.
    """
    moment = _read(text.strip(), window)
    # unittest-xml-reporting writes the year 1 where it knows no time.
    return moment if moment is not None and 0 <= moment <= MAX_TIME else None


def _read(text: str, window: Window | None) -> float | None:
    if re.fullmatch(r"[0-9]{9,13}(\.[0-9]{1,9})?", text):
        number = float(text)
        return number / 1000 if number >= FIRST_MILLISECONDS else number
    try:
        moment = _parse(text)
        local = moment.timestamp()
        if moment.tzinfo or window is None or _is_within(local, window):
            return local
        utc = moment.replace(tzinfo=UTC).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    return utc if _is_within(utc, window) else local


def _parse(text: str) -> datetime:
    """Parse ISO 8601, or RFC 1123 as mocha writes it. Raises ValueError."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parsedate_to_datetime(text)


def _is_within(moment: float, window: Window) -> bool:
    start, end = window
    return start - TOLERANCE <= moment <= end + TOLERANCE
