"""How the time of a suite falls with the number of shards, beside pytest-split.

A shard is a job on a machine of its own. Here all run side by side on this one, so the tests only
wait, as for a server: they need no core. They import Selenium, as browser tests do.
"""

import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from bench.measure import Contender, Row, row
from bench.programs import PYTHON
from bench.side_by_side import side_by_side

SECONDS = 50
_TESTS, _TOTAL = 40, 8.0
_FILE = "test_waiting.py"
_IMPORTS = "import time\nimport selenium.webdriver.remote.webdriver\n"
_PYTEST = (PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider")
# Plugins that load themselves would differ from machine to machine.
_ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def rows() -> Iterator[Row]:
    """Measure the longest of the shards that run side by side."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        seconds = durations()
        tests = [f"def {name}(): time.sleep({each})\n" for name, each in seconds.items()]
        (folder / _FILE).write_text("".join([_IMPORTS, *tests]))
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
            ], SECONDS, goal="a quarter of one shard's",
        )  # fmt: skip


def durations() -> dict[str, float]:
    """Return tests and their seconds: many short ones and some long ones, as suites have them."""
    chance = random.Random(1)
    drawn = [chance.lognormvariate(0, 1) for _ in range(_TESTS)]
    factor = _TOTAL / sum(drawn)
    return {f"test_{number}": round(each * factor, 3) for number, each in enumerate(drawn)}


def _ours(folder: Path, count: int, _: int) -> float:
    command = [*_PYTEST, "-p", "rehearsal_testing.plugin"]
    shards = [f"{number}/{count}" for number in range(1, count + 1)]
    return side_by_side(
        folder, [(command, {**_ALONE, "REHEARSAL_SHARD": shard}) for shard in shards]
    )


def _split(folder: Path, more: Sequence[str], _: int) -> float:
    command = [*_PYTEST, "-p", "pytest_split.plugin", "--splits", "4", *more, "--group"]
    return side_by_side(folder, [([*command, str(number)], _ALONE) for number in range(1, 5)])
