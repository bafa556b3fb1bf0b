"""Measure contenders side by side: one after the other, round by round, in one run."""

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

# Two rounds say little about how much a number varies; after fifteen, one more says little, too.
LEAST_ROUNDS, MOST_ROUNDS = 2, 15


@dataclass(frozen=True, kw_only=True)
class Contender:
    """One way to do the work; `run` does it once and returns what is measured.

    Where it cannot do the work at all, it returns the reason. It gets the number of the round, so
    that each can have a port or a folder of its own. `command` is what a reader would type. One
    that takes long may be in the first `rounds` rounds only.
    """

    name: str
    run: Callable[[int], float | str]
    command: str = ""
    rounds: int | None = None


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
        # One that took long has fewer.
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
    contenders: Sequence[Contender],
    seconds: float,
    *,
    most: int = MOST_ROUNDS,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[dict[str, list[float]], dict[str, str]]:
    """Run each contender once a round; return the numbers of each, and who could not do the work.

    There are `LEAST_ROUNDS`, and up to `most` if the next one would end within `seconds`. Each
    round begins with another contender, so that nobody always profits from what the one before has
    left in a cache.
    """
    values: dict[str, list[float]] = {each.name: [] for each in contenders}
    failures: dict[str, str] = {}
    begun = before = clock()
    for number in range(most):
        now = clock()
        if number >= LEAST_ROUNDS and now + (now - before) > begun + seconds:
            break
        before = now
        start = number % len(contenders)
        for each in (*contenders[start:], *contenders[:start]):
            if each.name in failures or (each.rounds is not None and number >= each.rounds):
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
    identity: str, title: str, unit: str, contenders: Sequence[Contender], seconds: float,
    *, goal: str = "", more_is_better: bool = False,
) -> Row:  # fmt: skip
    """Measure the contenders for so many `seconds`, and return the row; the first one is ours."""
    values, failures = in_turns(contenders, seconds, most=limit_rounds(MOST_ROUNDS))
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
