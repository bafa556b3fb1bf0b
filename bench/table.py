"""The rows as Markdown."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from bench.measure import Row, Spread
from bench.results import Results

_HEAD = "| what | contender | median | least to most | ours ÷ this |\n|---|---|---|---|---|\n"


def markdown(results: Results, plots: str = "") -> str:
    """Return a table for each group, and the machine; `plots` is the folder of the plots."""
    parts = []
    for group, rows in groupby(results.rows, key=lambda row: row.group):
        parts.append(f"### {group}\n\n{_table(list(rows), results.machine, plots)}")
    facts = "\n".join(f"- {name}: {value}" for name, value in results.machine.items())
    return "\n".join([*parts, f"### The machine and the versions\n\n{facts}\n"])


def _table(rows: list[Row], versions: Mapping[str, str], plots: str) -> str:
    table = _HEAD + "".join(f"{line}\n" for row in rows for line in _lines(row, versions))
    if not plots:
        return table
    images = "\n".join(f"![{row.title}]({plots}/{row.id}.svg)" for row in rows)
    return f"{table}\n<details><summary>Plots</summary>\n\n{images}\n\n</details>\n"


def _lines(row: Row, versions: Mapping[str, str]) -> Iterator[str]:
    title = f"**{row.title}**" + (f" (goal: {row.goal})" if row.goal else "")
    for name in row.values:
        yield f"| {_cell(title)} | {_contender(row, name, versions)} | {_numbers(row, name)} |"
        title = ""


def _contender(row: Row, name: str, versions: Mapping[str, str]) -> str:
    """Return the contender's name, its version, and the command."""
    program = re.split("[ ,]", name)[0]
    version = f" ({versions[program]})" if program in versions else ""
    command = row.commands.get(name)
    return _cell(f"{name}{version}" + (f": `{command}`" if command else ""))


def _numbers(row: Row, name: str) -> str:
    if not row.values[name]:
        return f"{_cell(row.failures[name])} | | "
    spread = Spread.of(row.values[name])
    ratios = row.ratios(name) if name != row.ours else None
    range_ = f"{digits(spread.least)} to {digits(spread.most)}"
    return f"{digits(spread.median)} {row.unit} | {range_} | {shown(ratios) if ratios else ''}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def shown(ratios: Spread) -> str:
    """Return the median of some ratios, and the least to the most."""
    return f"{digits(ratios.median)} ({digits(ratios.least)} to {digits(ratios.most)})"


def digits(value: float) -> str:
    """Return a number with three digits that count, at most four of them after the point."""
    places = max(0, min(4, 2 - math.floor(math.log10(abs(value))))) if value else 0
    return f"{value:.{places}f}".rstrip("0").rstrip(".") if places else f"{value:.0f}"


def line(row: Row) -> str:
    """Return a row as one line, to print while the others are measured."""
    return f"{row.id}: {', '.join(_words(row))}"


def _words(row: Row) -> Iterable[str]:
    for name in row.values:
        median = row.median(name)
        yield f"{name} {row.failures[name] if median is None else f'{digits(median)} {row.unit}'}"
