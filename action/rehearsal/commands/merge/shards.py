"""One shard's evidence as it was found, and which attempts of a shard count."""

import re
from collections import defaultdict
from collections.abc import Iterable

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.file_names import PAGE_FILE
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.shard import WHOLE_SUITE, Shard, parse_shard
from rehearsal.results.tests import SuiteResults

ATTEMPT = regex(r"-([1-9][0-9]{0,3})\Z", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class ShardEvidence:
    """The evidence of one rehearsal: `name` is its artifact's, `folder` its place in the merge.

    Where its verdict.json cannot be read, it is not `readable`, and `result` holds the problem.
    `has_page` says that it has an index.html.
    """

    name: str
    folder: str
    result: RehearsalResult
    readable: bool = True
    has_page: bool = False

    @property
    def outcome(self) -> Shard:
        """How its rehearsal ended."""
        result = self.result
        # A rehearsal that ended before its tests has run no test.
        results = result.suite_results or SuiteResults(test_count=0 if self.readable else None)
        return Shard(
            name=self.name,
            verdict=result.verdict,
            shard=result.shard,
            browser=self.browser,
            tests=results.test_count,
            failures=results.failure_count,
            flaky=results.flaky_count,
            seconds=sum((stage.seconds for stage in result.stages), 0.0),
            page=f"{self.folder}/{PAGE_FILE}" if self.has_page else "",
        )

    @property
    def browser(self) -> str:
        """The browser that its tests were told to use, or empty."""
        return self.result.request.browser if self.result.request else ""

    @property
    def title(self) -> str:
        """What reports call it."""
        return self.outcome.title

    @property
    def sort_key(self) -> tuple[bool, str, int, str]:
        """Order by browser, then by shard; what cannot be read comes last."""
        number, _ = parse_shard(self.result.shard) or WHOLE_SUITE
        return not self.readable, self.browser, number, self.name

    @property
    def attempt(self) -> int:
        """The attempt of the workflow run; only the name tells it where nothing can be read."""
        ending = None if self.readable else ATTEMPT.search(self.name)
        return int(ending[1]) if ending else self.result.origin.attempt

    @property
    def name_without_attempt(self) -> str:
        """The part of the name that all attempts of this shard share."""
        return self.name.removesuffix(f"-{self.attempt}")


ShardTest = tuple[ShardEvidence, FailedTestEvidence]


def latest_attempts(
    shards: Iterable[ShardEvidence],
) -> tuple[tuple[ShardEvidence, ...], tuple[ShardEvidence, ...]]:
    """Return the shards that count, and those that a later attempt of the run replaced."""
    attempts: dict[str, list[ShardEvidence]] = defaultdict(list)
    for shard in shards:
        attempts[shard.name_without_attempt].append(shard)
    latest: list[ShardEvidence] = []
    replaced: list[ShardEvidence] = []
    for group in attempts.values():
        last = max(shard.attempt for shard in group)
        for shard in group:
            (latest if shard.attempt == last else replaced).append(shard)
    return tuple(latest), tuple(replaced)
