"""Waits at the end of failed tests: how much of a test's time was spent on one in vain."""

import math
from collections.abc import Mapping

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.report.words import seconds_text
from rehearsal.results.browser_steps import last_steps
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.rehearsal import RehearsalResult

# In seconds: a shorter one is nothing to ask about.
MIN_WAIT = 1.0
# Selenium's exception, but not that of a page that did not load; Playwright's, but not a socket's
# of the same name; and what rehearsal_testing says, with the seconds.
TIMED_OUT = regex(
    r"(?:[\w.]+\.)?TimeoutException\b(?!.*(?:receiving message from renderer|Navigation timed out))"
    r"|(?:[\w.]+\.)?TimeoutError: .*\bTimeout \d{1,9}ms exceeded"
    r"|(?:AssertionError: )?Waited (?P<seconds>\d{1,6}(?:\.\d{1,3})?) s for ",
)
REPEATED = regex(r" \(\d+ times\)$")


@dataclass(frozen=True, kw_only=True)
class _Wait:
    """A wait at the end of a test; `seconds` is `None` where nothing says how long it was."""

    seconds: float | None
    what: str = "a wait that timed out"


def failed_wait(result: RehearsalResult, name: str) -> str:
    """Return how much of a failed test was a wait at its end, empty if none is known."""
    found = next((each for each in result.index.failed if each.failure.name == name), None)
    wait = _last_wait(found, _times(result)) if found else None
    if not wait:
        return ""
    if wait.seconds is None:
        return f"it ended with {wait.what}"
    return f"{seconds_text(wait.seconds)} of it {wait.what}"


def seconds_in_vain(result: RehearsalResult) -> list[float]:
    """Return how long each failed test waited at its end, without those of which it is unknown."""
    times = _times(result)
    waits = (_last_wait(test, times) for test in result.index.failed)
    return [wait.seconds for wait in waits if wait and wait.seconds is not None]


def _times(result: RehearsalResult) -> dict[str, float]:
    tests = result.suite_results.tests if result.suite_results else ()
    return {each.name: each.seconds for each in tests if each.seconds is not None}


def _last_wait(test: FailedTestEvidence, times: Mapping[str, float]) -> _Wait | None:
    """Return the wait, unless it is longer than the test: then it was another attempt's."""
    wait = _known_wait(test)
    is_part = not wait or (wait.seconds or 0.0) <= times.get(test.failure.name, math.inf)
    return wait if is_part else None


def _known_wait(test: FailedTestEvidence) -> _Wait | None:
    """Return what the trace knows of the last step, or else the message of the failure.

    The last lookups may have found what they were for: then only the message shows a wait.
    """
    timed_out = TIMED_OUT.match(test.failure.message.lstrip())
    step = next(last_steps(test.steps, 1), None)
    if step and step.is_look and step.seconds >= MIN_WAIT and REPEATED.search(step.text):
        if timed_out:
            return _Wait(seconds=step.seconds)
        if step.error:
            return _Wait(seconds=step.seconds, what="lookups repeated until it failed")
    if not timed_out:
        return None
    return _Wait(seconds=float(timed_out["seconds"]) if timed_out["seconds"] else None)
