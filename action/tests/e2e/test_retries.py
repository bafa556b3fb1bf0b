"""Failed tests that rehearsal_testing runs again, in real browsers, against the real container."""

import json
import sys

import pytest

from .contract import assert_verdict
from .repository import Repository
from .runner import ActionResult, Runner

# Each attempt asks for a page of its own. They are counted here, since the container knows nothing.
COUNT = """
import os, pathlib
from rehearsal_testing import BrowserTestCase

URL = os.environ["REHEARSAL_URL"]

def attempt():
    counted = pathlib.Path("attempts")
    counted.write_text((counted.read_text() if counted.exists() else "") + "x")
    return len(counted.read_text())
"""
STORY = """
class Story(BrowserTestCase):
    def test_shaky(self):
        number = attempt()
        self.browser.get(f"{URL}/attempt-{number}")
        self.assertGreater(number, FAILS, "the page is not ready")

    def test_steady(self):
        self.browser.get(f"{URL}/steady")
        self.assertEqual(self.browser.title, "Tiny")
"""
FUNCTIONS = """
def test_shaky(browser):
    number = attempt()
    browser.get(f"{URL}/attempt-{number}")
    assert number > FAILS, "the page is not ready"

def test_steady(browser):
    browser.get(f"{URL}/steady")
    assert browser.title == "Tiny"
"""
# The interpreter of these scenarios has what they need: nothing has to be installed.
PYTEST = f"{sys.executable} -m pytest -p rehearsal_testing.plugin story.py"
SUITES = {
    "unittest": (STORY, f"{sys.executable} -m unittest story", "story.Story.test_shaky"),
    "pytest": (FUNCTIONS, PYTEST, "story.test_shaky"),
    "class-in-pytest": (STORY, PYTEST, "story.Story.test_shaky"),
}


def rehearse(tiny: Repository, runner: Runner, suite: str, fails: int) -> tuple[ActionResult, str]:
    source, command, name = SUITES[suite]
    tiny.write("story.py", COUNT + source.replace("FAILS", str(fails)))
    return runner.use(tiny, {"test-command": command, "test-retries": "2"}), name


@pytest.mark.parametrize("suite", SUITES)
def test_flaky__passes_with_a_warning_and_evidence_of_its_first_failure(
    tiny: Repository, runner: Runner, suite: str
) -> None:
    rehearsed, name = rehearse(tiny, runner, suite, 1)
    assert_verdict(rehearsed, "passed")
    counts = [rehearsed.outputs[each] for each in ("tests", "failures", "flaky")]
    assert counts == ["2", "0", "1"]
    assert f"retrying {name} (1 of 2): AssertionError: " in rehearsed.log
    (warning,) = (each for each in rehearsed.shown.annotations if each.level == "warning")
    assert warning.properties["title"] == f"Flaky: {name}"
    assert warning.properties["file"] == "story.py"
    assert "the page is not ready" in warning.text
    tests = json.loads(rehearsed.file("verdict.json"))["tests"]
    assert tests["failed"] == []
    ((flaky_name, attempts, folder),) = (
        (each["name"], each["attempts"], each["evidence"]) for each in tests["flaky"]
    )
    assert (flaky_name, attempts) == (name, 1)
    assert rehearsed.evidence
    assert (rehearsed.evidence / folder / "screenshot.png").read_bytes().startswith(b"\x89PNG")
    assert "It works" in rehearsed.file(f"{folder}/page.html")
    slice_of_log = rehearsed.file(f"{folder}/container.log")
    assert "GET /attempt-1 " in slice_of_log
    assert "GET /attempt-2 " not in slice_of_log
    assert "GET /attempt-2 " in rehearsed.file("container.log")


@pytest.mark.parametrize("suite", ["unittest", "pytest"])
def test_in_vain__fails_by_its_last_attempt_with_evidence_of_each(
    tiny: Repository, runner: Runner, suite: str
) -> None:
    rehearsed, name = rehearse(tiny, runner, suite, 9)
    assert_verdict(rehearsed, "tests-failed")
    counts = [rehearsed.outputs[each] for each in ("tests", "failures", "flaky")]
    assert counts == ["2", "1", "0"]
    tests = json.loads(rehearsed.file("verdict.json"))["tests"]
    (failed,) = tests["failed"]
    assert (failed["name"], failed["attempts"]) == (name, 3)
    assert rehearsed.evidence
    pictures = {file.name for file in (rehearsed.evidence / failed["evidence"]).glob("*.png")}
    assert pictures == {"screenshot.png", "screenshot-retry1.png", "screenshot-retry2.png"}
    slice_of_log = rehearsed.file(f"{failed['evidence']}/container.log")
    assert "GET /attempt-3 " in slice_of_log
    assert "GET /attempt-2 " not in slice_of_log
    assert "GET /attempt-4 " not in rehearsed.file("container.log")
