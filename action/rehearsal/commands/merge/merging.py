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
from rehearsal.results.rehearsal import Rehearsal
from rehearsal.results.tests import Results
from rehearsal.results.timeline import Timeline
from rehearsal.verdict import RehearsalError, Verdict

# How GitHub says of a job that it ended well.
SUCCESS = "success"


@dataclass(frozen=True, kw_only=True)
class Merged:
    """One rehearsal out of many: `problems` are those of the legs together, of none alone."""

    record: Rehearsal
    exhibits: EvidenceIndex
    legs: tuple[ShardEvidence, ...]
    problems: tuple[RehearsalError, ...]


def merge(legs: Sequence[ShardEvidence], *, expected: int, name: str, jobs: str = "") -> Merged:
    """Return one rehearsal that passed only where all did, and none is missing.

    `expected` is how many there have to be: the shards, times the browsers. `jobs` is how GitHub
    says that their jobs ended, `success` where all did well; empty when nobody knows.
    """
    ordered = tuple(sorted(legs, key=lambda leg: leg.order))
    known = [leg for leg in ordered if leg.known]
    records = [leg.record for leg in known]
    worst = sorted((leg.record for leg in ordered), key=lambda record: record.verdict.rank)
    slowest = max(records, key=lambda record: record.ready_seconds or 0.0, default=None)
    ids = distinct(record.image_id for record in records)
    results = _results(records)
    together = (*missing_or_repeated(ordered, expected), *_emptiness(records, results))
    together += tuple(_jobs(jobs, passed=not together and not any(_problems(ordered))))
    record = Rehearsal(
        name=name,
        started=min((record.started for record in records), default=time.time()),
        problems=[*together, *_problems(ordered)],
        image=next((record.image for record in records if record.image), ""),
        image_id=ids[0] if len(ids) == 1 else "",
        ready_seconds=slowest.ready_seconds if slowest else None,
        timeline=slowest.timeline if slowest else Timeline(),
        results=results,
        notices=list(_notices(known)),
        diagnoses=_diagnoses(worst),
        key_lines=worst[0].key_lines if worst else (),
        origin=_where(records),
        request=_asked(records),
        shards=tuple(leg.shard for leg in ordered),
    )
    exhibits = EvidenceIndex(
        tests=tuple(_moved(leg, each) for leg in known for each in leg.exhibits.tests),
        flaky=tuple(_moved(leg, each) for leg in known for each in leg.exhibits.flaky),
    )
    return Merged(record=record, exhibits=exhibits, legs=ordered, problems=together)


def _emptiness(records: Sequence[Rehearsal], results: Results | None) -> Iterator[RehearsalError]:
    """Yield what is wrong where every shard passed, and none had a test."""
    passed = all(record.verdict is Verdict.PASSED for record in records)
    if passed and results and results.tests == 0:
        yield RehearsalError(
            Verdict.NO_TESTS,
            "No shard ran a test.",
            hint="One empty shard is fine, a suite without tests is not. Check test-command and "
            "working-directory: what it finds here, and what on your own machine.",
        )


def _jobs(result: str, *, passed: bool) -> Iterator[RehearsalError]:
    """Yield that a job did not end well where nothing else says so."""
    if passed and result not in {"", SUCCESS}:
        yield RehearsalError(
            Verdict.CANCELLED,
            f"A job of the matrix ended as {result}, although its evidence says passed.",
            hint="It was cancelled, lost its runner or failed in another step. Where it was run "
            "again, what counts here may be the evidence of an attempt before. Look at that job's "
            "log, and run it again.",
        )


def _problems(legs: Sequence[ShardEvidence]) -> Iterator[RehearsalError]:
    for leg in legs:
        for problem in leg.record.problems:
            yield RehearsalError(
                problem.verdict,
                f"{leg.title}: {problem.message}",
                hint=problem.hint,
                excerpt=problem.excerpt,
            )


def _results(records: Sequence[Rehearsal]) -> Results | None:
    found = [record.results for record in records if record.results]
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
    for notice in distinct(notice for leg in known for notice in leg.record.notices):
        who = [leg.title for leg in known if notice in leg.record.notices]
        yield notice if len(who) == len(known) else f"{listed(who)}: {notice}"


def _diagnoses(worst: Iterable[Rehearsal]) -> list[Diagnosis]:
    found = {(each.id, each.title): each for record in worst for each in record.diagnoses}
    return list(found.values())


def _where(records: Sequence[Rehearsal]) -> Origin:
    return max(
        (record.origin for record in records), key=lambda each: each.attempt, default=Origin()
    )


def _asked(records: Sequence[Rehearsal]) -> RequestSummary | None:
    """Return what all were asked, the browser left out where there are several."""
    asked = [record.request for record in records]
    browsers = {each.browser for each in asked if each}
    common = {each and replace(each, browser="") for each in asked}
    if len(common) != 1 or not (first := asked[0]):
        return None
    return first if len(browsers) == 1 else replace(first, browser="")
