"""Measure contenders side by side: one after the other, round by round, in one run."""

import os
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Contender:
    """One way to do the work; `run` does it once and returns what is measured.

    Where it cannot do the work at all, it returns the reason. It gets the number of the round, so
    that each can have a port or a folder of its own. `command` is what a reader would type.
    """

    name: str
    run: Callable[[int], float | str]
    command: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table: what was measured, in which unit, of each contender.

    `values` has one number for each round; the first contender is ours. Less is better unless
    `more_is_better`. `failures` has the reasons of those that have no number.
    """

    id: str
    title: str
    unit: str
    values: Mapping[str, Sequence[float]]
    failures: Mapping[str, str] = field(default_factory=dict)
    more_is_better: bool = False
    goal: str = ""
    commands: Mapping[str, str] = field(default_factory=dict)
    group: str = ""

    @property
    def ours(self) -> str:
        """The name of the first contender."""
        return next(iter(self.values))

    @property
    def others(self) -> list[str]:
        """The names of the other contenders."""
        return list(self.values)[1:]

    def median(self, name: str) -> float | None:
        """Return the median of a contender's numbers, None if it has none."""
        return statistics.median(self.values[name]) if self.values[name] else None

    def ratios(self, other: str) -> "Spread | None":
        """Return ours by the other's, round by round; None if one of them has no number."""
        pairs = zip(self.values[self.ours], self.values[other], strict=False)
        found = [ours / theirs for ours, theirs in pairs if theirs]
        return Spread.of(found) if found else None


@dataclass(frozen=True, kw_only=True)
class Spread:
    """The least, the median and the most of some numbers."""

    least: float
    median: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Describe numbers, of which there is at least one."""
        return cls(least=min(values), median=statistics.median(values), most=max(values))

    @property
    def width(self) -> float:
        """How far the most is from the least."""
        return self.most - self.least

    def inverted(self) -> "Spread":
        """Return what the inverse numbers have; none of them may be 0."""
        return Spread(least=1 / self.most, median=1 / self.median, most=1 / self.least)


def in_turns(
    contenders: Sequence[Contender], rounds: int
) -> tuple[dict[str, list[float]], dict[str, str]]:
    """Run each contender once a round; return the numbers of each, and who could not do the work.

    Each round begins with another one, so that nobody always profits from what the one before has
    left in a cache.
    """
    values: dict[str, list[float]] = {each.name: [] for each in contenders}
    failures: dict[str, str] = {}
    for number in range(rounds):
        start = number % len(contenders)
        for each in (*contenders[start:], *contenders[:start]):
            if each.name in failures:
                continue
            value = each.run(number)
            if isinstance(value, str):
                failures[each.name] = value
                values[each.name].clear()
            else:
                values[each.name].append(value)
    return values, failures


def limit_rounds(rounds: int) -> int:
    """Return how many rounds to measure: at most BENCH_ROUNDS, if the environment has it."""
    return min(rounds, int(os.environ.get("BENCH_ROUNDS") or rounds))


def row(
    identity: str, title: str, unit: str, contenders: Sequence[Contender], rounds: int,
    *, goal: str = "", more_is_better: bool = False,
) -> Row:  # fmt: skip
    """Measure the contenders, of which the first is ours, and return the row."""
    values, failures = in_turns(contenders, limit_rounds(rounds))
    return Row(
        id=identity,
        title=title,
        unit=unit,
        values=values,
        failures=failures,
        more_is_better=more_is_better,
        goal=goal,
        commands={each.name: each.command for each in contenders if each.command},
    )
