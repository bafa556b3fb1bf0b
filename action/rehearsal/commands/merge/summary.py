"""The job summary of a merge: verdict and causes, a row for each shard, the failed tests of all."""

from collections.abc import Iterable, Iterator, Sequence

from rehearsal.commands.merge.causes import ShardCause, shard_causes
from rehearsal.commands.merge.merging import MergeResult
from rehearsal.commands.merge.shards import ShardTest
from rehearsal.report.audit_summary import audit_fact, audit_sections
from rehearsal.report.cause_summary import cause_lines
from rehearsal.report.markdown import cell, document, escape, table
from rehearsal.report.since_summary import since_lines
from rehearsal.report.summary import (
    footer,
    heading_lines,
    image_lines,
    remark_lines,
    sign,
    slowest_fact,
)
from rehearsal.report.tests_summary import (
    FLAKY_COLUMN,
    MAX_TESTS,
    marked_name,
    rerun_lines,
    slowest_lines,
)
from rehearsal.report.words import counts_text, join_names, reported_message
from rehearsal.results.comparison import Comparison
from rehearsal.results.file_names import PAGE_FILE, VERDICT_FILE
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.shard import Shard
from rehearsal.results.tests import SuiteResults

# A matrix has at most 256 jobs. Source: GitHub's documentation of the matrix strategy.
MAX_SHARDS = 256
# The first causes are shown in full; of the next ones only the title.
MAX_CAUSES = 3
MAX_TITLES = 12
MORE = "screenshots and logs"
SHARD_COLUMNS = ("rehearsal", "verdict", "tests", "failed", "flaky", "seconds")


def summary(merged: MergeResult, *, evidence: str) -> str:
    """Return the Markdown; `evidence` says where a reader finds the merged evidence."""
    return document(_sections(merged, evidence), whole=escape(evidence))


def total(result: RehearsalResult) -> str:
    """Return how many tests ran in all shards together."""
    shards = f"in {len(result.shards)} rehearsal{'' if len(result.shards) == 1 else 's'}"
    if counts := counts_text(result):
        return f"{counts}, {shards}"
    return f"unknown {shards}" if result.suite_results else f"none ran {shards}"


def _sections(merged: MergeResult, evidence: str) -> Iterator[Iterable[str]]:
    result, causes = merged.result, shard_causes(merged)
    counts = result.suite_results or SuiteResults()
    yield heading_lines(result)
    for each in causes[:MAX_CAUSES]:
        yield cause_lines(each.cause, shards=join_names(each.shards))
    yield _further_causes(causes[MAX_CAUSES:])
    audit = [audit_fact(result.audit)] if result.audit else []
    yield [f"- Tests: {total(result)}", *audit, *slowest_fact(result), ""]
    yield _shards(result.shards)
    if result.audit:
        yield from audit_sections(result.audit)
    yield since_lines(result.since, result.origin)
    left_out = counts.failed_left_out
    yield _tests("failed test", merged.failed_tests, left_out, evidence, result.since)
    yield _tests(FLAKY_COLUMN, merged.flaky_tests, counts.flaky_left_out, evidence)
    yield rerun_lines((test for _, test in merged.failed_tests), result.origin)
    yield remark_lines(result)
    yield slowest_lines(result)
    yield image_lines(result)
    yield [
        f"Open `{PAGE_FILE}` in {escape(evidence)} for the page of each rehearsal, with {MORE}.",
        "",
        footer(result),
    ]


def _further_causes(causes: Sequence[ShardCause]) -> Iterator[str]:
    for each in causes[:MAX_TITLES]:
        shards = f" ({cell(join_names(each.shards))})" if each.shards else ""
        yield f"- {cell(each.cause.title)}{shards}"
    if len(causes) > MAX_TITLES:
        yield f"- {len(causes) - MAX_TITLES} more"
    yield ""


def _shards(shards: Sequence[Shard]) -> Iterator[str]:
    yield from table(
        SHARD_COLUMNS,
        [
            [
                cell(shard.title),
                f"{sign(shard.verdict)} {shard.verdict}",
                "?" if shard.tests is None else str(shard.tests),
                str(shard.failures),
                str(shard.flaky),
                f"{shard.seconds:.1f}",
            ]
            for shard in shards[:MAX_SHARDS]
        ],
        numbers=SHARD_COLUMNS[2:],
        more=len(shards) - MAX_SHARDS,
    )


def _tests(
    column: str,
    tests: Sequence[ShardTest],
    left_out: int,
    evidence: str,
    since: Comparison | None = None,
) -> Iterator[str]:
    yield from table(
        [column, "shard", "what the test reported"],
        [
            [
                marked_name(test, since),
                cell(shard.title),
                cell(reported_message(test)),
            ]
            for shard, test in tests[:MAX_TESTS]
        ],
        more=max(0, len(tests) - MAX_TESTS) + left_out,
        note=f"see {VERDICT_FILE} in {escape(evidence)}",
    )
