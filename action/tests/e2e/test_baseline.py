"""Compare a rehearsal with an earlier one, by real browsers: what the page and the summary say."""

import json
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.remote.webdriver import WebDriver

from rehearsal.report.page import page
from rehearsal.results.comparison import Comparison, SlowerTest
from rehearsal.results.picture_format import picture_kind
from rehearsal.results.picture_pair import Picture, PicturePair
from rehearsal.results.rehearsal import RehearsalResult

from .contract import assert_verdict
from .machine import tool
from .repository import Repository
from .runner import Runner
from .test_page import HOSTILE, said, wait_for

SUITE = """\
import os
import time
import unittest

from rehearsal_testing import BrowserTestCase
from selenium import webdriver


class NewVisitorTest(unittest.TestCase):
    def setUp(self):
        options = webdriver.ChromeOptions()
        for argument in ("--headless", "--no-sandbox", "--disable-gpu"):
            options.add_argument(argument)
        self.browser = webdriver.Chrome(options=options)

    def tearDown(self):
        self.browser.quit()

    def test_heading(self):
        self.browser.get(os.environ["REHEARSAL_URL"])
        self.assertEqual(self.browser.find_element("tag name", "h1").text, "It works")


class SharedBrowserTest(BrowserTestCase):
    shared_browser = True

    def test_visit(self):
        self.browser.get(os.environ["REHEARSAL_URL"])


class OtherTest(unittest.TestCase):
    def test_never_passed(self):
        self.fail("as before")

    def test_pause(self):
        time.sleep(float(os.environ["PAUSE"]))
"""
INPUTS = {
    "test-command": f"SE_OFFLINE=true {sys.executable} -m pytest -p no:cacheprovider "
    '--junitxml "$REHEARSAL_JUNIT/report.xml" test_visitor.py',
    "evidence": "always",
    "trace": "always",
}
# In a canvas: how many pixels there are, and how many of them are marked.
PIXELS = """
const canvas = document.querySelector(".differences canvas");
if (canvas.closest("figure").hidden) return [0, 0];
const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
let marked = 0;
for (let at = 0; at < data.length; at += 4) marked += data[at] - data[at + 1] > 60;
return [data.length / 4, marked];
"""


@pytest.fixture(scope="module")
def firefox() -> Iterator[WebDriver]:
    options = webdriver.FirefoxOptions()
    options.add_argument("-headless")
    options.binary_location = str(tool("firefox"))
    service = webdriver.FirefoxService(str(tool("geckodriver")))
    with webdriver.Firefox(options=options, service=service) as driver:
        yield driver


def assert_difference_is_marked(driver: WebDriver) -> None:
    wait_for(lambda: driver.execute_script(PIXELS)[0])
    pixels, marked = driver.execute_script(PIXELS)
    # A heading has changed, and most of the page is white in both.
    assert 50 < marked < pixels / 4


def test_baseline__new_failures_slower_tests_and_what_differs(
    tiny: Repository,
    runner: Runner,
    browser: webdriver.Chrome,
    firefox: WebDriver,
    tmp_path: Path,
) -> None:
    tiny.write("test_visitor.py", SUITE)
    first = runner.use(tiny, INPUTS | {"test-env": "PAUSE=0"})
    assert_verdict(first, "tests-failed")
    assert first.evidence is not None
    baseline = Path(shutil.copytree(first.evidence, tmp_path / "baseline"))
    passed = [each for each in (baseline / "tests").iterdir() if each.name.endswith("test_heading")]
    assert [*passed[0].glob("trace-*.jpg")], "the passed test has no picture"
    (trace,) = baseline.glob("tests/*test_visit/trace.jsonl")
    steps = [each for each in map(json.loads, trace.read_text().splitlines()) if "shot" in each]
    # Its last look is at the app, and not at what is left when the user context has ended.
    assert steps[-1]["url"].startswith("http://localhost:")

    tiny.replace("app.py", "It works", "It is broken")
    inputs = INPUTS | {"test-env": "PAUSE=1.5", "baseline": str(baseline), "trace": "on-failure"}
    second = runner.use(tiny, inputs)
    assert_verdict(second, "tests-failed")
    assert second.evidence is not None
    text = second.summary
    assert "New failures (1)" in text
    assert "Failed in the baseline, too (1)" in text
    assert "test\\_pause" in text.partition("slower test")[2]
    assert "The image's size is" in text
    assert json.loads(second.file("verdict.json"))["image-size"] > 0

    for driver in (browser, firefox):
        driver.get((second.evidence / "index.html").as_uri())
        shown = driver.find_element("id", "since").text
        assert "New failures (1)" in shown
        (card,) = driver.find_elements("xpath", "//article[.//canvas]")
        assert "after the same step" in card.text
        assert re.search(r"test_heading [0-9.]+ s new$", card.text.splitlines()[0])
        assert_difference_is_marked(driver)
    said(browser)
    # All the same once more, with a baseline that means harm.
    screenshot = next(second.evidence.rglob("screenshot.png")).read_bytes()
    before = next(passed[0].glob("trace-*.jpg")).read_bytes()
    assert (picture_kind(before), picture_kind(screenshot)) == ("jpeg", "png")
    hostile = Comparison(
        verdict=HOSTILE,
        commit=HOSTILE,
        branch=HOSTILE,
        browser=HOSTILE,
        new=(HOSTILE,),
        old=(HOSTILE,),
        fixed=(HOSTILE,),
        slower=(SlowerTest(name=HOSTILE, before=1, now=9),),
        pictures=(
            PicturePair(
                test=HOSTILE,
                step=HOSTILE,
                before=Picture(kind="jpeg", content=before),
                now=Picture(kind="png", content=screenshot),
            ),
        ),
    )
    file = tmp_path / "hostile.html"
    made = page(replace(RehearsalResult(name="r"), since=hostile))
    file.write_text(str(made), encoding="utf-8", errors="replace")
    for driver in (browser, firefox):
        driver.get(file.as_uri())
        assert_difference_is_marked(driver)
        assert "pwned" not in driver.title
        assert "onerror=" in driver.find_element("id", "since").text
        found = driver.find_elements("css selector", "main [onerror], main script, iframe, link")
        assert found == []
    assert said(browser) == []
