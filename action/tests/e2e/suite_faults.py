"""Faults of the tests' own environment: the browser, its driver, and the runner's memory."""

import sys
from dataclasses import replace
from pathlib import Path

from .faults import Fault, Line

FIXTURES = Path(__file__).parent / "fixtures"
# The interpreter of the scenarios has Selenium, and geckodriver beside it.
TOOLS = f'PATH="{Path(sys.executable).parent}:$PATH"'


def visit(browser: str) -> dict[str, str]:
    """Return the files of a suite that visits the tiny app with a browser in a window."""
    name = f"{browser}_visit.py"
    return {name: (FIXTURES / name).read_text()}


BROWSING = """\
import os

from rehearsal_testing import BrowserTestCase


class Visit(BrowserTestCase):
    def test_counts(self):
        self.browser.get(os.environ["REHEARSAL_URL"])
        self.assertEqual(self.browser.find_element("id", "count").text, "0 items")
"""
COUNTS = """\
// Shows how many items the list has.
const items = document.querySelectorAll("#id_list_table tr");
document.querySelector("#cuont").textContent = `${items.length} items`;
"""
TEMPLATES = "superlists/lists/templates"
SCRIPT = Fault(
    name="script-error-chrome",
    app="superlists",
    verdict="tests-failed",
    diagnosis="script-error",
    inputs={"test-command": f"{TOOLS} python -m unittest browsing"},
    files={"browsing.py": BROWSING, "superlists/lists/static/lists/counts.js": COUNTS},
    edits=(
        ("superlists/middleware.py", "default-src 'none'; ", r"\g<0>script-src 'self'; "),
        (
            f"{TEMPLATES}/lists/home.html",
            r"(\{% block content %\})",
            r"""{% load static %}\1
<p id="count"></p><script src="{% static 'lists/counts.js' %}" defer></script>""",
        ),
    ),
    told=(
        "A script of the page failed at superlists/lists/static/lists/counts.js:3",
        "TypeError: Cannot set properties of null",
        "an element that the page does not have",
    ),
    lines=(Line(file="browsing.py", holds="self.assertEqual", says="'' != '0 items'"),),
)

SUITE_FAULTS = (
    SCRIPT,
    replace(
        SCRIPT,
        name="script-error-firefox",
        inputs={**SCRIPT.inputs, "test-env": "BROWSER=firefox"},
        told=(SCRIPT.told[0], "TypeError: can't access property", SCRIPT.told[2]),
    ),
    Fault(
        name="no-display-firefox",
        verdict="tests-failed",
        diagnosis="no-display",
        inputs={"test-command": f"{TOOLS} python reported.py firefox_visit"},
        files=visit("firefox"),
        told=("Firefox has no display on the runner", "test-env: MOZ_HEADLESS=1", "xvfb-run -a"),
        lines=(Line(file="firefox_visit.py", holds="def test_title", says="Process unexpectedly"),),
    ),
    Fault(
        name="no-display-chrome",
        verdict="tests-failed",
        diagnosis="no-display",
        inputs={"test-command": f"{TOOLS} python reported.py chrome_visit"},
        files=visit("chrome"),
        told=(
            "Chrome has no display on the runner",
            "in chrome_visit.py, after line 15, add:",
            'options.add_argument("--headless=new")',
        ),
        lines=(Line(file="chrome_visit.py", holds="def test_title", says="session not created"),),
    ),
    Fault(
        name="driver-version",
        verdict="tests-failed",
        diagnosis="driver-version",
        # A stand-in for the driver, since there is no old one: it says so itself.
        inputs={
            "test-command": "chmod +x old_driver.py\n"
            f"CHROMEDRIVER=$PWD/old_driver.py {TOOLS} python reported.py chrome_visit"
        },
        files={**visit("chrome"), "old_driver.py": (FIXTURES / "old_driver.py").read_text()},
        told=(
            "ChromeDriver is for Chrome 135, and the runner has 156",
            "install ChromeDriver 156",
        ),
        lines=(
            Line(
                file="chrome_visit.py",
                holds="def test_title",
                says="Current browser version is 156",
            ),
        ),
    ),
)
