"""A suite with a driver of its own, in a rehearsal: its failed test has what the browser showed."""

import json
import re
import sys

import pytest

from .contract import assert_verdict
from .machine import CHECKOUT
from .repository import Repository, selenium
from .runner import Runner

SUITE = """\
import os
import unittest

from selenium import webdriver


class NewVisitorTest(unittest.TestCase):
    def setUp(self):
        options = webdriver.ChromeOptions()
        for argument in ("--headless", "--no-sandbox", "--disable-gpu"):
            options.add_argument(argument)
        self.browser = webdriver.Chrome(options=options)

    def tearDown(self):
        self.browser.quit()

    def test_title(self):
        self.browser.get(os.environ["REHEARSAL_URL"])
        self.assertEqual(self.browser.title, "Large")

    def test_heading(self):
        self.browser.get(os.environ["REHEARSAL_URL"])
        self.assertEqual(self.browser.find_element("tag name", "h1").text, "It works")
"""
NAMES = (
    *("screenshot.png", "page.html", "address.txt", "console.log"),
    *("trace.jsonl", "trace.html"),
)


@pytest.mark.parametrize("runner_of_tests", ["unittest", "pytest"])
def test_capture__of_a_suite_that_knows_nothing_of_it(
    runner_of_tests: str, tiny: Repository, runner: Runner
) -> None:
    tiny.write("test_visitor.py", SUITE)
    module = "test_visitor.py" if runner_of_tests == "pytest" else "test_visitor"
    command = f"SE_OFFLINE=true {sys.executable} -m {runner_of_tests} {module}"
    rehearsed = runner.use(tiny, {"test-command": command, "trace": "always"})
    assert_verdict(rehearsed, "tests-failed")
    (failed,) = json.loads(rehearsed.file("verdict.json"))["tests"]["failed"]
    assert failed["name"].endswith("NewVisitorTest.test_title") or failed["name"].endswith(
        "NewVisitorTest::test_title"
    )
    assert failed["file"] == "test_visitor.py"
    folder = failed["evidence"]
    assert rehearsed.evidence is not None
    kept = {file.name for file in (rehearsed.evidence / folder).iterdir()}
    assert set(NAMES) <= kept
    assert "<title>Tiny</title>" in rehearsed.file(f"{folder}/page.html")
    page = rehearsed.file("index.html")
    assert f"{folder}/screenshot.png" in page or "data:image/png" in page
    assert "What the test did" in page
    last = r"^ {10}\d+\.\d s {2}looked for title \(test_visitor\.py:\d+\)$"
    assert re.search(last, rehearsed.log, re.MULTILINE)
    # The other test passed.
    passed = "tests/test_visitor.NewVisitorTest.test_heading/trace.html"
    assert f'<a href="./{passed}">' in page
    assert "This test passed." in rehearsed.file(passed)
    assert "This test passed." not in rehearsed.file(f"{folder}/trace.html")


@pytest.mark.parametrize(
    "command",
    [
        pytest.param("python -I -m unittest discover", id="isolated"),
        pytest.param("PYTHONPATH=elsewhere python -m unittest test_visitor", id="path of its own"),
    ],
)
def test_capture__without_the_python_path(command: str, tiny: Repository, runner: Runner) -> None:
    tiny.write("test_visitor.py", SUITE)
    tiny.write("wanted.txt", selenium())
    command = f"SE_OFFLINE=true {command}"
    rehearsed = runner.use(tiny, {"test-command": command, "test-requirements": "wanted.txt"})
    assert_verdict(rehearsed, "tests-failed")
    (failed,) = json.loads(rehearsed.file("verdict.json"))["tests"]["failed"]
    assert rehearsed.evidence is not None
    kept = {file.name for file in (rehearsed.evidence / failed["evidence"]).iterdir()}
    assert set(NAMES) <= kept


HTML_SUITE = """\
import pytest_html
import selenium


def test_title(extras):
    extras.append(pytest_html.extras.image("UE5H", "Screenshot"))
    extras.append(pytest_html.extras.text("what it did: planted-secret", "Steps"))
    assert False
"""


def test_capture__of_what_a_test_attaches(tiny: Repository, runner: Runner) -> None:
    tiny.write("test_visitor.py", HTML_SUITE)
    command = f"{CHECKOUT}/.cache/suites/bin/python -m pytest test_visitor.py"
    inputs = {"test-command": command, "secrets": "API_TOKEN=planted-secret"}
    rehearsed = runner.use(tiny, inputs)
    assert_verdict(rehearsed, "tests-failed")
    (failed,) = json.loads(rehearsed.file("verdict.json"))["tests"]["failed"]
    folder, page = failed["evidence"], rehearsed.file("index.html")
    assert rehearsed.file(f"{folder}/test-Screenshot.png") == "PNG"
    assert rehearsed.file(f"{folder}/test-Steps.txt") == "what it did: ***"
    assert f"{folder}/test-Screenshot.png" in page
    assert "what it did: ***" in page


# What pytest-playwright 0.10 leaves of a failed test, where it leaves it.
PLAYWRIGHT_SUITE = """\
import os
from pathlib import Path

import pytest


class TestVisit:
    @pytest.mark.parametrize("browser", ["chromium"])
    def test_title(self, browser):
        folder = Path(OUTPUT, "test-visit-py-testvisit-test-title-chromium")
        folder.mkdir(parents=True)
        (folder / "trace.zip").write_bytes(b"PK")
        assert browser == "firefox"
"""


@pytest.mark.parametrize(
    "output", ['"test-results"', 'os.environ["REHEARSAL_EVIDENCE"]'], ids=["default", "evidence"]
)
def test_capture__of_pytest_playwright(output: str, tiny: Repository, runner: Runner) -> None:
    tiny.write("test_visit.py", PLAYWRIGHT_SUITE.replace("OUTPUT", output))
    rehearsed = runner.use(tiny, {"test-command": f"{sys.executable} -m pytest test_visit.py"})
    assert_verdict(rehearsed, "tests-failed")
    (failed,) = json.loads(rehearsed.file("verdict.json"))["tests"]["failed"]
    assert rehearsed.evidence is not None
    assert (rehearsed.evidence / failed["evidence"] / "trace.zip").read_bytes() == b"PK"
    assert len(list(rehearsed.evidence.rglob("trace.zip"))) == 1


def test_capture__off(tiny: Repository, runner: Runner) -> None:
    tiny.write("test_visitor.py", SUITE)
    command = f"SE_OFFLINE=true {sys.executable} -m unittest test_visitor"
    rehearsed = runner.use(tiny, {"test-command": command, "capture": "off"})
    assert_verdict(rehearsed, "tests-failed")
    assert rehearsed.evidence is not None
    assert not list(rehearsed.evidence.glob("tests/*/screenshot.png"))
