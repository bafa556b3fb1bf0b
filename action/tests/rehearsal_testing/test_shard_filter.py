import pickle
import re
import unittest
from pathlib import Path
from typing import Any

import pytest

from rehearsal_testing import BrowserTestCase, class_fixtures, shard_filter, testcase
from rehearsal_testing.shard import ShardAssignment
from rehearsal_testing.shard_filter import ShardFilter


@pytest.fixture(autouse=True)
def _process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REHEARSAL_JUNIT", str(tmp_path / "junit"))
    monkeypatch.chdir(tmp_path)
    start_process(monkeypatch)


def start_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Act as a new process of unittest, without pytest and its workers."""
    for name in ("PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER"):
        monkeypatch.delenv(name, raising=False)
    fresh = ShardFilter()
    for module in (testcase, class_fixtures):
        monkeypatch.setattr(module, "SHARD_FILTER", fresh)


class Story(BrowserTestCase):
    __test__ = False
    events: list[str]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.events.append("set up")

    def test_one(self) -> None:
        self.events.append("test_one")

    def test_two(self) -> None:
        self.events.append("test_two")

    def visit(self) -> None:
        self.events.append("visit")


def number_of(name: str, count: int) -> int:
    return ShardAssignment.balance({}, count).shard_of(f"{Story.__module__}.Story.{name}")


# So many shards that `visit` is alone in one: no other test there needs setUpClass.
COUNT = next(
    count
    for count in range(2, 99)
    if number_of("visit", count) not in {number_of(f"test_{n}", count) for n in ("one", "two")}
)


def run(*tests: Any) -> unittest.TestResult:
    Story.events = []
    result = unittest.TestResult()
    unittest.TestSuite(tests).run(result)
    return result


def in_other_shards(folder: Path) -> dict[str, str]:
    """Return how many tests of each class run in other shards, by the reports."""
    found = {}
    for file in folder.glob("*.shard.xml"):
        (number,) = re.findall('name="left-to-other-shards" value="([0-9]+)"', file.read_text())
        found[file.name.removesuffix(".shard.xml").rpartition("test_shard_filter.")[2]] = number
    return found


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize(
    "names", [["test_one"], ["test_two"], ["test_one", "test_two"]], ids=["one", "two", "both"]
)
def test_selection__depends_on_the_test_name_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, names: list[str], count: int
) -> None:
    for number in range(1, count + 1):
        start_process(monkeypatch)
        monkeypatch.setenv("REHEARSAL_SHARD", f"{number}/{count}")
        result = run(*map(Story, names))
        here = [name for name in names if number_of(name, count) == number]
        assert [name for name in Story.events if name != "set up"] == here
        assert (result.testsRun, result.skipped) == (len(here), [])
        assert in_other_shards(tmp_path / "junit") == {"Story": str(len(names) - len(here))}


@pytest.mark.parametrize("other_process", [False, True], ids=["this process", "other process"])
def test_class__is_set_up_for_a_test_that_the_loader_does_not_know(
    monkeypatch: pytest.MonkeyPatch, *, other_process: bool
) -> None:
    monkeypatch.setenv("REHEARSAL_SHARD", f"{number_of('visit', COUNT)}/{COUNT}")
    tests = pickle.dumps([Story("test_one"), Story("test_two"), Story("visit")])
    if other_process:
        start_process(monkeypatch)
    run(*pickle.loads(tests))  # noqa: S301
    assert Story.events == ["set up", "visit"]


def test_class__without_a_test_here_is_not_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REHEARSAL_SHARD", f"{number_of('visit', COUNT)}/{COUNT}")
    assert run(Story("test_one"), Story("test_two")).testsRun == 0
    assert Story.events == []


def test_class_has_tests__before_pytest_creates_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REHEARSAL_SHARD", f"{number_of('test_two', COUNT)}/{COUNT}")
    assert ShardFilter().class_has_tests(f"{Story.__module__}.Story", Story)
    monkeypatch.setenv("REHEARSAL_SHARD", f"{number_of('visit', COUNT)}/{COUNT}")
    assert not ShardFilter().class_has_tests(f"{Story.__module__}.Story", Story)
    monkeypatch.delenv("REHEARSAL_SHARD")
    assert ShardFilter().class_has_tests("any.Class", unittest.TestCase)


def test_counts__are_written_by_each_worker_of_xdist(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REHEARSAL_SHARD", f"{number_of('visit', COUNT)}/{COUNT}")
    for worker, name in (("gw0", "test_one"), ("gw1", "test_two")):
        start_process(monkeypatch)
        monkeypatch.setenv("PYTEST_XDIST_WORKER", worker)
        run(Story(name))
    assert in_other_shards(tmp_path / "junit") == {"Story.gw0": "1", "Story.gw1": "1"}


def test_counts__report_a_folder_that_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("a file, not a folder")
    shard_filter.write_deselected_counts({"a.B": 1}, {"REHEARSAL_JUNIT": str(tmp_path / "file")})
    assert capsys.readouterr().err.startswith("The number of tests in other shards is not in ")
