"""Words that several reports share: counts, titles of stages, lists in a sentence."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from rehearsal.regex import regex
from rehearsal.results.bounded_text import cut_text
from rehearsal.results.browser_steps import TraceStep, last_steps
from rehearsal.results.browser_trace import TraceRequest
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.file_names import CONTAINER_LOG
from rehearsal.results.rehearsal import RehearsalResult, Stage
from rehearsal.results.selenium_message import plain_message
from rehearsal.results.step_words import step_text
from rehearsal.results.tests import Failure, ListedTest

# The most names in one sentence; a table has the others.
MAX_NAMES = 12
# What a laptop runs: the workflow's step, with its secrets from the environment or .env.
REHEARSE = "rehearse"
# The name of an exception and nothing more.
TIMEOUT = regex(r"[\w.]*Timeout\w*:?", re.ASCII)
# Before the request that says most about a failed test.
REQUEST = "The request then: "
# What the app logged is shown in three ways: the whole file, a part of it, some lines of that.
WHOLE_LOG = "app's whole log"
LOG_OF_TEST = "app's log during this test"
LINES_OF_FAILURE = "app's lines around the failure"
# In characters: the text of a step.
MAX_STEP = 200
# The heading of what the next rehearsals would stop at.
ALSO_NEEDED = "Also needed, from the source"
ALSO_NEEDED_NOTE = (
    "This rehearsal stopped before these could show. They were found by reading the project's "
    "files; nothing was run."
)
PASTE_ON_SHARD_PAGE = "What to paste is on the page of that rehearsal."
ALSO_NEEDED_PASTE = "To fix all of this at once, paste this instead of the text above:"

# Of these stages the time is the time spent waiting: what is waited for began earlier.
WAITING = ("ready", "services", "requirements")
# It begins with the first stage.
INSTALLING = "installing the tests' requirements, beside the stages"


def stage_title(stage: Stage) -> str:
    """Return a stage's name, and whether its time is the time spent waiting."""
    return f"{stage.name} (time waited)" if stage.name in WAITING else stage.name


def counts_text(result: RehearsalResult) -> str:
    """Return how many tests ran and how they ended, empty where that is not known."""
    results = result.suite_results
    started = any(stage.name == "test" for stage in result.stages)
    if result.problem and not results and not started and result.request and result.request.command:
        return "did not run"
    if not results or results.test_count is None:
        return ""
    text = f"{results.test_count} ran, {results.failure_count} failed"
    if results.flaky_count:
        text += f", {results.flaky_count} flaky"
    if result.shard:
        text += f"; shard {result.shard}"
    if results.in_other_shards is not None:
        text += f", {results.in_other_shards} in the others"
    return text


def failure_message(failure: Failure) -> str:
    """Return why a test failed, and how often if it failed more than once."""
    if failure.attempts == 1:
        return failure.message
    return f"{failure.message or 'failed'} ({failure.attempts} times)"


def reported_message(test: FailedTestEvidence, step: TraceStep | None = None) -> str:
    """Return why a test failed, as `failure_message` does.

    A wait that timed out often gives no reason: then the lookup `step` says what was waited for, by
    default the last step of the test.
    """
    failure, message = test.failure, plain_message(test.failure.message.rstrip())
    if TIMEOUT.fullmatch(message):
        step = step or next(last_steps(test.steps, 1), None)
        if step and step.is_look:
            words = f"waited {seconds_text(step.seconds)}"
            if step.error:
                words += f" for {step.error}"
            elif step.answer:
                words += f"; the last answer was {step.answer}"
            message = f"{message}: {words}"
    return failure_message(replace(failure, message=message))


def seconds_text(seconds: float) -> str:
    """Return a duration as readers like it: 0.04 s, 3.2 s, 75 s."""
    digits = 2 if seconds < 1 else 1 if seconds < 60 else 0  # noqa: PLR2004  (as the docstring says)
    return f"{seconds:,.{digits}f} s"


def slowest_first(tests: Iterable[ListedTest]) -> list[ListedTest]:
    """Return the tests, those last whose time is not known."""
    return sorted(tests, key=lambda test: -1.0 if test.seconds is None else test.seconds)[::-1]


def size_text(size: int) -> str:
    """Return a size in bytes as readers like it."""
    if size < 1 << 10:
        return f"{size} bytes"
    return f"{size / (1 << 10):.0f} KiB" if size < 1 << 20 else f"{size / (1 << 20):.1f} MiB"


def join_names(names: Iterable[str]) -> str:
    """Return the first `MAX_NAMES` names as a list in a sentence."""
    listed = list(names)
    more = len(listed) - MAX_NAMES
    return ", ".join(listed[:MAX_NAMES]) + (f" and {more} more" if more > 0 else "")


def unique(values: Iterable[str]) -> list[str]:
    """Return the different values that are not empty, in their order."""
    return [value for value in dict.fromkeys(values) if value]


def step_line(step: TraceStep) -> str:
    """Return a step of a test as one line: when, what, what went wrong, and where."""
    text = step_text(step) + (f": {step.error}" if step.error else "")
    shown = cut_text(" ".join(text.split()), MAX_STEP)
    place = f" ({' '.join(step.place.split())})" if step.place else ""
    return f"{step.start:.1f} s  {shown}{place}"


def request_lines(test: FailedTestEvidence) -> Iterator[str]:
    """Yield the request that says most about a failed test, and what the app logged then."""
    if request := test.request:
        yield f"request:  {request.start:.1f} s  {request_text(request)}"
        if test.key_line:
            yield f"app:      {one_line(test.key_line)}"


def request_text(request: TraceRequest) -> str:
    """Return a request of a browser and how it ended: its status, or what went wrong."""
    asked = cut_text(one_line(f"{request.method} {request.address}"), MAX_STEP)
    return f"{asked}: {one_line(request.error or str(request.status or 'no answer'))}"


def end_title(log: str) -> str:
    """Return the title of the last lines of a log."""
    return f"The end of {log}" + (f", the {WHOLE_LOG}" if log == CONTAINER_LOG else "")


def rerun_title(rerun: str) -> str:
    """Return what stands before the command that rehearses one test."""
    added = "" if rerun.startswith(f"{REHEARSE} ") else ", with these flags added to your command"
    return f"Run this test on your machine{added}"


def one_line(text: str) -> str:
    """Return a text with a space for each piece of white space."""
    return " ".join(text.split())
