"""Parts of a suite that rehearsal_testing shares out: complete and disjoint in real rehearsals."""

import json
import sys
from collections import Counter
from xml.etree import ElementTree as ET

import pytest

from .contract import assert_verdict
from .repository import Repository
from .runner import ActionResult, Runner

STORIES = """
import os
from rehearsal_testing import BrowserTestCase

class Visitor(BrowserTestCase):
    def visit(self):
        self.browser.get(os.environ["REHEARSAL_URL"] + "/" + self._testMethodName)
        self.assertEqual(self.browser.title, "Tiny")

class Early(Visitor):
    def test_one(self):
        self.visit()

    def test_two(self):
        self.visit()

class Late(Visitor):
    def test_three(self):
        self.visit()

    def test_four(self):
        self.visit()
"""
ALL = {"Early.test_one", "Early.test_two", "Late.test_three", "Late.test_four"}
# The interpreter of these scenarios has what they need: nothing has to be installed.
COMMANDS = {
    "unittest": f"{sys.executable} -m unittest stories",
    "pytest": f"{sys.executable} -m pytest -p rehearsal_testing.plugin stories.py",
}


def rehearse(tiny: Repository, runner: Runner, command: str, shard: str) -> ActionResult:
    tiny.write("stories.py", STORIES)
    inputs = {"test-command": command, "shard": shard, "evidence": "always"}
    return runner.use(tiny, inputs)


def ran(rehearsed: ActionResult) -> list[str]:
    assert rehearsed.evidence
    reports = sorted((rehearsed.evidence / "tests" / "junit").glob("*.xml"))
    cases = [case for report in reports for case in ET.parse(report).iter("testcase")]  # noqa: S314
    return [
        f"{case.get('classname')}.{case.get('name')}".removeprefix("stories.") for case in cases
    ]


@pytest.mark.parametrize("runs", COMMANDS)
def test_shards__hold_each_test_once_between_them(
    tiny: Repository, runner: Runner, runs: str
) -> None:
    everything: Counter[str] = Counter()
    for number in (1, 2, 3):
        rehearsed = rehearse(tiny, runner, COMMANDS[runs], f"{number}/3")
        # There is evidence, and so an upload, because it was asked for.
        assert rehearsed.outputs["verdict"] == "passed"
        tests = ran(rehearsed)
        everything.update(tests)
        assert rehearsed.outputs["tests"] == str(len(tests))
        document = json.loads(rehearsed.file("verdict.json"))
        assert document["shard"] == f"{number}/3"
        assert document["tests"]["in-other-shards"] == len(ALL) - len(tests)
        log = rehearsed.file("container.log")
        assert {name for name in ALL if f"GET /{name.partition('.')[2]} " in log} == set(tests)
    assert everything == dict.fromkeys(ALL, 1)


@pytest.mark.parametrize("runs", COMMANDS)
def test_shards__an_empty_one_passes_beside_others(
    tiny: Repository, runner: Runner, runs: str
) -> None:
    tiny.write("stories.py", STORIES)
    rehearsed = runner.use(tiny, {"test-command": COMMANDS[runs], "shard": "5/5"})
    assert_verdict(rehearsed, "passed")
    assert rehearsed.outputs["tests"] == "0"
    assert "Shard 5/5 holds no test; the other shards have 4." in rehearsed.log


@pytest.mark.parametrize("runs", COMMANDS)
def test_shards__of_no_test_at_all_is_no_tests(tiny: Repository, runner: Runner, runs: str) -> None:
    rehearsed = rehearse(tiny, runner, f"{COMMANDS[runs]} -k nothing", "1/2")
    assert_verdict(rehearsed, "no-tests")


def test_shards__are_balanced_by_what_an_earlier_rehearsal_recorded(
    tiny: Repository, runner: Runner
) -> None:
    first = rehearse(tiny, runner, COMMANDS["unittest"], "1/1")
    assert first.evidence
    record = f"{sys.executable} -m rehearsal_testing.record_durations {first.evidence}/tests/junit"
    # Where rehearsal_testing is: in the step that runs tests, or in the checkout of `action/`.
    with_recorder = runner.use(tiny, {"test-command": f"{record}\n{COMMANDS['unittest']}"})
    assert_verdict(with_recorder, "passed")
    durations = tiny.root / ".test_durations"
    found = json.loads(durations.read_text())
    assert set(found) == {f"stories.{name}" for name in ALL}
    durations.write_text(json.dumps(found | {"stories.Late.test_four": 600}))
    tiny.commit("How long the tests take")
    assert ran(rehearse(tiny, runner, COMMANDS["unittest"], "1/2")) == ["Late.test_four"]


def test_setting__that_cannot_be_obeyed_is_told_before_any_test(
    tiny: Repository, runner: Runner
) -> None:
    command = f"REHEARSAL_SHARD=5/4 {COMMANDS['unittest']}"
    rehearsed = rehearse(tiny, runner, command, "1/2")
    assert_verdict(rehearsed, "tests-failed")
    assert "REHEARSAL_SHARD is '5/4'. Allowed: 1/N to N/N" in rehearsed.log
