"""The legs of a matrix: one rehearsal each, as it was found."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rehearsal.results.file_names import PAGE
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.shard import WHOLE_SUITE, Shard, parse_shard
from rehearsal.results.tests import Results

ATTEMPT = re.compile(r"-([1-9][0-9]{0,3})\Z", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class ShardEvidence:
    """One of the rehearsals: `name` is its artifact's, `folder` where it lies in what is merged.

    `known` says that its verdict.json could be read: without, `result` holds what was wrong with
    it. `page` says that it has an index.html.
    """

    name: str
    folder: str
    result: RehearsalResult
    known: bool = True
    page: bool = False

    @property
    def shard(self) -> Shard:
        """What the reports say of it."""
        result = self.result
        # Whoever never came to them has run none.
        results = result.results or Results(tests=0 if self.known else None)
        return Shard(
            name=self.name,
            verdict=result.verdict,
            shard=result.shard,
            browser=self.browser,
            tests=results.tests,
            failures=results.failures,
            flaky=len(results.flaky),
            seconds=sum((stage.seconds for stage in result.stages), 0.0),
            page=f"{self.folder}/{PAGE}" if self.page else "",
        )

    @property
    def browser(self) -> str:
        """What its tests were told to take, or empty."""
        return self.result.request.browser if self.result.request else ""

    @property
    def title(self) -> str:
        """What people call it."""
        return self.shard.title

    @property
    def order(self) -> tuple[bool, str, int, str]:
        """Where it stands in a list of them: by browser, then by shard, what is broken last."""
        number, _ = parse_shard(self.result.shard) or WHOLE_SUITE
        return not self.known, self.browser, number, self.name

    @property
    def attempt(self) -> int:
        """Which attempt of the workflow run it is of: what cannot be read has its name alone."""
        ending = None if self.known else ATTEMPT.search(self.name)
        return int(ending[1]) if ending else self.result.origin.attempt

    @property
    def stem(self) -> str:
        """Its name without the attempt: what it has in common with itself, run again."""
        return self.name.removesuffix(f"-{self.attempt}")


def latest_attempts(
    legs: Iterable[ShardEvidence],
) -> tuple[tuple[ShardEvidence, ...], tuple[ShardEvidence, ...]]:
    """Return the legs that count and those that a later attempt of the workflow run replaced."""
    attempts: dict[str, list[ShardEvidence]] = defaultdict(list)
    for leg in legs:
        attempts[leg.stem].append(leg)
    counting: list[ShardEvidence] = []
    replaced: list[ShardEvidence] = []
    for group in attempts.values():
        last = max(leg.attempt for leg in group)
        for leg in group:
            (counting if leg.attempt == last else replaced).append(leg)
    return tuple(counting), tuple(replaced)
