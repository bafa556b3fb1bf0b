"""What took most of the time, in the words that the page and the summary share."""

from collections.abc import Iterator

from rehearsal.dataclass import dataclass
from rehearsal.report.name_of_test import own_name
from rehearsal.report.waits import failed_wait, seconds_in_vain
from rehearsal.report.words import one_line, seconds_text, slowest_first
from rehearsal.results.bounded_text import cut_name
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import MAX_TESTS, ListedOutcome

TITLE = "Slowest: "
# In seconds: less may be rounding, and is nothing to ask about.
MIN_OUTSIDE = 0.5
# The stages as something that takes time.
DOING = {
    "build": "building the image",
    "services": "waiting for the services",
    "before": "before-command",
    "start": "starting the container",
    "setup": "setup-command",
    "ready": "waiting until the app was ready",
    "requirements": "waiting for the tests' requirements to be installed",
    "test": "the test command",
    "audit": "the audit",
    "stop": "stopping the container",
}


@dataclass(frozen=True, kw_only=True)
class Slowest:
    """A `subject` and the `words` that say how long it took; `test` is a test's whole name."""

    subject: str
    words: str
    test: str = ""

    def __str__(self) -> str:
        return f"{self.subject} {self.words}"


def slowest_parts(result: RehearsalResult) -> list[Slowest]:
    """Return the slowest test, the waits of all, and the slowest stage or, merged, rehearsal."""
    return [*_test(result), *_waits(result), *_stage(result), *_shard(result)]


def slowest_text(result: RehearsalResult) -> str:
    """Return both as one sentence, empty if no time is known."""
    parts = slowest_parts(result)
    return f"{TITLE}{'; '.join(map(str, parts))}" if parts else ""


def time_outside_tests(result: RehearsalResult) -> str:
    """Say how much of the test command's time no test accounts for, empty if little or unknown.

    Parallel tests together may take longer than the command. Where they take less, they
    look like tests that ran one after the other: so the words leave that open.
    """
    results = result.suite_results
    stage = next((each.seconds for each in result.stages if each.name == "test"), None)
    if stage is None or not results or not results.tests or len(results.tests) >= MAX_TESTS:
        return ""
    ran = [each for each in results.tests if each.outcome is not ListedOutcome.SKIPPED]
    if len(ran) != results.test_count or any(each.seconds is None for each in ran):
        return ""
    total = sum(each.seconds or 0.0 for each in results.tests)
    if stage - total < MIN_OUTSIDE:
        return ""
    retried = results.flaky or any(each.attempts > 1 for each in results.failed)
    return (
        f"The tests together took {seconds_text(total)}, {DOING['test']} {seconds_text(stage)}. "
        f"Unless tests ran in parallel, the other {seconds_text(stage - total)} are in no test's "
        "time: for example the command's start and end, set-up that tests share"
        f"{', earlier attempts' if retried else ''}."
    )


def _test(result: RehearsalResult) -> Iterator[Slowest]:
    results = result.suite_results
    test = next(iter(slowest_first(results.tests)), None) if results else None
    if not test or not test.seconds:
        return
    whole = _test_command(result)
    of_all = f" of {DOING['test']}'s {seconds_text(whole)}" if whole else ""
    wait = failed_wait(result, test.name)
    yield Slowest(
        subject=own_name(test.name),
        words=f"took {seconds_text(test.seconds)}{f' ({wait})' if wait else ''}{of_all}",
        test=test.name,
    )


def _test_command(result: RehearsalResult) -> float:
    """Return the test command's time if the slowest test is a part of it, else 0.

    Parallel tests of several rehearsals have no such sum.
    """
    tests = result.suite_results.tests if result.suite_results else ()
    slowest = max((each.seconds or 0.0 for each in tests), default=0.0)
    whole = next((stage.seconds for stage in result.stages if stage.name == "test"), 0.0)
    return whole if 0 < slowest < whole else 0.0


def _waits(result: RehearsalResult) -> Iterator[Slowest]:
    """Yield the sum of the waits; a single one stands beside the slowest test."""
    waits = seconds_in_vain(result)
    if len(waits) > 1:
        words = f"waited {seconds_text(sum(waits))} in vain"
        yield Slowest(subject=f"{len(waits)} failed tests", words=words)


def _stage(result: RehearsalResult) -> Iterator[Slowest]:
    if len(result.stages) > 1:
        stage = max(result.stages, key=lambda each: each.seconds)
        total = seconds_text(sum(each.seconds for each in result.stages))
        if stage.name == "test" and _test_command(result):
            # The slowest test's words name the test command and its time.
            yield Slowest(subject="all stages", words=f"took {total}")
            return
        words = f"took {seconds_text(stage.seconds)} of {total} in all"
        yield Slowest(subject=DOING.get(stage.name, stage.name), words=words)


def _shard(result: RehearsalResult) -> Iterator[Slowest]:
    if len(result.shards) > 1:
        shard = max(result.shards, key=lambda each: each.seconds)
        words = f"took {seconds_text(shard.seconds)}"
        yield Slowest(subject=cut_name(one_line(shard.title)), words=words)
