"""The evidence of shards to merge: each passed, unless the arguments say otherwise."""

from typing import Any

from rehearsal.commands.merge.merging import MergeResult, merge
from rehearsal.commands.merge.shards import ShardEvidence
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.origin import Origin, RequestSummary
from rehearsal.results.rehearsal import RehearsalResult, Stage
from rehearsal.results.tests import Failure, SuiteResults
from rehearsal.verdict import Problem, Verdict

IMAGE = f"sha256:{'1' * 64}"
OTHER_IMAGE = f"sha256:{'2' * 64}"
RUN = "https://github.example/owner/app/actions/runs/77"


def shard_result(part: str = "", browser: str = "", **changes: Any) -> RehearsalResult:
    values: dict[str, Any] = {
        "name": f"77-1-{part}{browser}",
        "started": 1000.0,
        "image": "rehearsed/app:77",
        "image_id": IMAGE,
        "ready_seconds": 0.5,
        "shard": part,
        "suite_results": SuiteResults(test_count=3),
        "stages": (Stage(name="test", seconds=2.0, ok=True),),
        "origin": Origin(repository="owner/app", commit="c0ffee", run=RUN, attempt=1),
        "request": RequestSummary(command="0" * 64, browser=browser, path="/", statuses="200-399"),
    }
    return RehearsalResult(**values | changes)


def shard(part: str = "", browser: str = "", *, name: str = "", **changes: Any) -> ShardEvidence:
    """Return a shard; `failed` and `flaky` name tests, `problem` is why it did not pass."""
    failed, flaky = changes.pop("failed", ()), changes.pop("flaky", ())
    problem = changes.pop("problem", None) or (
        Problem(Verdict.TESTS_FAILED, f"{len(failed)} tests failed.") if failed else None
    )
    failures = tuple(Failure(name=each, message=f"why {each}") for each in failed)
    flaky_failures = tuple(Failure(name=each, message=f"why {each}") for each in flaky)
    values = {
        "suite_results": SuiteResults(
            test_count=3, failure_count=len(failures), failed=failures, flaky=flaky_failures
        ),
        "problems": (problem,) if problem else (),
        "index": EvidenceIndex(
            failed=tuple(
                FailedTestEvidence(failure=each, folder=f"tests/{each.name}") for each in failures
            ),
            flaky=tuple(FailedTestEvidence(failure=each) for each in flaky_failures),
        ),
    }
    name = name or ".".join(filter(None, ("rehearsal", part.replace("/", "-of-"), browser)))
    return ShardEvidence(
        name=name,
        folder=f"shards/{name}",
        result=shard_result(part, browser, **values | changes),
        has_page=True,
    )


def unreadable(
    name: str, verdict: Verdict = Verdict.ERROR, message: str = "It cannot be read."
) -> ShardEvidence:
    result = RehearsalResult(name=name, problems=(Problem(verdict, message),))
    return ShardEvidence(name=name, folder=f"shards/{name}", result=result, readable=False)


def matrix(count: int, *browsers: str) -> list[ShardEvidence]:
    """Return all shards of a matrix."""
    parts = [f"{number}/{count}" for number in range(1, count + 1)] if count > 1 else [""]
    return [shard(part, browser) for browser in browsers or ("",) for part in parts]


def merge_shards(*shards: ShardEvidence, expected: int = 0, jobs: str = "") -> MergeResult:
    return merge(shards, expected=expected or len(shards), name="77-1-merged", jobs=jobs)
