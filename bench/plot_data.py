"""What a plot of a row shows, as plain data: the axis, and a line of dots for each contender."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.measure import Row
from bench.table import digits

# From this factor on, the axis is logarithmic: the small numbers would all be at its left end.
_MAX_LINEAR = 20


@dataclass(frozen=True, kw_only=True)
class Line:
    """One contender: its name, the number of each round, and what is written beside the dots."""

    name: str
    values: Sequence[float]
    median: float | None
    label: str


@dataclass(frozen=True, kw_only=True)
class Plot:
    """One row. The first line is ours."""

    title: str
    axis: str
    lines: Sequence[Line]
    is_logarithmic: bool


def plot_of(row: Row) -> Plot:
    """Return the plot of a row."""
    lines = [_line(row, name) for name in row.values]
    values = [value for each in lines for value in each.values]
    least = min(values, default=0)
    direction = "more is better" if row.more_is_better else "less is better"
    return Plot(
        title=row.title,
        axis=f"{row.unit} ({direction})",
        lines=lines,
        is_logarithmic=least > 0 and max(values) / least > _MAX_LINEAR,
    )


def _line(row: Row, name: str) -> Line:
    median = row.median(name)
    label = row.failures.get(name, "") if median is None else f"{digits(median)} {row.unit}"
    return Line(name=name, values=row.values[name], median=median, label=label)
