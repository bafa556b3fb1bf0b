"""Legs to merge: each passed, unless it is said otherwise."""

from typing import Any

from rehearsal.commands.merge.shards import ShardEvidence
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.origin import Origin, RequestSummary
from rehearsal.results.rehearsal import RehearsalResult, Stage
from rehearsal.results.tests import Failure, Results
from rehearsal.verdict import Problem, Verdict

IMAGE = f"sha256:{'1' * 64}"
RUN = "https://github.example/owner/app/actions/runs/77"


def rehearsal(shard: str = "", browser: str = "", **changes: Any) -> RehearsalResult:
    values: dict[str, Any] = {
        "name": f"77-1-{shard}{browser}",
        "started": 1000.0,
        "image": "rehearsed/app:77",
        "image_id": IMAGE,
        "ready_seconds": 0.5,
        "shard": shard,
        "results": Results(tests=3),
        "stages": (Stage(name="test", seconds=2.0, ok=True),),
        "origin": Origin(repository="owner/app", commit="c0ffee", run=RUN, attempt=1),
        "request": RequestSummary(command="0" * 64, browser=browser, path="/", statuses="200-399"),
    }
    return RehearsalResult(**values | changes)


def leg(shard: str = "", browser: str = "", *, name: str = "", **changes: Any) -> ShardEvidence:
    """Return a leg; `failed` and `flaky` are names of tests, `problem` why it did not pass."""
    failed, flaky = changes.pop("failed", ()), changes.pop("flaky", ())
    problem = changes.pop("problem", None) or (
        Problem(Verdict.TESTS_FAILED, f"{len(failed)} tests failed.") if failed else None
    )
    failures = tuple(Failure(name=each, message=f"why {each}") for each in failed)
    shaky = tuple(Failure(name=each, message=f"why {each}") for each in flaky)
    results = Results(tests=3, failures=len(failures), failed=failures, flaky=shaky)
    index = EvidenceIndex(
        tests=tuple(
            FailedTestEvidence(failure=each, folder=f"tests/{each.name}") for each in failures
        ),
        flaky=tuple(FailedTestEvidence(failure=each) for each in shaky),
    )
    values = {
        "results": results,
        "problems": (problem,) if problem else (),
        "index": index,
    }
    called = name or ".".join(filter(None, ("rehearsal", shard.replace("/", "-of-"), browser)))
    return ShardEvidence(
        name=called,
        folder=f"shards/{called}",
        result=rehearsal(shard, browser, **values | changes),
        page=True,
    )


def broken(
    name: str, verdict: Verdict = Verdict.ERROR, what: str = "It cannot be read."
) -> ShardEvidence:
    result = RehearsalResult(name=name, problems=(Problem(verdict, what),))
    return ShardEvidence(name=name, folder=f"shards/{name}", result=result, known=False)


def matrix(shards: int, *browsers: str) -> list[ShardEvidence]:
    """Return a whole matrix of legs that passed."""
    parts = [f"{k}/{shards}" for k in range(1, shards + 1)] if shards > 1 else [""]
    return [leg(part, browser) for browser in browsers or ("",) for part in parts]
