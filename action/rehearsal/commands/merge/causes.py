"""Findings: why a merge did not pass, each cause once, with the shards that have it."""

from collections.abc import Iterator
from dataclasses import dataclass

from rehearsal.commands.merge.merging import Merged
from rehearsal.results.cause import CauseSummary
from rehearsal.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class ShardCause:
    """A cause and the titles of the shards that have it, none where it is of all together."""

    cause: CauseSummary
    verdict: Verdict
    shards: tuple[str, ...] = ()


def shard_causes(merged: Merged) -> list[ShardCause]:
    """Return what was found, the deciding one first."""
    same: dict[tuple[str, str, str], ShardCause] = {}
    for each in _all(merged):
        # What was found differs from shard to shard, in its seconds say.
        key = (each.cause.title, each.cause.hint, each.cause.paste)
        before = same.get(key)
        same[key] = (
            ShardCause(
                cause=before.cause, verdict=before.verdict, shards=before.shards + each.shards
            )
            if before
            else each
        )
    return sorted(same.values(), key=lambda each: each.verdict.rank)


def _all(merged: Merged) -> Iterator[ShardCause]:
    for problem in merged.problems:
        yield ShardCause(
            cause=CauseSummary(title=problem.message, hint=problem.hint), verdict=problem.verdict
        )
    for leg in merged.legs:
        if found := leg.result.cause:
            yield ShardCause(cause=found, verdict=leg.result.verdict, shards=(leg.title,))
