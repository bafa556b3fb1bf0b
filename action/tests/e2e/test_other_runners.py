"""Suites that are not run by rehearsal_testing: what their reports and their output tell."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from .contract import assert_verdict
from .machine import ACTION
from .repository import Repository
from .runner import ActionResult, Runner

# One test that asks for a page, fails, and passes when it is run again: as surefire writes it.
SHAKY = """
import os, sys, time
from datetime import datetime, timezone
sys.path.insert(0, ".")
from checks import get

start = datetime.now(timezone.utc).isoformat()
get("/shaky")
open(os.environ["REHEARSAL_JUNIT"] + "/all.xml", "w").write(f'''
<testsuite timestamp="{start}">
  <testcase classname="t" name="steady"/>
  <testcase classname="t" name="shaky" file="shaky.py" line="7" time="1.0">
    <flakyFailure message="the first time" type="E"><stackTrace>at one</stackTrace></flakyFailure>
    <flakyError message="the second time" type="E"><stackTrace>at two</stackTrace></flakyError>
  </testcase>
</testsuite>''')
"""
# As surefire writes it when no re-run helps.
BROKEN = """
import os, sys
open(os.environ["REHEARSAL_JUNIT"] + "/all.xml", "w").write('''
<testsuite><testcase classname="t" name="broken">
  <failure message="the first time" type="E">at one</failure>
  <rerunFailure message="the second time" type="E"><stackTrace>at two</stackTrace></rerunFailure>
</testcase></testsuite>''')
sys.exit(1)
"""
SHARE = """
import os
open(os.environ["REHEARSAL_JUNIT"] + "/share.xml", "w").write('''
<testsuite tests="0"><properties>
  <property name="left-to-other-shards" value="%s"/>
</properties></testsuite>''')
print("Ran 0 tests in 0.000s")
"""


def warnings(rehearsed: ActionResult) -> list[tuple[str, str, str, str]]:
    return [
        (each.properties["title"], each.properties.get("file", ""),
         each.properties.get("line", ""), each.text)
        for each in rehearsed.shown.annotations
        if each.level == "warning"
    ]  # fmt: skip


def document(rehearsed: ActionResult) -> dict[str, object]:
    """Read verdict.json, and hold it against its schema."""
    found: dict[str, object] = json.loads(rehearsed.file("verdict.json"))
    Draft202012Validator(json.loads((ACTION / "verdict.schema.json").read_text())).validate(found)
    return found


def test_flaky__passes_with_a_warning_and_its_first_failure(
    tiny: Repository, runner: Runner
) -> None:
    tiny.write("shaky.py", SHAKY)
    rehearsed = runner.use(tiny, {"test-command": "python3 shaky.py", "test-retries": "2"})
    assert_verdict(rehearsed, "passed")
    outputs = rehearsed.outputs
    assert (outputs["tests"], outputs["failures"], outputs["flaky"]) == ("2", "0", "1")
    ((title, file, line, text),) = warnings(rehearsed)
    assert (title, file, line) == ("Flaky: t.shaky", "shaky.py", "7")
    assert text.startswith("the first time (2 times)\n")
    assert "⚠️ flaky test" in rehearsed.summary
    assert "the first time (2 times)" in rehearsed.summary
    (flaky,) = document(rehearsed)["tests"]["flaky"]  # type: ignore[index]
    assert (flaky["name"], flaky["attempts"]) == ("t.shaky", 2)
    assert "GET /shaky " in rehearsed.file(f"{flaky['evidence']}/container.log")
    page = rehearsed.file("index.html")
    assert "Flaky tests (1)" in page
    assert "at one" in page


def test_flaky__one_that_fails_each_time_has_failed(tiny: Repository, runner: Runner) -> None:
    tiny.write("broken.py", BROKEN)
    rehearsed = runner.use(tiny, {"test-command": "python3 broken.py", "test-retries": "1"})
    assert_verdict(rehearsed, "tests-failed")
    assert (rehearsed.outputs["failures"], rehearsed.outputs["flaky"]) == ("1", "0")
    assert warnings(rehearsed) == []
    assert "test-retries is 1" not in rehearsed.log
    assert "the first time (2 times)" in rehearsed.summary


# Two tests of one name, in a language that allows it. The command hides that one failed.
SAME_NAME = """
import os
open(os.environ["REHEARSAL_JUNIT"] + "/all.xml", "w").write('''
<testsuite tests="2" failures="1">
  <testcase classname="shop.PriceTest" name="totals(Currency)" time="0.1">
    <failure message="expected 10 but was 0" type="AssertionError">at PriceTest.java:9</failure>
  </testcase>
  <testcase classname="shop.PriceTest" name="totals(Currency)" time="0.1"/>
</testsuite>''')
"""


def test_report__two_tests_of_one_name_are_no_retry(tiny: Repository, runner: Runner) -> None:
    tiny.write("same_name.py", SAME_NAME)
    rehearsed = runner.use(tiny, {"test-command": "python3 same_name.py"})
    assert_verdict(rehearsed, "tests-failed")
    outputs = rehearsed.outputs
    assert (outputs["tests"], outputs["failures"], outputs["flaky"]) == ("2", "1", "0")
    assert (
        "1 of 2 tests failed (though the test command ended with exit code 0): "
        "shop.PriceTest.totals(Currency)."
    ) in rehearsed.errors


def test_report__of_mocha_with_characters_that_xml_forbids(
    tiny: Repository, runner: Runner
) -> None:
    report = (Path(__file__).parents[1] / "results/dialects/mocha-xunit.xml").read_bytes()
    assert b"\0" in report
    assert b"&#x1B;" in report
    (tiny.root / "mocha.xml").write_bytes(report)
    # As `npm test || true` does it: the report alone tells that tests failed.
    command = "cp mocha.xml $REHEARSAL_JUNIT/"
    rehearsed = runner.use(tiny, {"test-command": command})
    assert_verdict(rehearsed, "tests-failed")
    outputs = rehearsed.outputs
    assert (outputs["tests"], outputs["failures"]) == ("13", "6")
    failed = document(rehearsed)["tests"]["failed"]  # type: ignore[index]
    assert (failed[0]["name"], failed[0]["message"]) == (
        "cart.totals",
        r"red total\x08 \x00 \uffff",
    )
    assert r"red total\x08 \x00 \uffff" in rehearsed.file("index.html")


@pytest.mark.parametrize(
    "command, noticed",
    [
        pytest.param("python3 -m unittest checks.Wrong", True, id="asked-for-in-vain"),
        pytest.param('test "$REHEARSAL_RETRIES" = 4', False, id="handed-on"),
    ],
)
def test_retries__where_nobody_obeys_a_notice_says_so(
    command: str, *, noticed: bool, tiny: Repository, runner: Runner
) -> None:
    rehearsed = runner.use(tiny, {"test-command": command, "test-retries": "4"})
    assert_verdict(rehearsed, "tests-failed" if noticed else "passed")
    assert ("test-retries is 4, and nothing says" in rehearsed.summary) is noticed


@pytest.mark.parametrize(
    "others, shard, verdict",
    [
        pytest.param(12, "2/4", "passed", id="the-others-have-tests"),
        pytest.param(0, "2/4", "no-tests", id="no-shard-has-any"),
        pytest.param(12, "1/1", "no-tests", id="there-are-no-others"),
    ],
)
def test_shard__without_a_test(
    others: int, shard: str, verdict: str, tiny: Repository, runner: Runner
) -> None:
    tiny.write("share.py", SHARE % others)
    inputs = {"test-command": "python3 share.py", "shard": shard, "evidence": "always"}
    rehearsed = runner.use(tiny, inputs)
    assert rehearsed.outputs["verdict"] == verdict
    assert rehearsed.outputs["tests"] == "0"
    told = document(rehearsed)
    assert told["shard"] == shard
    assert told["tests"]["in-other-shards"] == (None if shard == "1/1" else others)  # type: ignore[index]
    said = "Shard 2/4 holds no test; the other shards have 12." in rehearsed.summary
    assert said is (verdict == "passed")


BASKET = """
import unittest
from checks import get

class Basket(unittest.TestCase):
    def test_total(self):
        \"\"\"The total is shown.\"\"\"
        self.assert_shows(b"42")

    def assert_shows(self, text):
        self.assertIn(text, get())

    @unittest.expectedFailure
    def test_known(self):
        self.assertEqual(1, 2)
"""
GREEN = "python3 -m unittest basket.Basket.test_known"
RED = "python3 -m unittest basket"


@pytest.mark.parametrize(
    "command, counts",
    [
        pytest.param(GREEN, ("1", "0"), id="an-expected-failure"),
        pytest.param(f"{GREEN}\nseq 50000\n{GREEN} checks.Page", ("3", "0"), id="two-runs"),
        pytest.param(f"{RED} || {GREEN}", ("2", "0"), id="a-good-end"),
    ],
)
def test_words__count(
    command: str, counts: tuple[str, str], tiny: Repository, runner: Runner
) -> None:
    tiny.write("basket.py", BASKET)
    rehearsed = runner.use(tiny, {"test-command": command})
    assert_verdict(rehearsed, "passed")
    assert (rehearsed.outputs["tests"], rehearsed.outputs["failures"]) == counts
    assert ("The test command printed failures (" in rehearsed.summary) is ("||" in command)


def test_words__a_failed_test_has_its_line_and_its_card(tiny: Repository, runner: Runner) -> None:
    tiny.write("basket.py", BASKET)
    rehearsed = runner.use(tiny, {"test-command": RED})
    assert_verdict(rehearsed, "tests-failed")
    assert (rehearsed.outputs["tests"], rehearsed.outputs["failures"]) == ("2", "1")
    (annotation,) = [
        each for each in rehearsed.shown.annotations if each.properties.get("file") == "basket.py"
    ]
    assert annotation.properties["title"] == "basket.Basket.test_total"
    assert annotation.properties["line"] == "8"
    assert annotation.text.startswith("AssertionError: b'42' not found in b'")
    assert "1 of 2 tests failed: basket.Basket.test_total." in rehearsed.errors
    page = rehearsed.file("index.html")
    assert "basket.Basket.test_total" in page
    assert "in assert_shows" in page


@pytest.mark.parametrize(
    "inputs, verdict, told",
    [
        pytest.param(
            {"test-command": "curl --silent $REHEARSAL_URL"},
            "passed",
            "Nothing shows how many tests ran",
            id="no-report",
        ),
        pytest.param(
            {"test-command": "mkdir r; echo '<testsuite' >r/a.xml", "test-reports": "r/*.xml"},
            "no-tests",
            "None of the test-reports could be read.",
            id="an-unreadable-report",
        ),
        pytest.param(
            {"test-command": "echo '<testsuites tests=\"0\"/>' >$REHEARSAL_JUNIT/a.xml\nexit 1"},
            "tests-failed",
            "The test command ended with exit code 1.",
            id="an-empty-report-and-a-bad-end",
        ),
    ],
)
def test_uncounted__is_never_silent(
    inputs: dict[str, str], verdict: str, told: str, tiny: Repository, runner: Runner
) -> None:
    rehearsed = runner.use(tiny, inputs)
    assert_verdict(rehearsed, verdict)
    level = "warning" if verdict == "passed" else "error"
    (first, *_) = [each for each in rehearsed.shown.annotations if each.level == level]
    assert told in first.text
