"""docs/performance.md, whose tables are those of bench/baseline.json."""

from pathlib import Path

from bench.programs import ROOT
from bench.results import Results
from bench.table import markdown

BASELINE = ROOT / "bench/baseline.json"
DOCUMENT = ROOT / "docs/performance.md"
# Beside the document, which names its plots by this folder.
PLOTS = ROOT / "docs/performance"
_BEGIN = "<!-- make bench ARGS=--write-baseline: begin -->\n"
_END = "<!-- make bench ARGS=--write-baseline: end -->\n"


def with_tables(text: str, results: Results) -> str:
    """Return the document with the tables of a run between its two marks.

    Raises ValueError if it has not got both.
    """
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise ValueError(f"{DOCUMENT.name} has to have the lines {_BEGIN!r} and {_END!r}.")
    return f"{before}{begin}\n{markdown(results, plots=PLOTS.name)}\n{end}{after}"


def write(results: Results, document: Path) -> None:
    """Write the tables into the document."""
    document.write_text(with_tables(document.read_text(), results))
