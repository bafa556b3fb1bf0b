"""The rows as Markdown, as JSON, and a picture of each."""

import math
import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pygal
from pygal.style import Style

from bench.measure import Row

_HEAD = "| what | contender | median | least to most | ours by this |\n|---|---|---|---|---|\n"
# Readable on a white and on a dark page.
_STYLE = Style(
    background="transparent", plot_background="transparent", foreground="#808080",
    foreground_strong="#808080", foreground_subtle="#808080", colors=("#2f7ed8",),
)  # fmt: skip


def markdown(rows: Iterable[Row], machine: Mapping[str, str]) -> str:
    """Return the table, with the machine and the versions below it."""
    lines = [line for row in rows for line in _lines(row)]
    facts = "\n".join(f"- {name}: {value}" for name, value in machine.items())
    return _HEAD + "\n".join(lines) + f"\n\nMeasured on:\n\n{facts}\n"


def _lines(row: Row) -> Iterable[str]:
    title = f"**{row.title}**" + (f" (goal: {row.goal})" if row.goal else "")
    for name in row.values:
        yield f"| {title} | {name} | {_numbers(row, name)} |"
        title = ""
    if row.note:
        yield f"| {row.note} | | | | |"


def _numbers(row: Row, name: str) -> str:
    if not (values := row.values[name]):
        return f"{row.failures[name]} | | "
    ratio = row.ratio(name) if name != row.ours else None
    shown = "" if ratio is None else f"{ratio:.2f}"
    unit = row.unit
    return f"{digits(statistics.median(values))} {unit} | {spread(values)} | {shown}"


def spread(values: Sequence[float]) -> str:
    """Return the least and the most of some numbers."""
    return f"{digits(min(values))} to {digits(max(values))}"


def digits(value: float) -> str:
    """Return a number with three digits that count, at most three of them after the point."""
    places = max(0, min(3, 2 - math.floor(math.log10(abs(value))))) if value else 0
    return f"{value:.{places}f}".rstrip("0").rstrip(".") if places else f"{value:.0f}"


def as_json(rows: Iterable[Row], machine: Mapping[str, str]) -> dict[str, Any]:
    """Return all numbers, for programs."""
    return {"machine": dict(machine), "rows": [asdict(row) for row in rows]}


def picture(row: Row) -> bytes:
    """Return an SVG with a bar for each contender, and what its numbers lay between."""
    chart = pygal.HorizontalBar(
        title=f"{row.title} ({row.unit})", show_legend=False, style=_STYLE, js=(), width=720,
        height=90 + 40 * len(row.values), print_values=False,
    )  # fmt: skip
    chart.x_labels = [name for name in row.values if row.values[name]]
    chart.add(
        row.unit,
        [
            {"value": statistics.median(values), "ci": {"low": min(values), "high": max(values)}}
            for values in row.values.values()
            if values
        ],
    )
    # Pictures in documents run no script.
    return re.sub(rb"<script.*?</script>", b"", chart.render(), flags=re.DOTALL)
