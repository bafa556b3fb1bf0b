"""When the tests of a report ran."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from rehearsal.regex import regex
from rehearsal.results.junit.document import Suite, properties
from rehearsal.results.junit.failures import attempts_of, failures_of
from rehearsal.results.junit.time_stamps import TOLERANCE, Window, read_time_stamp
from rehearsal.results.rehearsal import MAX_TIME
from rehearsal.results.tests import Span

# In seconds: some time stamps are cut to full seconds.
ROUNDING = 1.0
# How unittest-xml-reporting names suites. Its time stamps say when a test ended.
XMLRUNNER_SUITE = regex(r".+-[0-9]{14}")
# In seconds: no workflow run lasts longer than 35 days, so no test does.
MAX_SECONDS = 35 * 24 * 3600.0
THOUSANDS = regex(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+")


class Clock:
    """Works out when tests ran, as if the tests of a suite ran one after the other."""

    def __init__(self, window: Window | None) -> None:
        self._window = window
        self._last_stamp, self._last_suite = "", Suite({})

    def begin_suite(self, suite: Suite) -> None:
        """Set when the first test of a suite began."""
        stamp = suite.get("timestamp")
        if stamp and stamp == self._last_stamp:
            # Some tools give all suites the time stamp of the whole run.
            suite.clock = self._last_suite.clock
        else:
            suite.clock = self._beginning(stamp, read_seconds(suite.get("time")) or 0.0)
        if stamp:
            self._last_stamp, self._last_suite = stamp, suite

    def _beginning(self, stamp: str, seconds: float) -> float | None:
        start = read_time_stamp(stamp, self._window)
        if start is None or self._window is None:
            return start
        first, last = self._window
        # Other tools write when a suite ended: read as its beginning, it would end after the run.
        is_end = start + seconds > last + ROUNDING and start - seconds > first - ROUNDING
        return start - seconds if is_end else start

    def span_of(self, case: ET.Element, suites: Sequence[Suite]) -> Span | None:
        """Return when a test ran, if the report says so, and go on to the next test.

        For a flaky test, this is when its first attempt ran. A case without elements has passed,
        and nobody asks when: most cases are of this kind, so it is not worked out.
        """
        suite = suites[-1]
        seconds = read_seconds(case.get("time")) or 0.0
        start = self._read_stamp(case)
        if start is not None and XMLRUNNER_SUITE.fullmatch(suite.get("name")):
            start -= seconds
        if start is None:
            start = suite.clock
        if suite.clock is not None:
            suite.clock += seconds
        if not len(case):
            return None
        attempt = next(iter(attempts_of(case)), None)
        if attempt is not None and not failures_of(case):
            first = self._read_stamp(attempt)
            if first is not None:
                start, seconds = first, read_seconds(attempt.get("time")) or 0.0
        return _exact_span(case) or self._estimated_span(start, seconds)

    def _read_stamp(self, element: ET.Element) -> float | None:
        stamp = element.get("timestamp")
        return read_time_stamp(stamp, self._window) if stamp else None

    def _estimated_span(self, start: float | None, seconds: float) -> Span | None:
        if start is None:
            return None
        end = start + seconds
        if self._window is not None:
            first, last = self._window
            if start > last + TOLERANCE or end < first - TOLERANCE:
                return None
        return Span(start=start, end=end, exact=False)


def _exact_span(case: ET.Element) -> Span | None:
    own = properties(case)
    start, end = (read_seconds(own.get(name), most=MAX_TIME) for name in ("start", "end"))
    if start is None or end is None or not start <= end <= start + MAX_SECONDS:
        return None
    return Span(start=start, end=end, exact=True)


def read_seconds(text: str | None, *, most: float = MAX_SECONDS) -> float | None:
    """Return a number of seconds, or None for any other text, and for more than `most`."""
    if not text:
        return None
    try:
        # Surefire separates thousands.
        number = float(text.replace(",", "") if "," in text and THOUSANDS.fullmatch(text) else text)
    except ValueError:
        return None
    # False for NaN, too.
    return number if 0 <= number <= most else None
