import pickle
import re
import unittest
from pathlib import Path
from typing import Any

import pytest

from rehearsal_testing import BrowserTestCase, shard_filter, testcase
from rehearsal_testing import class_fixtures as classwide_module
from rehearsal_testing.shard import Division
from rehearsal_testing.shard_filter import Part


@pytest.fixture(autouse=True)
def _process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REHEARSAL_JUNIT", str(tmp_path / "junit"))
    monkeypatch.chdir(tmp_path)
    begin(monkeypatch)


def begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be another process, of unittest: neither pytest nor its workers are known to be there."""
    for name in ("PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER"):
        monkeypatch.delenv(name, raising=False)
    fresh = Part()
    for module in (testcase, classwide_module):
        monkeypatch.setattr(module, "PART", fresh)


class Story(BrowserTestCase):
    __test__ = False
    seen: list[str]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.seen.append("set up")

    def test_one(self) -> None:
        self.seen.append("test_one")

    def test_two(self) -> None:
        self.seen.append("test_two")

    def visit(self) -> None:
        self.seen.append("visit")


def number_of(name: str, count: int) -> int:
    return Division.of({}, count).number_of(f"{Story.__module__}.Story.{name}")


# A division in which the third is alone, so that nothing else calls for what the class shares.
APART = next(
    count
    for count in range(2, 99)
    if number_of("visit", count) not in {number_of(f"test_{n}", count) for n in ("one", "two")}
)


def run(*tests: Any) -> unittest.TestResult:
    Story.seen = []
    result = unittest.TestResult()
    unittest.TestSuite(tests).run(result)
    return result


def told(folder: Path) -> dict[str, str]:
    """Return what each file says is left to other shards."""
    found = {}
    for file in folder.glob("*.shard.xml"):
        (number,) = re.findall('name="left-to-other-shards" value="([0-9]+)"', file.read_text())
        found[file.name.removesuffix(".shard.xml").rpartition("test_shard_filter.")[2]] = number
    return found


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize(
    "names", [["test_one"], ["test_two"], ["test_one", "test_two"]], ids=["one", "two", "both"]
)
def test_test_case__goes_by_its_name_whatever_else_there_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, names: list[str], count: int
) -> None:
    for number in range(1, count + 1):
        begin(monkeypatch)
        monkeypatch.setenv("REHEARSAL_SHARD", f"{number}/{count}")
        result = run(*map(Story, names))
        here = [name for name in names if number_of(name, count) == number]
        assert [name for name in Story.seen if name != "set up"] == here
        assert (result.testsRun, result.skipped) == (len(here), [])
        assert told(tmp_path / "junit") == {"Story": str(len(names) - len(here))}


@pytest.mark.parametrize("another", [False, True], ids=["this process", "another process"])
def test_class__is_set_up_for_a_test_that_no_loader_names(
    monkeypatch: pytest.MonkeyPatch, *, another: bool
) -> None:
    monkeypatch.setenv("REHEARSAL_SHARD", f"{number_of('visit', APART)}/{APART}")
    tests = pickle.dumps([Story("test_one"), Story("test_two"), Story("visit")])
    if another:
        begin(monkeypatch)
    run(*pickle.loads(tests))  # noqa: S301
    assert Story.seen == ["set up", "visit"]


def test_class__without_a_test_here_is_not_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REHEARSAL_SHARD", f"{number_of('visit', APART)}/{APART}")
    assert run(Story("test_one"), Story("test_two")).testsRun == 0
    assert Story.seen == []


def test_class__is_set_up_before_pytest_makes_its_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REHEARSAL_SHARD", f"{number_of('test_two', APART)}/{APART}")
    assert Part().needs(f"{Story.__module__}.Story", Story)
    monkeypatch.setenv("REHEARSAL_SHARD", f"{number_of('visit', APART)}/{APART}")
    assert not Part().needs(f"{Story.__module__}.Story", Story)
    monkeypatch.delenv("REHEARSAL_SHARD")
    assert Part().needs("any.Class", unittest.TestCase)


def test_test_case__is_told_by_each_worker_of_xdist(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REHEARSAL_SHARD", f"{number_of('visit', APART)}/{APART}")
    for worker, name in (("gw0", "test_one"), ("gw1", "test_two")):
        begin(monkeypatch)
        monkeypatch.setenv("PYTEST_XDIST_WORKER", worker)
        run(Story(name))
    assert told(tmp_path / "junit") == {"Story.gw0": "1", "Story.gw1": "1"}


def test_left__a_full_disk_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    shard_filter.tell_left({"a.B": 1}, {"REHEARSAL_JUNIT": str(tmp_path / "file")})
    assert capsys.readouterr().err.startswith("What is left to other shards is not in ")
