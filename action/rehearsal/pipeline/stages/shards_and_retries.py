"""Shards and retries: what a runner seems to ignore, and shards without a test."""

from collections.abc import Iterator

from rehearsal.config.rehearsal_plan import SuitePlan
from rehearsal.results.tests import SuiteResults

# The exit code of pytest, and of unittest since Python 3.12, when no test ran.
NO_TESTS_EXIT_CODE = 5


def is_one_shard(shard: str) -> bool:
    """Return whether `shard` (such as 1/4) leaves tests to other shards."""
    return shard.partition("/")[2] not in ("", "1")


def is_empty_shard(results: SuiteResults, code: int) -> bool:
    """Return whether no test ran because all of them belong to other shards."""
    nothing = (
        results.test_count == 0 and not results.failure_count and code in (0, NO_TESTS_EXIT_CODE)
    )
    return nothing and bool(results.in_other_shards)


def count_notices(plan: SuitePlan, results: SuiteResults) -> Iterator[str]:
    """Yield notices about a shard or retries that the runner seems to ignore, or an empty shard."""
    shard_ignored = is_one_shard(plan.shard) and results.in_other_shards is None
    if shard_ignored and not command_names(plan, "REHEARSAL_SHARD"):
        yield (
            f"shard is {plan.shard}, and nothing says that tests were left to the other shards: "
            "all of them may have run. rehearsal_testing reads REHEARSAL_SHARD; for any other "
            "runner, use it in test-command."
        )
    if is_empty_shard(results, 0):
        yield (
            f"Shard {plan.shard} holds no test; the other shards have {results.in_other_shards}."
        )
    retries_ignored = plan.retries and results.failure_count and not _was_retried(results)
    if retries_ignored and not command_names(plan, "REHEARSAL_RETRIES"):
        yield (
            f"test-retries is {plan.retries}, and nothing says that a failed test was run again. "
            "rehearsal_testing reads REHEARSAL_RETRIES; for any other runner, use it in "
            "test-command."
        )


def command_names(plan: SuitePlan, variable: str) -> bool:
    """Return whether the test command uses an environment variable."""
    return variable in plan.command


def _was_retried(results: SuiteResults) -> bool:
    """Return whether tests ran again, or rehearsal_testing decided that they should not.

    Only rehearsal_testing writes exact times into its reports.
    """
    return bool(results.flaky) or any(
        each.attempts > 1 or (each.span and each.span.exact) for each in results.failed
    )
