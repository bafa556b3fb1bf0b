import os
import pickle
import unittest
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rehearsal_testing import BrowserTestCase, roster, testcase
from rehearsal_testing import classwide as classwide_module
from rehearsal_testing.junit import Case
from rehearsal_testing.roster import Roster


def named(name: str) -> Case:
    return Case(classname="pages.Home", name=name, file="pages.py", line=1)


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Roster:
    """As in a process that unittest runs: pytest is not known to be there."""
    monkeypatch.setattr(roster, "_is_pytest", lambda: False)
    monkeypatch.setenv("REHEARSAL_JUNIT", str(tmp_path / "junit"))
    monkeypatch.chdir(tmp_path)
    fresh = Roster()
    for module in (testcase, classwide_module):
        monkeypatch.setattr(module, "ROSTER", fresh)
    return fresh


def shards(monkeypatch: pytest.MonkeyPatch, count: int) -> list[Roster]:
    """Return the roster of each shard, asked for the first time while it is that one's turn."""
    rosters = []
    for number in range(1, count + 1):
        monkeypatch.setenv("REHEARSAL_SHARD", f"{number}/{count}")
        each = Roster()
        for name in "abcdef":
            each.enter(named(name))
        each.holds(named("a"))
        rosters.append(each)
    return rosters


def held_by(monkeypatch: pytest.MonkeyPatch, rosters: list[Roster], case: Case) -> list[int]:
    found = []
    for number, each in enumerate(rosters, start=1):
        monkeypatch.setenv("REHEARSAL_SHARD", f"{number}/{len(rosters)}")
        if each.holds(case):
            found.append(number)
    return found


def test_roster__each_test_is_in_one_shard_that_comes_late_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rosters = shards(monkeypatch, 3)
    sizes: Counter[int] = Counter()
    for name in "abcdef":
        (number,) = held_by(monkeypatch, rosters, named(name))
        sizes[number] += 1
    assert set(sizes.values()) == {2}
    for name in ("late", "later", "latest"):
        for each in rosters:
            each.enter(named(name))
        assert len(held_by(monkeypatch, rosters, named(name))) == 1


def test_roster__is_settled_by_the_process_that_knows_all(monkeypatch: pytest.MonkeyPatch) -> None:
    rosters = shards(monkeypatch, 3)
    workers = [Roster() for _ in rosters]
    for number, (each, worker) in enumerate(zip(rosters, workers, strict=True), start=1):
        monkeypatch.setenv("REHEARSAL_SHARD", f"{number}/3")
        for name in "abcdef":
            worker.settle(named(name), held=each.holds(named(name)))
        assert worker.needs("pages.Home")
    for name in "abcdef":
        assert held_by(monkeypatch, workers, named(name)) == held_by(
            monkeypatch, rosters, named(name)
        )


def test_roster__under_pytest_alone_a_test_goes_by_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Whichever comes first in a process: the others are not there yet.
    monkeypatch.undo()
    assert "PYTEST_CURRENT_TEST" in os.environ
    monkeypatch.setenv("REHEARSAL_SHARD", "1/3")
    answers = set()
    for first in "abc":
        each = Roster()
        each.enter(named(first))
        each.holds(named(first))
        answers.add(tuple(each.holds(named(name)) for name in "abcdef"))
        assert each.needs("pages.Home")
    assert len(answers) == 1


class Story(BrowserTestCase):
    __test__ = False
    seen: list[str]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.seen.append("set up")

    def test_one(self) -> None:
        self.seen.append("one")

    def test_two(self) -> None:
        self.seen.append("two")


def run(*tests: Any) -> unittest.TestResult:
    result = unittest.TestResult()
    unittest.TestSuite(tests).run(result)
    return result


def test_test_case__takes_the_decision_to_another_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REHEARSAL_SHARD", "1/2")
    tests = [Story("test_one"), Story("test_two")]
    handed_over = pickle.dumps(tests)
    for module in (testcase, classwide_module):
        monkeypatch.setattr(module, "ROSTER", Roster())
    Story.seen = []
    result = run(*pickle.loads(handed_over))  # noqa: S301
    assert result.testsRun == 1
    # By their names alone it would be the other one.
    assert Story.seen == ["set up", "one"]


def test_test_case__passed_over_is_told_once_for_its_class(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REHEARSAL_SHARD", "3/3")
    Story.seen = []
    result = run(Story("test_one"), Story("test_two"))
    assert (result.testsRun, Story.seen) == (0, [])
    (file,) = (tmp_path / "junit").iterdir()
    assert file.name.endswith(".Story.shard.xml")
    assert b'name="left-to-other-shards" value="2"' in file.read_bytes()


@pytest.mark.parametrize("number,left", [(1, 0), (2, 1)])
def test_test_case__that_is_all_there_is_leaves_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: int, left: int
) -> None:
    monkeypatch.setenv("REHEARSAL_SHARD", f"{number}/2")
    Story.seen = []
    run(Story("test_one"))
    (file,) = (tmp_path / "junit").glob("*.shard.xml")
    assert f'name="left-to-other-shards" value="{left}"' in file.read_text()


def test_left__a_full_disk_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    roster.tell_left({"a.B": 1}, {"REHEARSAL_JUNIT": str(tmp_path / "file")})
    assert capsys.readouterr().err.startswith("What is left to other shards is not in ")
