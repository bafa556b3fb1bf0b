"""Shards of a suite of test cases: complete, and disjoint, under each runner."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from rehearsal_testing.shard import Division

from .sandbox import Room

# Eight tests of ours in four modules, and one that is not.
BASE = """
import unittest
from rehearsal_testing import BrowserTestCase

class Base(BrowserTestCase):
    def test_inherited(self):
        pass
"""
PAGES = """
import sys
import base

def write(what, cls):
    # A whole line at once: several processes write.
    sys.stdout.write(f"{{what}} {{cls.__name__}}\\n")
    sys.stdout.flush()

class Pages{letter}(base.Base):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        write("set up", cls)

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        write("torn down", cls)

    def test_one(self):
        pass
"""
OTHERS = """
import unittest
from rehearsal_testing import BrowserTestCase

class Plain(unittest.TestCase):
    def test_not_ours(self):
        print("ran the plain one")

class Parts(BrowserTestCase):
    def test_parts(self):
        for part in ("a", "b"):
            with self.subTest(part=part):
                pass

    @unittest.skip("never")
    def test_is_skipped(self):
        pass
"""
# First in every order of names, and there in one shard alone.
STRAY = """
import os
import base

if os.environ.get("REHEARSAL_SHARD", "").startswith("1/"):
    class Stray(base.Base):
        def test_stray(self):
            pass
"""
SPAWN = """
import multiprocessing
from django.test.runner import DiscoverRunner

multiprocessing.set_start_method("spawn", force=True)

class Runner(DiscoverRunner):
    pass
"""
SETTINGS = "SECRET_KEY = 'x'\nDATABASES = {}\nUSE_TZ = True\n"
DJANGO = ["-m", "django", "test", "--settings=settings"]
PYTEST = ["-m", "pytest", "-p", "no:cacheprovider"]
RUNNERS: dict[str, list[str]] = {
    "unittest": ["-m", "unittest"],
    "django": DJANGO,
    "django, another order": [*DJANGO, "--reverse", "--shuffle=3"],
    "fork": [*DJANGO, "--parallel=2"],
    "spawn": [*DJANGO, "--parallel=2", "--testrunner=spawning.Runner"],
    "pytest": PYTEST,
    "plugin": [*PYTEST, "-p", "rehearsal_testing.plugin"],
}
RUNNERS |= {"xdist alone": [*PYTEST, "-n", "2"], "xdist": [*RUNNERS["plugin"], "-n", "2"]}
OURS = {
    *(f"test_{letter}.Pages{letter.upper()}.test_one" for letter in "abc"),
    *(f"test_{letter}.Pages{letter.upper()}.test_inherited" for letter in "abc"),
    "test_d.Parts.test_parts",
    "test_d.Parts.test_is_skipped",
}


def quick(*names: str, among: Iterable[str]) -> list[Any]:
    """Let the others be: three interpreters a test are too slow for the inner loop."""
    return [pytest.param(name, marks=() if name in names else pytest.mark.e2e) for name in among]


@pytest.fixture
def suite(room: Room) -> Room:
    (room.code / "base.py").write_text(BASE)
    for letter in "abc":
        (room.code / f"test_{letter}.py").write_text(PAGES.format(letter=letter.upper()))
    (room.code / "test_d.py").write_text(OTHERS)
    (room.code / "test_0.py").write_text(STRAY)
    (room.code / "settings.py").write_text(SETTINGS)
    (room.code / "spawning.py").write_text(SPAWN)
    return room


def ran(folder: Path) -> list[str]:
    """Return the tests of OURS that left an outcome."""
    cases = [each for file in folder.glob("*.xml") for each in ET.parse(file).iter("testcase")]  # noqa: S314
    names = [f"{case.get('classname')}.{case.get('name')}" for case in cases]
    # The plugin records that of Plain, too.
    return [name for name in names if not name.startswith(("test_0.Stray", "test_d.Plain"))]


def left(folder: Path) -> int:
    """Return how many tests of OURS are said to be elsewhere."""
    suites = [each for file in folder.glob("*.xml") for each in ET.parse(file).iter("testsuite")]  # noqa: S314
    return sum(
        int(each.get("value") or 0)
        for suite in suites
        if not (suite.get("name") or "").startswith(("test_0.Stray", "test_d.Plain"))
        for each in suite.findall("properties/property[@name='left-to-other-shards']")
    )


def commit(room: Room) -> None:
    for arguments in (
        ["init", "--quiet"],
        ["add", "--all"],
        [
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b.invalid",
            "commit",
            "--quiet",
            "-m",
            "as it is",
        ],
    ):
        subprocess.run(["git", *arguments], cwd=room.code, check=True)


def run_shard(room: Room, runner: list[str], asked: str) -> tuple[list[str], int, str]:
    folder = room.folder / f"junit-{asked.replace('/', '-of-')}"
    extra = {"REHEARSAL_SHARD": asked, "REHEARSAL_JUNIT": str(folder)}
    code, printed = room.run(runner, extra)
    # From Python 3.12 on unittest says so where nothing ran.
    assert code == 0 or (code == 5 and "Ran 0 tests" in printed), printed
    return ran(folder), left(folder), printed


@pytest.mark.parametrize("runner", quick("unittest", "plugin", among=RUNNERS))
def test_shards__hold_each_test_once(suite: Room, runner: str) -> None:
    arguments = RUNNERS[runner]
    shards = [run_shard(suite, arguments, f"{number}/3") for number in (1, 2, 3)]
    division = Division.of({}, 3)
    # The same ones under each runner: what else there is does not matter.
    for number, (tests, elsewhere, _) in enumerate(shards, start=1):
        assert sorted(tests) == sorted(each for each in OURS if division.number_of(each) == number)
        assert elsewhere == len(OURS) - len(tests)
    plain = sum("ran the plain one" in printed for _, _, printed in shards)
    # pytest captures what it prints.
    assert plain == (0 if "pytest" in arguments else 3)


@pytest.mark.parametrize("runner", quick("unittest", among=["unittest", "django", "fork"]))
def test_shards__what_others_run_is_not_counted_and_not_set_up(suite: Room, runner: str) -> None:
    for name in ("test_d.py", "test_0.py"):
        (suite.code / name).unlink()
    for number in (1, 2, 3, 4):
        tests, elsewhere, printed = run_shard(suite, RUNNERS[runner], f"{number}/4")
        assert f"Ran {len(tests)} test" in printed
        assert elsewhere == 6 - len(tests)
        classes = {test.split(".")[1] for test in tests}
        for told in ("set up", "torn down"):
            assert sorted(re.findall(rf"{told} (\w+)", printed)) == sorted(classes)


@pytest.mark.parametrize("runner", quick("plugin", among=["plugin", "xdist"]))
def test_shards__an_empty_one_of_pytest_passes(suite: Room, runner: str) -> None:
    arguments = [*RUNNERS[runner], "test_a.py::PagesA::test_one"]
    results = [run_shard(suite, arguments, f"{number}/2") for number in (1, 2)]
    assert sorted(len(tests) for tests, _, _ in results) == [0, 1]
    (printed,) = (printed for tests, _, printed in results if not tests)
    # What xdist's workers leave out is not known to the closing line.
    assert (" 1 deselected in " in printed) == (runner == "plugin")


def test_shards__no_tests_at_all_are_still_an_error_of_pytest(suite: Room) -> None:
    code, _ = suite.run(
        [*RUNNERS["plugin"], "-k", "nothing", "test_a.py"], {"REHEARSAL_SHARD": "1/2"}
    )
    assert code == pytest.ExitCode.NO_TESTS_COLLECTED
    (file,) = suite.junit.iterdir()
    assert b'name="left-to-other-shards" value="0"' in file.read_bytes()


@pytest.mark.parametrize(
    "runner,names", [("unittest", "pytest's"), ("unittest", "ours"), ("plugin", "pytest's")]
)
def test_shards__are_balanced_by_what_is_committed(suite: Room, runner: str, names: str) -> None:
    long = {"ours": "test_b.PagesB.test_one", "pytest's": "test_b.py::PagesB::test_one"}[names]
    (suite.code / ".test_durations").write_text(
        "{"
        + ", ".join(f'"{test}": 1' for test in OURS - {"test_b.PagesB.test_one"})
        + f', "{long}": 60}}'
    )
    commit(suite)
    first, second = (run_shard(suite, RUNNERS[runner], f"{number}/2")[0] for number in (1, 2))
    assert first == ["test_b.PagesB.test_one"]
    assert set(second) == OURS - set(first)


def test_shards__are_balanced_by_pytests_own_name_of_a_test(suite: Room) -> None:
    # In no package, so that ours is shorter; by a hash of that it were in the second.
    (suite.code / "deep").mkdir()
    (suite.code / "deep" / "test_e.py").write_text("def test_here(): pass")
    (suite.code / ".test_durations").write_text('{"deep/test_e.py::test_here": 60}')
    commit(suite)
    tests, _, _ = run_shard(suite, [*RUNNERS["plugin"], "deep"], "1/2")
    assert tests == ["test_e.test_here"]


@pytest.mark.parametrize("runner", ["unittest", "plugin"])
def test_shards__durations_that_cannot_be_read_are_told(suite: Room, runner: str) -> None:
    (suite.code / ".test_durations").write_text("{}")
    _, _, printed = run_shard(suite, RUNNERS[runner], "1/2")
    assert ".test_durations is not committed" in printed


@pytest.mark.parametrize("runner", quick("plugin", among=["unittest", "django", "fork", "plugin"]))
@pytest.mark.parametrize("variable", ["REHEARSAL_SHARD", "REHEARSAL_RETRIES"])
def test_settings__that_cannot_be_obeyed_end_the_run(
    suite: Room, runner: str, variable: str
) -> None:
    code, printed = suite.run(RUNNERS[runner], {variable: "some"})
    assert code not in (0, 5)
    assert f"{variable} is 'some'. Allowed: " in printed.rstrip().splitlines()[-1]
    assert "Ran " not in printed
