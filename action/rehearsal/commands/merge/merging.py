"""Merge the results of all shards and browsers into one result."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from rehearsal.commands.merge.completeness import check_completeness
from rehearsal.commands.merge.shards import ShardEvidence, ShardTest
from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.report.words import join_names, unique
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.engine_versions import EngineVersions
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence
from rehearsal.results.next_need import NextNeeds
from rehearsal.results.origin import Origin, RequestSummary
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import MAX_TESTS, ListedTest, SuiteResults, listed_order
from rehearsal.results.timeline import Timeline
from rehearsal.results.verdict_document import TEST_FOLDER_PATTERN
from rehearsal.verdict import Problem, Verdict

# What `needs.JOB.result` is for a job that ended well.
SUCCESS = "success"
TEST_FOLDER = regex(TEST_FOLDER_PATTERN)


@dataclass(frozen=True, kw_only=True)
class MergeResult:
    """The merged result and its shards; `matrix_problems` concern the matrix as a whole."""

    result: RehearsalResult
    shards: tuple[ShardEvidence, ...]
    matrix_problems: tuple[Problem, ...]

    @property
    def failed_tests(self) -> list[ShardTest]:
        """The failed tests of all shards, each with its shard."""
        return [(shard, test) for shard in self.shards for test in shard.result.index.failed]

    @property
    def flaky_tests(self) -> list[ShardTest]:
        """The flaky tests of all shards, each with its shard."""
        return [(shard, test) for shard in self.shards for test in shard.result.index.flaky]


def merge(
    shards: Sequence[ShardEvidence], *, expected: int, name: str, jobs: str = ""
) -> MergeResult:
    """Return one result, which passed only if all shards passed and none is missing.

    `expected` is the number of rehearsals: the shards, times the browsers. `jobs` is how their
    jobs ended as GitHub says it, `success` where all ended well; empty when that is not known.
    """
    ordered = tuple(sorted(shards, key=lambda shard: shard.sort_key))
    readable = [shard for shard in ordered if shard.readable]
    results = [shard.result for shard in readable]
    worst_first = sorted(
        (shard.result for shard in ordered), key=lambda result: result.verdict.rank
    )
    slowest = max(results, key=lambda result: result.ready_seconds or 0.0, default=None)
    same_image = len(unique(result.image_config or result.image_id for result in results)) == 1
    counts = _sum_counts(results)
    shard_problems = tuple(_shard_problems(ordered))
    matrix_problems = (*check_completeness(ordered, expected), *_no_tests(results, counts))
    if not matrix_problems and not shard_problems:
        matrix_problems = tuple(_job_problem(jobs))
    result = RehearsalResult(
        name=name,
        started=min((result.started for result in results), default=time.time()),
        problems=(*matrix_problems, *shard_problems),
        image=next((result.image for result in results if result.image), ""),
        image_id=results[0].image_id if same_image else "",
        image_config=results[0].image_config if same_image else "",
        image_size=results[0].image_size if same_image else None,
        engine=results[0].engine
        if len({result.engine for result in results}) == 1
        else EngineVersions(),
        ready_seconds=slowest.ready_seconds if slowest else None,
        timeline=slowest.timeline if slowest else Timeline(),
        suite_results=counts,
        # Only the first shard of each browser has one.
        audit=next((result.audit for result in results if result.audit), None),
        notices=tuple(_common_remarks(readable, lambda result: result.notices)),
        warnings=tuple(_common_remarks(readable, lambda result: result.warnings)),
        diagnoses=_diagnoses(worst_first),
        also_needed=next(
            (each.also_needed for each in worst_first if each.also_needed), NextNeeds()
        ),
        key_lines=worst_first[0].key_lines if worst_first else (),
        origin=_latest_origin(results),
        request=_common_request(results),
        shards=tuple(shard.outcome for shard in ordered),
        index=EvidenceIndex(
            failed=tuple(
                _moved(shard, test) for shard in readable for test in shard.result.index.failed
            ),
            flaky=tuple(
                _moved(shard, test) for shard in readable for test in shard.result.index.flaky
            ),
        ),
    )
    return MergeResult(result=result, shards=ordered, matrix_problems=matrix_problems)


def _no_tests(results: Sequence[RehearsalResult], counts: SuiteResults | None) -> Iterator[Problem]:
    """Yield a problem where every shard passed without running a test."""
    passed = all(result.verdict is Verdict.PASSED for result in results)
    if passed and counts and counts.test_count == 0:
        yield Problem(
            Verdict.NO_TESTS,
            "No shard ran a test.",
            hint="One shard without tests is fine, a suite without tests is not. Check "
            "test-command and working-directory: which tests do they find on your own machine?",
        )


def _job_problem(jobs: str) -> Iterator[Problem]:
    """Yield a problem where the jobs did not end well, although all evidence says passed."""
    if jobs not in {"", SUCCESS}:
        yield Problem(
            Verdict.CANCELLED,
            f"A job of the matrix ended as {jobs}, although its evidence says passed.",
            hint="It was cancelled, lost its runner or failed in another step. If it was run "
            "again, this evidence may come from an earlier attempt. Look at that job's log, and "
            "run it again.",
        )


def _shard_problems(shards: Sequence[ShardEvidence]) -> Iterator[Problem]:
    for shard in shards:
        for problem in shard.result.problems:
            yield Problem(
                problem.verdict,
                f"{shard.title}: {problem.message}",
                hint=problem.hint,
                excerpt=problem.excerpt,
            )


def _sum_counts(results: Sequence[RehearsalResult]) -> SuiteResults | None:
    counts = [result.suite_results for result in results if result.suite_results]
    if not counts:
        return None
    known = [each.test_count for each in counts if each.test_count is not None]
    return SuiteResults(
        test_count=sum(known) if len(known) == len(counts) else None,
        failure_count=sum(each.failure_count for each in counts),
        failed=tuple(failure for each in counts for failure in each.failed),
        flaky=tuple(failure for each in counts for failure in each.flaky),
        failed_left_out=sum(each.failed_left_out for each in counts),
        flaky_left_out=sum(each.flaky_left_out for each in counts),
        tests=_join_tests(counts),
    )


def _join_tests(counts: Sequence[SuiteResults]) -> tuple[ListedTest, ...]:
    """Return the tests of all shards, in the order of `SuiteResults`."""
    tests = sorted((test for each in counts for test in each.tests), key=listed_order)
    return tuple(tests[:MAX_TESTS])


def _moved(shard: ShardEvidence, test: FailedTestEvidence) -> FailedTestEvidence:
    """Return a test whose folder is that in the merged evidence; none if it is too deep there."""
    folder = f"{shard.folder}/{test.folder}"
    return replace(test, folder=folder if TEST_FOLDER.fullmatch(folder) else "")


def _common_remarks(
    shards: Sequence[ShardEvidence], remarks_of: Callable[[RehearsalResult], tuple[str, ...]]
) -> Iterator[str]:
    """Yield each remark once, with the names of its shards unless all have it."""
    for remark in unique(remark for shard in shards for remark in remarks_of(shard.result)):
        titles = [shard.title for shard in shards if remark in remarks_of(shard.result)]
        yield remark if len(titles) == len(shards) else f"{join_names(titles)}: {remark}"


def _diagnoses(results: Iterable[RehearsalResult]) -> tuple[Diagnosis, ...]:
    by_title = {(each.id, each.title): each for result in results for each in result.diagnoses}
    return tuple(by_title.values())


def _latest_origin(results: Sequence[RehearsalResult]) -> Origin:
    origins = (result.origin for result in results)
    return max(origins, key=lambda origin: origin.attempt, default=Origin())


def _common_request(results: Sequence[RehearsalResult]) -> RequestSummary | None:
    """Return the request if all had the same, without the browser if there are several."""
    requests = [result.request for result in results]
    browsers = {request.browser for request in requests if request}
    different = {request and replace(request, browser="") for request in requests}
    if len(different) != 1 or not (first := requests[0]):
        return None
    return first if len(browsers) == 1 else replace(first, browser="")
