"""Under each runner, every test of a suite runs in exactly one shard."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from rehearsal_testing.shard import ShardAssignment

from .junit_reports import read_cases
from .sandbox import Sandbox

# Eight tests of BrowserTestCase in four modules, and one that does not derive from it.
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
    # One write per line, because several processes write.
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
        print("ran the plain test")

class Parts(BrowserTestCase):
    def test_parts(self):
        for part in ("a", "b"):
            with self.subTest(part=part):
                pass

    @unittest.skip("never")
    def test_is_skipped(self):
        pass
"""
# Exists in one shard only, and comes first in the order of names.
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


NOT_OURS = ("test_0.Stray", "test_d.Plain")


def quick(*names: str, among: Iterable[str]) -> list[Any]:
    """Mark the other runners as e2e: each test starts three interpreters."""
    return [pytest.param(name, marks=() if name in names else pytest.mark.e2e) for name in among]


@pytest.fixture
def suite(sandbox: Sandbox) -> Sandbox:
    (sandbox.code / "base.py").write_text(BASE)
    for letter in "abc":
        (sandbox.code / f"test_{letter}.py").write_text(PAGES.format(letter=letter.upper()))
    (sandbox.code / "test_d.py").write_text(OTHERS)
    (sandbox.code / "test_0.py").write_text(STRAY)
    (sandbox.code / "settings.py").write_text(SETTINGS)
    (sandbox.code / "spawning.py").write_text(SPAWN)
    return sandbox


def ran(folder: Path) -> list[str]:
    """Return the tests of OURS that have an outcome."""
    # The plugin records the test of Plain, too.
    return [each for each in read_cases(folder) if not each.startswith(NOT_OURS)]


def in_other_shards(folder: Path) -> int:
    """Return how many tests of OURS run in other shards, by the reports."""
    suites = [each for file in folder.glob("*.xml") for each in ET.parse(file).iter("testsuite")]  # noqa: S314
    return sum(
        int(each.get("value") or 0)
        for suite in suites
        if not (suite.get("name") or "").startswith(NOT_OURS)
        for each in suite.findall("properties/property[@name='left-to-other-shards']")
    )


def run_shard(sandbox: Sandbox, runner: list[str], asked: str) -> tuple[list[str], int, str]:
    folder = sandbox.folder / f"junit-{asked.replace('/', '-of-')}"
    extra = {"REHEARSAL_SHARD": asked, "REHEARSAL_JUNIT": str(folder)}
    code, printed = sandbox.run(runner, extra)
    # From Python 3.12 on, unittest ends with 5 if no test ran.
    assert code == 0 or (code == 5 and "Ran 0 tests" in printed), printed
    return ran(folder), in_other_shards(folder), printed


@pytest.mark.parametrize("runner", quick("unittest", "plugin", among=RUNNERS))
def test_shards__hold_each_test_once(suite: Sandbox, runner: str) -> None:
    arguments = RUNNERS[runner]
    shards = [run_shard(suite, arguments, f"{number}/3") for number in (1, 2, 3)]
    assignment = ShardAssignment.balance({}, 3)
    # The same shards under each runner, whatever other tests exist.
    for number, (tests, others, _) in enumerate(shards, start=1):
        assert sorted(tests) == sorted(each for each in OURS if assignment.shard_of(each) == number)
        assert others == len(OURS) - len(tests)
    plain = sum("ran the plain test" in printed for _, _, printed in shards)
    # pytest captures the output.
    assert plain == (0 if "pytest" in arguments else 3)


@pytest.mark.parametrize("runner", quick("unittest", among=["unittest", "django", "fork"]))
def test_shards__do_not_count_or_set_up_tests_of_others(suite: Sandbox, runner: str) -> None:
    for name in ("test_d.py", "test_0.py"):
        (suite.code / name).unlink()
    for number in (1, 2, 3, 4):
        tests, others, printed = run_shard(suite, RUNNERS[runner], f"{number}/4")
        assert f"Ran {len(tests)} test" in printed
        assert others == 6 - len(tests)
        classes = {test.split(".")[1] for test in tests}
        for event in ("set up", "torn down"):
            assert sorted(re.findall(rf"{event} (\w+)", printed)) == sorted(classes)


@pytest.mark.parametrize("runner", quick("plugin", among=["plugin", "xdist"]))
def test_shards__without_a_test_pass_under_pytest(suite: Sandbox, runner: str) -> None:
    arguments = [*RUNNERS[runner], "test_a.py::PagesA::test_one"]
    results = [run_shard(suite, arguments, f"{number}/2") for number in (1, 2)]
    assert sorted(len(tests) for tests, _, _ in results) == [0, 1]
    (printed,) = (printed for tests, _, printed in results if not tests)
    # pytest's last line does not count what xdist's workers deselect.
    assert (" 1 deselected in " in printed) == (runner == "plugin")


def test_shards__no_tests_in_any_shard_is_an_error_of_pytest(suite: Sandbox) -> None:
    code, _ = suite.run(
        [*RUNNERS["plugin"], "-k", "nothing", "test_a.py"], {"REHEARSAL_SHARD": "1/2"}
    )
    assert code == pytest.ExitCode.NO_TESTS_COLLECTED
    (file,) = suite.junit.iterdir()
    assert b'name="left-to-other-shards" value="0"' in file.read_bytes()


@pytest.mark.parametrize(
    "runner,names", [("unittest", "node ID"), ("unittest", "dotted"), ("plugin", "node ID")]
)
def test_shards__are_balanced_by_recorded_durations(
    suite: Sandbox, runner: str, names: str
) -> None:
    long = {"dotted": "test_b.PagesB.test_one", "node ID": "test_b.py::PagesB::test_one"}[names]
    (suite.code / ".test_durations").write_text(
        "{"
        + ", ".join(f'"{test}": 1' for test in OURS - {"test_b.PagesB.test_one"})
        + f', "{long}": 60}}'
    )
    first, second = (run_shard(suite, RUNNERS[runner], f"{number}/2")[0] for number in (1, 2))
    assert first == ["test_b.PagesB.test_one"]
    assert set(second) == OURS - set(first)


def test_shards__are_balanced_by_the_node_id(suite: Sandbox) -> None:
    # Without a package the dotted name lacks the folder; its hash would choose the second shard.
    (suite.code / "deep").mkdir()
    (suite.code / "deep" / "test_e.py").write_text("def test_here(): pass")
    (suite.code / ".test_durations").write_text('{"deep/test_e.py::test_here": 60}')
    tests, _, _ = run_shard(suite, [*RUNNERS["plugin"], "deep"], "1/2")
    assert tests == ["test_e.test_here"]


@pytest.mark.parametrize("runner", ["unittest", "plugin"])
def test_shards__warn_of_an_invalid_durations_file(suite: Sandbox, runner: str) -> None:
    (suite.code / ".test_durations").write_text("[]")
    _, _, printed = run_shard(suite, RUNNERS[runner], "1/2")
    assert ".test_durations does not balance the shards (" in printed


@pytest.mark.parametrize("runner", quick("plugin", among=["unittest", "django", "fork", "plugin"]))
@pytest.mark.parametrize("variable", ["REHEARSAL_SHARD", "REHEARSAL_RETRIES"])
def test_settings__invalid_ones_end_the_run(suite: Sandbox, runner: str, variable: str) -> None:
    code, printed = suite.run(RUNNERS[runner], {variable: "some"})
    assert code not in (0, 5)
    assert f"{variable} is 'some'. Allowed: " in printed.rstrip().splitlines()[-1]
    assert "Ran " not in printed
