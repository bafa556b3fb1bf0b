"""How the time of browser tests falls with the shards that share a Selenium Grid.

A Grid has machines of its own. Browsers on this machine would take turns on its cores, so here the
Grid only waits: what is measured is our side of it.
"""

import json
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.fake_grid import SECONDS as PAGE_SECONDS
from bench.fake_grid import TITLE, fake_grid
from bench.measure import Contender, Row, row
from bench.programs import PYTHON
from bench.side_by_side import side_by_side

SECONDS = 40
_TESTS = 8
_SUITE = f"""\
from rehearsal_testing import BrowserTestCase

class PageTest(BrowserTestCase):
    def visit(self):
        self.browser.get("http://localhost/")
        self.assertEqual(self.browser.title, "{TITLE}")

"""


def rows() -> Iterator[Row]:
    """Measure the longest of the shards that run side by side."""
    title = (
        f"{_TESTS} browser tests on a Grid, in shards; simulated: the Grid only waits, "
        f"{PAGE_SECONDS} s for each browser and each page"
    )
    with tempfile.TemporaryDirectory(prefix="bench-") as name, fake_grid() as url:
        folder = Path(name)
        tests = [f"test_{number}" for number in range(_TESTS)]
        lines = "".join(f"    def {test}(self): self.visit()\n" for test in tests)
        (folder / "test_pages.py").write_text(_SUITE + lines)
        recorded = {f"test_pages.PageTest.{test}": 1.0 for test in tests}
        (folder / ".test_durations").write_text(json.dumps(recorded))
        yield row(
            "grid", title, "s",
            [
                Contender(name=f"{count} shard{'s' * (count > 1)}",
                          run=partial(_tests, folder, url, count))
                for count in (4, 2, 1)
            ], SECONDS,
        )  # fmt: skip


def _tests(folder: Path, grid: str, count: int, _: int) -> float:
    command = [PYTHON, "-m", "unittest", "test_pages"]
    shards = [f"{number}/{count}" for number in range(1, count + 1)]
    return side_by_side(
        folder,
        [(command, {"REHEARSAL_SHARD": each, "SELENIUM_REMOTE_URL": grid}) for each in shards],
    )
