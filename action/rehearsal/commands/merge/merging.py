"""Merging: one rehearsal out of those of all shards and browsers."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rehearsal.commands.merge.completeness import missing_or_repeated
from rehearsal.commands.merge.shards import ShardEvidence
from rehearsal.report.words import distinct, listed
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.origin import Origin, RequestSummary
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import Results
from rehearsal.results.timeline import Timeline
from rehearsal.verdict import Problem, Verdict

# How GitHub says of a job that it ended well.
SUCCESS = "success"


@dataclass(frozen=True, kw_only=True)
class Merged:
    """One rehearsal out of many: `problems` are those of all shards together, not of one alone."""

    result: RehearsalResult
    legs: tuple[ShardEvidence, ...]
    problems: tuple[Problem, ...]


def merge(legs: Sequence[ShardEvidence], *, expected: int, name: str, jobs: str = "") -> Merged:
    """Return one rehearsal that passed only where all did, and none is missing.

    `expected` is how many there have to be: the shards, times the browsers. `jobs` is how GitHub
    says that their jobs ended, `success` where all did well; empty when nobody knows.
    """
    ordered = tuple(sorted(legs, key=lambda leg: leg.order))
    known = [leg for leg in ordered if leg.known]
    shard_results = [leg.result for leg in known]
    worst = sorted((leg.result for leg in ordered), key=lambda result: result.verdict.rank)
    slowest = max(shard_results, key=lambda result: result.ready_seconds or 0.0, default=None)
    ids = distinct(result.image_id for result in shard_results)
    results = _results(shard_results)
    together = (*missing_or_repeated(ordered, expected), *_emptiness(shard_results, results))
    together += tuple(_jobs(jobs, passed=not together and not any(_problems(ordered))))
    result = RehearsalResult(
        name=name,
        started=min((result.started for result in shard_results), default=time.time()),
        problems=(*together, *_problems(ordered)),
        image=next((result.image for result in shard_results if result.image), ""),
        image_id=ids[0] if len(ids) == 1 else "",
        ready_seconds=slowest.ready_seconds if slowest else None,
        timeline=slowest.timeline if slowest else Timeline(),
        results=results,
        notices=tuple(_notices(known)),
        diagnoses=_diagnoses(worst),
        key_lines=worst[0].key_lines if worst else (),
        origin=_where(shard_results),
        request=_asked(shard_results),
        shards=tuple(leg.shard for leg in ordered),
        index=EvidenceIndex(
            tests=tuple(_moved(leg, each) for leg in known for each in leg.result.index.tests),
            flaky=tuple(_moved(leg, each) for leg in known for each in leg.result.index.flaky),
        ),
    )
    return Merged(result=result, legs=ordered, problems=together)


def _emptiness(
    shard_results: Sequence[RehearsalResult], results: Results | None
) -> Iterator[Problem]:
    """Yield what is wrong where every shard passed, and none had a test."""
    passed = all(result.verdict is Verdict.PASSED for result in shard_results)
    if passed and results and results.tests == 0:
        yield Problem(
            Verdict.NO_TESTS,
            "No shard ran a test.",
            hint="One empty shard is fine, a suite without tests is not. Check test-command and "
            "working-directory: what it finds here, and what on your own machine.",
        )


def _jobs(result: str, *, passed: bool) -> Iterator[Problem]:
    """Yield that a job did not end well where nothing else says so."""
    if passed and result not in {"", SUCCESS}:
        yield Problem(
            Verdict.CANCELLED,
            f"A job of the matrix ended as {result}, although its evidence says passed.",
            hint="It was cancelled, lost its runner or failed in another step. Where it was run "
            "again, what counts here may be the evidence of an attempt before. Look at that job's "
            "log, and run it again.",
        )


def _problems(legs: Sequence[ShardEvidence]) -> Iterator[Problem]:
    for leg in legs:
        for problem in leg.result.problems:
            yield Problem(
                problem.verdict,
                f"{leg.title}: {problem.message}",
                hint=problem.hint,
                excerpt=problem.excerpt,
            )


def _results(shard_results: Sequence[RehearsalResult]) -> Results | None:
    found = [result.results for result in shard_results if result.results]
    if not found:
        return None
    counts = [each.tests for each in found if each.tests is not None]
    return Results(
        tests=sum(counts) if len(counts) == len(found) else None,
        failures=sum(each.failures for each in found),
        failed=tuple(failure for each in found for failure in each.failed),
        flaky=tuple(failure for each in found for failure in each.flaky),
    )


def _moved(leg: ShardEvidence, exhibit: FailedTestEvidence) -> FailedTestEvidence:
    return replace(exhibit, folder=f"{leg.folder}/{exhibit.folder}" if exhibit.folder else "")


def _notices(known: Sequence[ShardEvidence]) -> Iterator[str]:
    """Yield what all say once, and what only some say with their names."""
    for notice in distinct(notice for leg in known for notice in leg.result.notices):
        who = [leg.title for leg in known if notice in leg.result.notices]
        yield notice if len(who) == len(known) else f"{listed(who)}: {notice}"


def _diagnoses(worst: Iterable[RehearsalResult]) -> tuple[Diagnosis, ...]:
    found = {(each.id, each.title): each for result in worst for each in result.diagnoses}
    return tuple(found.values())


def _where(shard_results: Sequence[RehearsalResult]) -> Origin:
    return max(
        (result.origin for result in shard_results), key=lambda each: each.attempt, default=Origin()
    )


def _asked(shard_results: Sequence[RehearsalResult]) -> RequestSummary | None:
    """Return what all were asked, the browser left out where there are several."""
    asked = [result.request for result in shard_results]
    browsers = {each.browser for each in asked if each}
    common = {each and replace(each, browser="") for each in asked}
    if len(common) != 1 or not (first := asked[0]):
        return None
    return first if len(browsers) == 1 else replace(first, browser="")
