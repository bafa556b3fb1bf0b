"""Waits at the end of failed tests: how much of a test's time was spent on one in vain."""

from rehearsal.regex import regex
from rehearsal.report.words import seconds_text
from rehearsal.results.browser_steps import last_steps
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence

# In seconds: a shorter one is nothing to ask about.
MIN_WAIT = 1.0
# Selenium's and Playwright's exceptions, and what rehearsal_testing says, with the seconds.
TIMED_OUT = regex(
    r"(?:[\w.]+\.)?Timeout(?:Exception|Error)\b|Waited (?P<seconds>\d{1,6}(?:\.\d{1,3})?) s for ",
)
REPEATED = regex(r" \(\d+ times\)$")


def failed_wait(index: EvidenceIndex, name: str) -> str:
    """Return how much of a failed test was a wait at its end, empty if none is known."""
    found = next((each for each in index.failed if each.failure.name == name), None)
    return _last_wait(found) if found else ""


def _last_wait(test: FailedTestEvidence) -> str:
    """Return what the trace knows of the last step, or else the message of the failure."""
    timed_out = TIMED_OUT.match(test.failure.message.lstrip())
    step = next(last_steps(test.steps, 1), None)
    if step and step.is_look and step.seconds >= MIN_WAIT and REPEATED.search(step.text):
        what = "a wait that timed out" if timed_out else "lookups repeated until it failed"
        return f"{seconds_text(step.seconds)} of it {what}"
    if timed_out and timed_out["seconds"]:
        return f"{seconds_text(float(timed_out['seconds']))} of it a wait that timed out"
    return "it ended with a wait that timed out" if timed_out else ""
