"""Findings: why a merge did not pass, each cause once, with the shards that have it."""

from collections.abc import Iterator
from dataclasses import dataclass

from rehearsal.commands.merge.merging import Merged
from rehearsal.report.cause_summary import Cause, cause
from rehearsal.results.rehearsal import RANK
from rehearsal.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A cause and the titles of the shards that have it, none where it is of all together."""

    cause: Cause
    verdict: Verdict
    shards: tuple[str, ...] = ()


def findings(merged: Merged) -> list[Finding]:
    """Return what was found, the deciding one first."""
    same: dict[tuple[str, str, str], Finding] = {}
    for each in _all(merged):
        # What was found differs from shard to shard, in its seconds say.
        key = (each.cause.title, each.cause.advice, each.cause.paste)
        before = same.get(key)
        same[key] = (
            Finding(cause=before.cause, verdict=before.verdict, shards=before.shards + each.shards)
            if before
            else each
        )
    return sorted(same.values(), key=lambda each: RANK[each.verdict])


def _all(merged: Merged) -> Iterator[Finding]:
    for problem in merged.problems:
        yield Finding(
            cause=Cause(title=problem.what, advice=problem.advice), verdict=problem.verdict
        )
    for leg in merged.legs:
        if found := cause(leg.record, leg.exhibits):
            yield Finding(cause=found, verdict=leg.record.verdict, shards=(leg.title,))
