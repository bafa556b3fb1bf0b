"""`make bench ARGS="GROUP…"`: measure, and write the tables, the plots and the numbers."""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bench import (
    app,
    audit,
    browsers,
    document,
    grid,
    helper,
    probe,
    rehearsals,
    services,
    shards,
    verdicts,
)
from bench.check import compare
from bench.document import BASELINE, DOCUMENT, PLOTS
from bench.machine import describe
from bench.measure import Row
from bench.programs import PEER_PYTHON, ROOT, BenchError, run
from bench.results import Results
from bench.table import line, markdown

GROUPS: dict[str, Callable[[], Iterator[Row]]] = {
    "probe": probe.rows,
    "verdicts": verdicts.rows,
    "rehearsals": rehearsals.rows,
    "audit": audit.rows,
    "services": services.rows,
    "browsers": browsers.rows,
    "shards": shards.rows,
    "grid": grid.rows,
    "helper": helper.rows,
    "app": app.rows,
}


def main() -> int:
    """Measure the groups; return 1 if one cannot be, or with --check if a ratio got worse."""
    options = _options()
    # Read before the results are written: it may be the same file.
    baseline = Results.read(options.baseline) if options.check else None
    if options.results:
        results, failed = Results.read(options.results), False
    else:
        results, failed = _measured(options.group or list(GROUPS))
    _write(options.into, results)
    is_worse = baseline is not None and _is_worse(baseline, results)
    if options.write_baseline and not failed:
        results.write(BASELINE)
        document.write(results, DOCUMENT)
        _draw(BASELINE, PLOTS)
        print(f"Written: {BASELINE}, {DOCUMENT} and the plots in {PLOTS}.")
    return 1 if failed or is_worse else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=", description=__doc__)
    parser.add_argument(
        "group", nargs="*", metavar="GROUP", help=f"one of {', '.join(GROUPS)}; without any, all"
    )
    parser.add_argument(
        "--into", type=Path, default=ROOT / ".cache/bench-results", metavar="FOLDER",
        help="where the tables, the plots and results.json are written",
    )  # fmt: skip
    parser.add_argument(
        "--results", type=Path, metavar="FILE",
        help="take the numbers of an earlier run (its results.json) instead of measuring",
    )  # fmt: skip
    parser.add_argument("--check", action="store_true", help="compare with the baseline")
    parser.add_argument(
        "--baseline", type=Path, default=BASELINE, metavar="FILE",
        help="compare with the results.json of another run instead of bench/baseline.json",
    )  # fmt: skip
    parser.add_argument(
        "--write-baseline", action="store_true",
        help="write bench/baseline.json, docs/performance.md and its plots",
    )  # fmt: skip
    options = parser.parse_args()
    if unknown := set(options.group) - set(GROUPS):
        parser.error(
            f"there is no group {', '.join(sorted(unknown))}; the groups: {', '.join(GROUPS)}"
        )
    if options.write_baseline and options.group:
        parser.error("--write-baseline needs all groups of one run: name no group")
    if options.check and not options.baseline.exists():
        parser.error(f"there is no {options.baseline}: --write-baseline writes bench/baseline.json")
    return options


def _measured(groups: Sequence[str]) -> tuple[Results, bool]:
    """Measure the groups; return what was found, and whether one of them failed."""
    machine = describe()
    rows: list[Row] = []
    seconds: dict[str, float] = {}
    failed = False
    for group in groups:
        begun = time.monotonic()
        try:
            for row in GROUPS[group]():
                rows.append(replace(row, group=group))
                print(line(row), flush=True)
        except (BenchError, OSError, subprocess.TimeoutExpired) as error:
            # The numbers of the other groups are not lost.
            print(f"{group} failed: {error}", flush=True)
            failed = True
        seconds[group] = time.monotonic() - begun
        print(f"{group}: {seconds[group]:.0f} s", flush=True)
    each = ", ".join(f"{group} {taken:.0f}" for group, taken in seconds.items())
    took = f"{sum(seconds.values()):.0f} s ({each})"
    return Results(machine={**machine, "the run took": took}, rows=rows), failed


def _write(into: Path, results: Results) -> None:
    results.write(into / "results.json")
    (into / "table.md").write_text(markdown(results))
    _draw(into / "results.json", into / "plots")
    print(f"The tables, the plots and the numbers are in {into}.")


def _draw(results: Path, folder: Path) -> None:
    run([PEER_PYTHON, "-m", "bench.plots", results, folder])


def _is_worse(baseline: Results, results: Results) -> bool:
    found = list(compare(baseline.rows, results.rows))
    if not found:
        print("No ratio could be compared: the baseline has none of the measured groups.")
        return True
    better = [each for each in found if each.is_better]
    worse = [each for each in found if each.is_worse]
    for each in (*better, *worse):
        print(each)
    print(
        f"{len(found)} ratios were compared with the baseline. Worse: {len(worse)}, better: "
        f"{len(better)}, each by more than 20 % and by more than both runs vary."
    )
    return bool(worse)


if __name__ == "__main__":
    sys.exit(main())
