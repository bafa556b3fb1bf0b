"""The job summary of a merge: verdict and causes, a row for each shard, the failed tests of all."""

from collections.abc import Iterator, Sequence

from rehearsal import __version__
from rehearsal.commands.merge.causes import ShardCause, shard_causes
from rehearsal.commands.merge.merging import Merged
from rehearsal.commands.merge.shards import ShardEvidence
from rehearsal.report.cause_text import snippets
from rehearsal.report.counts import counts, why
from rehearsal.report.markdown import bare, box, cell, escaped, part, test_name
from rehearsal.report.words import listed
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.shard import Shard
from rehearsal.verdict import Verdict

# No matrix has more jobs than that. Source: GitHub's documentation of the matrix strategy.
MOST_SHARDS = 256
MOST_TESTS = 50
# Told with everything; of the others the title is enough.
MOST_FINDINGS = 3
MOST_TITLES = 12


def summary(merged: Merged, *, rest: str) -> str:
    """Return the Markdown; `rest` says where everything is that is left out here."""
    return "\n".join(_lines(merged, rest)) + "\n"


def total(result: RehearsalResult) -> str:
    """Return what all of them together ran."""
    where = f"in {len(result.shards)} rehearsal{'' if len(result.shards) == 1 else 's'}"
    if told := counts(result):
        return f"{told}, {where}"
    return f"how many ran {where} is not known" if result.results else f"none asked for {where}"


def _lines(merged: Merged, rest: str) -> Iterator[str]:
    result = merged.result
    yield f"## {_mark(result.verdict)} Dress rehearsal: {result.verdict}"
    yield ""
    yield from _findings(shard_causes(merged))
    yield f"- Tests: {total(result)}"
    yield ""
    yield from _shards(result.shards)
    failed = [(leg, test) for leg in merged.legs for test in leg.result.index.tests]
    yield from _tests("failed test", failed, rest)
    flaky = [(leg, test) for leg in merged.legs for test in leg.result.index.flaky]
    yield from _tests("⚠️ flaky test: it passed when it was run again", flaky, rest)
    yield from (f"- {cell(notice)}" for notice in result.notices[:MOST_TESTS])
    yield ""
    if result.image_id:
        yield f"Image `{bare(result.image)}`, `{bare(result.image_id)}`"
        yield ""
    yield f"The page of each, with screenshots and logs: open `index.html` in {escaped(rest)}."
    yield ""
    yield f"<sub>Dress Rehearsal {__version__}, {escaped(result.name)}</sub>"


def _findings(found: Sequence[ShardCause]) -> Iterator[str]:
    for each in found[:MOST_FINDINGS]:
        known = each.cause
        where = f" ({cell(listed(each.shards))})" if each.shards else ""
        yield f"**{part(known.title)}**{where}"
        yield ""
        if known.message:
            yield part(known.message)
            yield ""
        if known.hint or known.paste:
            yield f"**What to do:** {part(known.hint)}"
            yield ""
        for snippet in snippets(known.paste):
            yield from box(snippet.splitlines())
        if known.known and known.lines:
            yield "What shows it:"
        yield from box(known.lines)
    for each in found[MOST_FINDINGS : MOST_FINDINGS + MOST_TITLES]:
        yield f"- {cell(each.cause.title)} ({cell(listed(each.shards))})"
    if len(found) > MOST_FINDINGS + MOST_TITLES:
        yield f"- {len(found) - MOST_FINDINGS - MOST_TITLES} more"
    yield ""


def _shards(shards: Sequence[Shard]) -> Iterator[str]:
    if not shards:
        return
    yield "| rehearsal | verdict | tests | failed | flaky | seconds |"
    yield "|---|---|---:|---:|---:|---:|"
    for shard in shards[:MOST_SHARDS]:
        tests = "?" if shard.tests is None else shard.tests
        yield (
            f"| {cell(shard.title)} | {_mark(shard.verdict)} {shard.verdict} | {tests} "
            f"| {shard.failures} | {shard.flaky} | {shard.seconds:.1f} |"
        )
    if len(shards) > MOST_SHARDS:
        yield f"| {len(shards) - MOST_SHARDS} more | | | | | |"
    yield ""


def _tests(
    what: str, tests: Sequence[tuple[ShardEvidence, FailedTestEvidence]], rest: str
) -> Iterator[str]:
    if not tests:
        return
    yield f"| {what} | where | why |"
    yield "|---|---|---|"
    for leg, test in tests[:MOST_TESTS]:
        name, words = test_name(test.failure.name), cell(why(test.failure))
        yield f"| {name} | {cell(leg.title)} | {words} |"
    if len(tests) > MOST_TESTS:
        yield f"| {len(tests) - MOST_TESTS} more | | see verdict.json in {escaped(rest)} |"
    yield ""


def _mark(verdict: Verdict) -> str:
    return "✅" if verdict is Verdict.PASSED else "❌"
