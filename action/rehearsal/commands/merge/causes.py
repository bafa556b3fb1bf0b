"""Why a merge did not pass: each cause once, with the shards that have it."""

from collections.abc import Iterator
from dataclasses import replace

from rehearsal.commands.merge.merging import MergeResult
from rehearsal.dataclass import dataclass
from rehearsal.results.cause import CauseSummary
from rehearsal.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class ShardCause:
    """A cause and the titles of its shards; `shards` is empty if it concerns the whole matrix."""

    cause: CauseSummary
    verdict: Verdict
    shards: tuple[str, ...] = ()


def shard_causes(merged: MergeResult) -> list[ShardCause]:
    """Return all causes, the one that decides the verdict first."""
    causes: dict[tuple[str, str, str], ShardCause] = {}
    for each in _all(merged):
        # The message and the lines of a cause differ between shards, by their seconds for example.
        key = (each.cause.title, each.cause.hint, each.cause.paste)
        first = causes.get(key)
        causes[key] = replace(first, shards=first.shards + each.shards) if first else each
    return sorted(causes.values(), key=lambda each: each.verdict.rank)


def _all(merged: MergeResult) -> Iterator[ShardCause]:
    for problem in merged.matrix_problems:
        yield ShardCause(
            cause=CauseSummary(title=problem.message, hint=problem.hint), verdict=problem.verdict
        )
    for shard in merged.shards:
        if cause := shard.result.cause:
            yield ShardCause(cause=cause, verdict=shard.result.verdict, shards=(shard.title,))
