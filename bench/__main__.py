"""`make bench ARGS="GROUP…"`: measure, and write the table and the numbers."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import app, browsers, helper, probe, rehearsals, verdicts
from bench.check import ratios, worsened
from bench.machine import describe
from bench.measure import Row
from bench.programs import ROOT
from bench.table import as_json, digits, markdown

GROUPS: dict[str, Callable[[], Iterator[Row]]] = {
    "probe": probe.rows,
    "verdicts": verdicts.rows,
    "rehearsals": rehearsals.rows,
    "browsers": browsers.rows,
    "helper": helper.rows,
    "app": app.rows,
}
BASELINE = ROOT / "bench/baseline.json"


def main() -> int:
    """Measure the groups; with --check, return 1 if a ratio got worse."""
    options = _options()
    if options.check and not BASELINE.exists():
        print(f"There is no {BASELINE.relative_to(ROOT)}: write it by --write-baseline.")
        return 1
    machine = describe()
    rows: list[Row] = []
    for group in options.group or GROUPS:
        begun = time.monotonic()
        for row in GROUPS[group]():
            rows.append(row)
            print(_said(row), flush=True)
        print(f"{group}: {time.monotonic() - begun:.0f} s", flush=True)
    _write(options.into, rows, machine)
    if options.write_baseline:
        BASELINE.write_text(json.dumps(ratios(rows), indent=2, sort_keys=True) + "\n")
    if not options.check:
        return 0
    worse = list(worsened(json.loads(BASELINE.read_text()), ratios(rows)))
    print("\n".join(worse) or "No ratio got worse by more than 20 %.")
    return 1 if worse else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=", description=__doc__)
    parser.add_argument("group", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)}; all")
    parser.add_argument(
        "--into", type=Path, default=ROOT / ".cache/bench-results", metavar="FOLDER"
    )
    parser.add_argument("--check", action="store_true", help="compare with bench/baseline.json")
    parser.add_argument("--write-baseline", action="store_true", help="write bench/baseline.json")
    options = parser.parse_args()
    if unknown := set(options.group) - set(GROUPS):
        parser.error(
            f"there is no group {', '.join(sorted(unknown))}; the groups: {', '.join(GROUPS)}"
        )
    return options


def _said(row: Row) -> str:
    shown = (
        f"{name} {row.failures[name] if median is None else f'{digits(median)} {row.unit}'}"
        for name in row.values
        for median in (row.median(name),)
    )
    return f"{row.id}: {', '.join(shown)}"


def _write(into: Path, rows: list[Row], machine: dict[str, str]) -> None:
    into.mkdir(parents=True, exist_ok=True)
    (into / "table.md").write_text(markdown(rows, machine))
    (into / "results.json").write_text(json.dumps(as_json(rows, machine), indent=1) + "\n")
    print(f"The table and the numbers are in {into}.")


if __name__ == "__main__":
    sys.exit(main())
