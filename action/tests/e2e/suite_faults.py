"""Faults of the tests' own environment: the browser, its driver, and the runner's memory."""

import sys
from pathlib import Path

from .faults import Fault, Line

FIXTURES = Path(__file__).parent / "fixtures"
# The interpreter of the scenarios has Selenium, and geckodriver beside it.
TOOLS = f'PATH="{Path(sys.executable).parent}:$PATH"'


def visit(browser: str) -> dict[str, str]:
    """Return the files of a suite that visits the tiny app with a browser in a window."""
    name = f"{browser}_visit.py"
    return {name: (FIXTURES / name).read_text()}


HEADLESS = r'\g<0>\n\1.add_argument("--headless=new")'

SUITE_FAULTS = (
    Fault(
        name="no-display-firefox",
        verdict="tests-failed",
        diagnosis="no-display",
        inputs={"test-command": f"{TOOLS} python reported.py firefox_visit"},
        files=visit("firefox"),
        told=("Firefox has no display on the runner", "test-env: MOZ_HEADLESS=1", "xvfb-run -a"),
        lines=(Line(file="firefox_visit.py", holds="def test_title", says="Process unexpectedly"),),
        then="passed",
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
        then="passed",
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
            "of the browser's version: 156. Install that one.",
        ),
        lines=(
            Line(
                file="chrome_visit.py",
                holds="def test_title",
                says="Current browser version is 156",
            ),
        ),
    ),
    Fault(
        # Nobody's memory is full here, but this is how the kernel ends what takes too much.
        name="tests-killed",
        verdict="tests-failed",
        diagnosis="tests-out-of-memory",
        inputs={"test-command": "kill -KILL $$"},
        told=("The test command was killed (SIGKILL)", "This machine has"),
    ),
    Fault(
        # Chrome's own page for it.
        name="tab-crashed",
        verdict="tests-failed",
        diagnosis="tests-out-of-memory",
        inputs={"test-command": f"{TOOLS} python reported.py chrome_visit"},
        files=visit("chrome"),
        edits=(
            ("chrome_visit.py", r'os\.environ\["REHEARSAL_URL"\]', '"chrome://crash"'),
            ("chrome_visit.py", r"( +options)\.add_argument.*", HEADLESS),
        ),
        told=("The browser's tab crashed",),
        lines=(Line(file="chrome_visit.py", holds="def test_title", says="tab crashed"),),
    ),
)
