"""The job summary of a merge: verdict and causes, a row for each shard, the failed tests of all."""

from collections.abc import Iterator, Sequence

from rehearsal.commands.merge.causes import ShardCause, shard_causes
from rehearsal.commands.merge.merging import MergeResult
from rehearsal.commands.merge.shards import ShardTest
from rehearsal.report.markdown import cell, escape, name_cell, table
from rehearsal.report.summary import (
    FLAKY_COLUMN,
    MAX_TESTS,
    cause_lines,
    footer,
    heading_lines,
    image_lines,
    remark_lines,
    sign,
)
from rehearsal.report.words import counts_text, failure_message, join_names
from rehearsal.results.file_names import PAGE_FILE, VERDICT_FILE
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.shard import Shard

# A matrix has at most 256 jobs. Source: GitHub's documentation of the matrix strategy.
MAX_SHARDS = 256
# The first causes are shown in full; of the next ones only the title.
MAX_CAUSES = 3
MAX_TITLES = 12
SHARD_COLUMNS = ("rehearsal", "verdict", "tests", "failed", "flaky", "seconds")


def summary(merged: MergeResult, *, evidence: str) -> str:
    """Return the Markdown; `evidence` says where a reader finds the merged evidence."""
    return "\n".join(_lines(merged, evidence)) + "\n"


def total(result: RehearsalResult) -> str:
    """Return how many tests ran in all shards together."""
    shards = f"in {len(result.shards)} rehearsal{'' if len(result.shards) == 1 else 's'}"
    if counts := counts_text(result):
        return f"{counts}, {shards}"
    return f"unknown {shards}" if result.suite_results else f"none ran {shards}"


def _lines(merged: MergeResult, evidence: str) -> Iterator[str]:
    result = merged.result
    yield from heading_lines(result)
    yield from _causes(shard_causes(merged))
    yield f"- Tests: {total(result)}"
    yield ""
    yield from _shards(result.shards)
    yield from _tests("failed test", merged.failed_tests, evidence)
    yield from _tests(FLAKY_COLUMN, merged.flaky_tests, evidence)
    yield from remark_lines(result)
    yield from image_lines(result)
    yield (
        f"Open `{PAGE_FILE}` in {escape(evidence)} for the page of each rehearsal, with "
        "screenshots and logs."
    )
    yield ""
    yield footer(result)


def _causes(causes: Sequence[ShardCause]) -> Iterator[str]:
    for each in causes[:MAX_CAUSES]:
        yield from cause_lines(each.cause, shards=join_names(each.shards))
    for each in causes[MAX_CAUSES : MAX_CAUSES + MAX_TITLES]:
        shards = f" ({cell(join_names(each.shards))})" if each.shards else ""
        yield f"- {cell(each.cause.title)}{shards}"
    if len(causes) > MAX_CAUSES + MAX_TITLES:
        yield f"- {len(causes) - MAX_CAUSES - MAX_TITLES} more"
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


def _tests(column: str, tests: Sequence[ShardTest], evidence: str) -> Iterator[str]:
    yield from table(
        [column, "shard", "what the test reported"],
        [
            [
                name_cell(test.failure.name),
                cell(shard.title),
                cell(failure_message(test.failure)),
            ]
            for shard, test in tests[:MAX_TESTS]
        ],
        more=len(tests) - MAX_TESTS,
        note=f"see {VERDICT_FILE} in {escape(evidence)}",
    )
