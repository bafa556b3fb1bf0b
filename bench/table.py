"""The rows as Markdown and as JSON."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bench.measure import Row

_HEAD = "| what | contender | median | least to most | ours by this |\n|---|---|---|---|---|\n"


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
