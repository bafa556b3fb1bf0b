"""Draw the rows: `RESULTS.json FOLDER`. It runs in the environment of the peers, with matplotlib.

On GitHub the plots stand on white or on nearly black, so they have no background, and colours that
are legible on both. The text stays text.
"""

import sys
import textwrap
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from bench.plot_data import Plot, plot_of
from bench.results import Results
from bench.table import digits

_OURS, _OTHERS, _TEXT, _GRID = "#2f81f7", "#8b8b8b", "#7a7a7a", "#80808050"
# In inches, of which an SVG has 72 points.
_WIDTH, _HEAD, _LINE, _TITLE_LINE = 8.0, 0.95, 0.3, 0.18
# In characters.
_TITLE_WIDTH = 80
_STYLE = {
    "svg.fonttype": "none",
    # The same numbers make the same file.
    "svg.hashsalt": "bench",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10,
    **dict.fromkeys(
        ("text.color", "axes.labelcolor", "xtick.color", "ytick.color", "axes.edgecolor"), _TEXT
    ),
}


def draw(plot: Plot, file: Path) -> None:
    """Draw one plot: dots for the rounds, a bar at each median."""
    title = textwrap.fill(plot.title, _TITLE_WIDTH)
    height = _HEAD + _TITLE_LINE * title.count("\n") + _LINE * len(plot.lines)
    figure, axes = plt.subplots(figsize=(_WIDTH, height), layout="constrained")
    if plot.is_logarithmic:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    for place, line in enumerate(plot.lines):
        colour = _OTHERS if place else _OURS
        axes.plot(line.values, [place] * len(line.values), "o", color=colour, alpha=0.55)
        if line.median is not None:
            axes.plot([line.median], [place], "|", color=colour, markersize=16, markeredgewidth=2)
        axes.text(
            1.01, place, line.label, transform=axes.get_yaxis_transform(), va="center", fontsize=9
        )
    axes.set_yticks(range(len(plot.lines)), [line.name for line in plot.lines])
    axes.set_ylim(len(plot.lines) - 0.5, -0.5)
    if not plot.is_logarithmic:
        axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: digits(value)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.grid(axis="x", color=_GRID, linewidth=0.6)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)
    axes.set_xlabel(plot.axis)
    axes.set_title(title, loc="left", fontsize=11)
    figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    plt.close(figure)


def main() -> None:
    """Draw a plot for each row into a folder, and remove the plots of rows that are gone."""
    results, folder = Results.read(Path(sys.argv[1])), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    mpl.use("svg")
    with mpl.rc_context(_STYLE):
        for row in results.rows:
            draw(plot_of(row), folder / f"{row.id}.svg")


if __name__ == "__main__":
    main()
