"""Projects whose tests are not where a rehearsal looks: what it says to write is right."""

import re

import pytest

from .contract import assert_verdict
from .repository import Repository
from .runner import ActionResult, Runner

# As in the README: a secret, and nothing else.
FIVE_LINES = {"secrets": "TINY_KEY"}
KEY = {"TINY_KEY": "planted-by-a-scenario"}
# Stands for Django's: it runs the tests that it is asked for.
MANAGE = """
import sys, unittest
unittest.main(module=None, argv=["manage.py", "discover", "-s", sys.argv[2]])
"""
UNITTEST = """
import os, unittest
from urllib.request import urlopen

class HomePageTest(unittest.TestCase):
    def test_greets(self):
        self.assertIn(b"It works", urlopen(os.environ["REHEARSAL_URL"]).read())
"""
PYTEST = """
import os
from urllib.request import urlopen

def test_greets():
    assert b"It works" in urlopen(os.environ["REHEARSAL_URL"]).read()
"""


def written_in(advice: str) -> dict[str, str]:
    """Return the inputs that the lines of YAML in an annotation give."""
    return dict(re.findall(r"^([a-z-]+): (.+)$", advice, re.MULTILINE))


def warning_of(rehearsed: ActionResult) -> str:
    """Return the one warning of a pass, as all reports have it."""
    assert_verdict(rehearsed, "passed", warned=True)
    assert rehearsed.outputs["tests"] == ""
    (warning,) = [each.text for each in rehearsed.shown.annotations if each.level == "warning"]
    assert warning.startswith("No tests ran: test-command is empty. But ")
    assert "No tests ran" in rehearsed.summary
    return warning


def assert_advice_runs_the_test(
    repository: Repository, runner: Runner, advice: dict[str, str]
) -> None:
    rehearsed = runner.use(repository, FIVE_LINES | advice, environment=KEY)
    assert_verdict(rehearsed, "passed")
    assert (rehearsed.outputs["tests"], rehearsed.outputs["failures"]) == ("1", "0")


def in_src(tiny: Repository) -> Repository:
    """Put a Django project, as it seems, into src."""
    tiny.write("src/manage.py", MANAGE)
    tiny.write("src/functional_tests/test_home_page.py", UNITTEST)
    return tiny


def test_src_layout__dockerfile_at_the_top(tiny: Repository, runner: Runner) -> None:
    warning = warning_of(runner.use(in_src(tiny), FIVE_LINES, environment=KEY))
    advice = written_in(warning)
    assert advice == {"working-directory": "src", "context": ".."}
    assert_advice_runs_the_test(tiny, runner, advice)


def test_src_layout__dockerfile_in_src(tiny: Repository, runner: Runner) -> None:
    in_src(tiny)
    for name in ("Dockerfile", "app.py"):
        (tiny.root / name).rename(tiny.root / "src" / name)
    refused = runner.use(tiny, FIVE_LINES, environment=KEY)
    assert_verdict(refused, "misconfigured")
    advice = written_in(refused.errors)
    assert advice == {"working-directory": "src"}
    assert_advice_runs_the_test(tiny, runner, advice)


@pytest.mark.parametrize(
    "files, advice",
    [
        pytest.param(
            {"tests/e2e/__init__.py": "", "tests/e2e/test_home_page.py": UNITTEST},
            {"test-command": "python -m unittest discover -s tests/e2e -t tests"},
            id="unittest",
        ),
        pytest.param(
            {"e2e/test_home_page.py": PYTEST, "requirements-dev.txt": "pytest\n"},
            {"test-command": "python -m pytest e2e", "test-requirements": "requirements-dev.txt"},
            id="pytest",
        ),
    ],
)
def test_other_tests__are_run_by_the_proposed_command(
    files: dict[str, str], advice: dict[str, str], tiny: Repository, runner: Runner
) -> None:
    for name, text in files.items():
        tiny.write(name, text)
    warning = warning_of(runner.use(tiny, FIVE_LINES, environment=KEY))
    assert written_in(warning) == advice
    assert_advice_runs_the_test(tiny, runner, advice)
