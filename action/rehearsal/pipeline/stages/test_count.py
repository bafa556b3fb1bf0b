"""The count: what reports and the runner's own words amount to, and what is odd about it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from rehearsal.config.plan import SuitePlan
from rehearsal.outside.files import read_bytes
from rehearsal.results.junit import read_reports
from rehearsal.results.runner_output import read_output
from rehearsal.results.tests import Failure, Results

# In bytes, for one JUnit XML file: no suite writes more, and a larger one would fill the memory.
MAX_REPORT_SIZE = 256 << 20
# pytest's exit code when no test ran, and that of unittest since Python 3.12.
NONE_RAN = 5


def count_tests(plan: SuitePlan, reports: Iterable[Path], text: str, code: int) -> Results:
    """Believe the reports, save where the runner itself says that it found more failures.

    `text` is the end of what it printed. Of a suite in one part, nothing is elsewhere.
    """
    contents = (read_bytes(path, MAX_REPORT_SIZE) for path in reports)
    reported = read_reports(content for content in contents if content is not None)
    said = read_output(text, code)
    found = _settled(reported) if not code else reported
    if found.tests is None:
        found = said
    elif code and not found.failures and said.failures:
        found = replace(found, failures=said.failures)
    if not found.flaky:
        found = replace(found, flaky=said.flaky)
    elsewhere = reported.in_other_shards
    if elsewhere is None and _told(plan, "REHEARSAL_SHARD"):
        # pytest deselects for other reasons, too: a wrong -k would pass as an empty shard.
        elsewhere = said.in_other_shards
    return replace(found, in_other_shards=elsewhere if is_one_shard(plan.shard) else None)


def is_one_shard(shard: str) -> bool:
    """Whether there are other shards beside this one."""
    return shard.partition("/")[2] not in ("", "1")


def is_empty_shard(results: Results, code: int) -> bool:
    """Whether no test ran because the others' shards hold them all."""
    nothing = results.tests == 0 and not results.failures and code in (0, NONE_RAN)
    return nothing and bool(results.in_other_shards)


def count_notices(plan: SuitePlan, results: Results) -> Iterator[str]:
    """Yield what people should know of a count that is no failure."""
    if (
        is_one_shard(plan.shard)
        and results.in_other_shards is None
        and not _told(plan, "REHEARSAL_SHARD")
    ):
        yield (
            f"shard is {plan.shard}, and nothing says that tests were left to the other shards: "
            "all of them may have run. rehearsal_testing obeys REHEARSAL_SHARD; any other runner "
            "has to be told in test-command."
        )
    if is_empty_shard(results, 0):
        yield (
            f"Shard {plan.shard} holds no test; the other shards have {results.in_other_shards}."
        )
    vain = plan.retries and results.failures and not _ran_again(results)
    if vain and not _told(plan, "REHEARSAL_RETRIES"):
        yield (
            f"test-retries is {plan.retries}, and nothing says that a failed test was run again. "
            "rehearsal_testing obeys REHEARSAL_RETRIES; any other runner has to be told in "
            "test-command."
        )


def _told(plan: SuitePlan, variable: str) -> bool:
    return variable in plan.command


def _ran_again(results: Results) -> bool:
    """Whether tests ran again, or were rehearsal_testing's: it takes the times, and decides."""
    return bool(results.flaky) or any(
        each.attempts > 1 or (each.span and each.span.exact) for each in results.failed
    )


def _settled(results: Results) -> Results:
    """Return flaky tests as such where a content runner wrote down each attempt on its own."""
    if not results.failed or not all(each.recovered for each in results.failed):
        return results
    flaky: dict[str, Failure] = {}
    for each in results.failed:
        first = flaky.get(each.name)
        flaky[each.name] = replace(first, attempts=first.attempts + 1) if first else each
    return replace(
        results,
        tests=(results.tests or 0) - len(results.failed),
        failures=0,
        failed=(),
        flaky=(*results.flaky, *flaky.values()),
    )
