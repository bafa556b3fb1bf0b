"""How the time of a suite falls with the number of shards, beside pytest-split.

A shard is a job on a machine of its own. Here all run side by side on this one, so the tests only
wait, as for a server: they need no core.
"""

import json
import random
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from bench.measure import Contender, Row, row
from bench.programs import PYTHON, run

ROUNDS = 3
_TESTS, _TOTAL = 60, 12.0
_FILE = "test_waiting.py"
_SPLIT = ("-p", "pytest_split.plugin")


def rows() -> Iterator[Row]:
    """Measure the longest of the shards that run side by side."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        seconds = durations()
        (folder / _FILE).write_text(
            "import time\n" + "".join(f"def {name}(): time.sleep({each})\n"
                                      for name, each in seconds.items())
        )  # fmt: skip
        recorded = {f"{_FILE}::{name}": each for name, each in seconds.items()}
        (folder / ".test_durations").write_text(json.dumps(recorded))
        (folder / "pytest.ini").write_text("[pytest]\n")
        title = (
            f"{_TESTS} tests that wait {_TOTAL:.0f} s in all, balanced by recorded durations; "
            "simulated: the shards run side by side on one machine"
        )
        yield row(
            "shards", title, "s",
            [
                *(Contender(name=f"{count} shard{'s' * (count > 1)}",
                            run=partial(_ours, folder, count)) for count in (4, 2, 1)),
                Contender(name="pytest-split", run=partial(_split, folder, ()),
                          command="pytest --splits 4 --group …"),
                Contender(name="pytest-split, the other way",
                          run=partial(_split, folder, ("--splitting-algorithm", "least_duration")),
                          command="pytest --splits 4 --splitting-algorithm least_duration "
                                  "--group …"),
            ], ROUNDS, goal="a quarter of one shard's",
        )  # fmt: skip


def durations() -> dict[str, float]:
    """Return tests and their seconds: many short ones and some long ones, as suites have them."""
    chance = random.Random(1)
    drawn = [chance.lognormvariate(0, 1) for _ in range(_TESTS)]
    factor = _TOTAL / sum(drawn)
    return {f"test_{number}": round(each * factor, 3) for number, each in enumerate(drawn)}


def _ours(folder: Path, count: int, _: int) -> float:
    jobs = [{"REHEARSAL_SHARD": f"{number}/{count}"} for number in range(1, count + 1)]
    return _side_by_side(folder, [(("-p", "rehearsal_testing.plugin"), job) for job in jobs])


def _split(folder: Path, more: Sequence[str], _: int) -> float:
    groups = [(*_SPLIT, "--splits", "4", "--group", str(number), *more) for number in range(1, 5)]
    return _side_by_side(folder, [(group, {}) for group in groups])


def _side_by_side(folder: Path, jobs: Sequence[tuple[Sequence[str], Mapping[str, str]]]) -> float:
    """Run the jobs and return the seconds until the last one has ended."""

    def job(arguments: Sequence[str], environ: Mapping[str, str]) -> None:
        command = [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
        # Plugins that load themselves would differ from machine to machine.
        run(command, cwd=folder, environ={**environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})

    begun = time.perf_counter()
    with ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(job, *each) for each in jobs]:
            done.result()
    return time.perf_counter() - begun
