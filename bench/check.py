"""Compare the ratios of a run with those of an earlier one; never its seconds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bench.measure import Row, Spread
from bench.table import shown

# Smaller differences do not matter.
MAX_RISE = 0.20


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The ratio of our number to another contender's, in two runs; less is better always.

    `after` is None if the later run has no such ratio.
    """

    row: str
    other: str
    before: Spread
    after: Spread | None

    @property
    def is_worse(self) -> bool:
        """Whether it rose by more than a fifth, and by more than both runs vary in themselves."""
        return self.after is None or _rose(self.before, self.after)

    @property
    def is_better(self) -> bool:
        """Whether the earlier run is the worse one in the same sense."""
        return self.after is not None and _rose(self.after, self.before)

    def __str__(self) -> str:
        if self.after is None:
            return f"{self.row}: the ratio to {self.other} was not measured."
        change = self.after.median / self.before.median - 1
        direction = "worse" if change > 0 else "better"
        return (
            f"{self.row}: {shown(self.after)} of {self.other}; it was {shown(self.before)}: "
            f"{abs(change) * 100:.0f} % {direction}."
        )


def compare(before: Iterable[Row], after: Iterable[Row]) -> Iterator[Comparison]:
    """Yield each ratio of the earlier run whose group was measured by the later one."""
    rows = {row.id: row for row in after}
    groups = {row.group for row in rows.values()}
    for row in before:
        if row.group not in groups:
            continue
        now = _ratios(rows[row.id]) if row.id in rows else {}
        for other, spread in _ratios(row).items():
            # A ratio of 0 has no relative change: what was measured is too small.
            if spread.median > 0:
                yield Comparison(row=row.id, other=other, before=spread, after=now.get(other))


def _ratios(row: Row) -> dict[str, Spread]:
    """Return the ratios of a row, so that less is better."""
    found = {name: row.ratios(name) for name in row.others}
    return {
        name: spread.inverted() if row.more_is_better else spread
        for name, spread in found.items()
        if spread
    }


def _rose(before: Spread, after: Spread) -> bool:
    rise = after.median - before.median
    return rise > before.median * MAX_RISE and rise > before.width + after.width
