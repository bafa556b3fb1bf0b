"""The counts, as every report tells them."""

from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import Failure

# The app may have got ready long before, while its set-up ran.
STAGES = {"ready": "ready (waiting for it)"}


def spoken(stage: str) -> str:
    """Return what a stage is called in a report."""
    return STAGES.get(stage, stage)


def counts(result: RehearsalResult) -> str:
    """Return how many tests ran, of which part, and how; nothing where that is not known."""
    results = result.results
    begun = any(stage.name == "test" for stage in result.stages)
    if result.problem and not results and not begun and result.request and result.request.command:
        return "did not run"
    if not results or results.tests is None:
        return ""
    told = f"{results.tests} ran, {results.failures} failed"
    if results.flaky:
        told += f", {len(results.flaky)} flaky"
    if result.shard:
        told += f"; shard {result.shard}"
    if results.in_other_shards is not None:
        told += f", {results.in_other_shards} in the others"
    return told


def why(failure: Failure) -> str:
    """Return why a test failed, and how often where that was more than once."""
    if failure.attempts == 1:
        return failure.message
    return f"{failure.message or 'failed'} ({failure.attempts} times)"
