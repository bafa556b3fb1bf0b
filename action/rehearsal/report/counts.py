"""The counts, as every report tells them."""

from rehearsal.results.rehearsal import Rehearsal
from rehearsal.results.tests import Failure

# The app may have got ready long before, while its set-up ran.
STAGES = {"ready": "ready (waiting for it)"}


def spoken(stage: str) -> str:
    """Return what a stage is called in a report."""
    return STAGES.get(stage, stage)


def counts(record: Rehearsal) -> str:
    """Return how many tests ran, of which part, and how; nothing where that is not known."""
    results = record.results
    begun = any(stage.name == "test" for stage in record.stages)
    if record.problem and not results and not begun and record.request and record.request.command:
        return "did not run"
    if not results or results.tests is None:
        return ""
    told = f"{results.tests} ran, {results.failures} failed"
    if results.flaky:
        told += f", {len(results.flaky)} flaky"
    if record.shard:
        told += f"; shard {record.shard}"
    if results.in_other_shards is not None:
        told += f", {results.in_other_shards} in the others"
    return told


def why(failure: Failure) -> str:
    """Return why a test failed, and how often where that was more than once."""
    if failure.attempts == 1:
        return failure.message
    return f"{failure.message or 'failed'} ({failure.attempts} times)"
