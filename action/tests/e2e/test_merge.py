"""Rehearse in shards, hand their evidence over as artifacts, and merge it with the real command."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from .contract import assert_verdict
from .machine import ACTION, clean_environment
from .repository import Repository
from .runner import ActionResult, Runner
from .test_page import said, wait_for

# An assertion on a page's source, as Selenium gives it: one line of 26 kB.
LONG_MESSAGE = """
import unittest

class Page(unittest.TestCase):
    def test_greets(self):
        page = "<html>" + "<li>item</li>" * 2000 + "</html>"
        self.assertIn("Welcome", page)
"""
DIGESTS = f"ghcr.io/owner/app:1.2.3=sha256:{'2' * 64}"
# A suite of five tests, one of them flaky, that runs its shard of them; RED names one that fails.
SUITE = """
import os, sys
from checks import get

number, count = map(int, os.environ["REHEARSAL_SHARD"].split("/"))
own = [name for place, name in enumerate("abcde") if place % count == number - 1]
get("/")
red = [name for name in own if name == os.environ.get("RED")]
inner = {
    "b": "<flakyFailure message='too early' type='E'>at b</flakyFailure>",
    **{name: "<failure message='no such button' type='E'>at it</failure>" for name in red},
}
cases = "".join(f"<testcase classname='suite.T' name='test_{n}'>{inner.get(n, '')}</testcase>"
                for n in own)
left = f"<property name='left-to-other-shards' value='{5 - len(own)}'/>"
with open(os.environ["REHEARSAL_JUNIT"] + "/all.xml", "w") as file:
    file.write(f"<testsuite><properties>{left}</properties>{cases}</testsuite>")
sys.exit(len(red))
"""


@dataclass(frozen=True, kw_only=True)
class Shards:
    """A job that downloads what the shards' jobs have uploaded: `found` holds a folder for each."""

    tiny: Repository
    runner: Runner
    found: Path

    def rehearse(self, shard: str, *, red: str = "", image: str = "") -> ActionResult:
        """Rehearse one shard and hand its evidence over; an image builds nothing."""
        inputs = {
            "shard": shard,
            "test-command": "python3 suite.py",
            "test-env": f"BROWSER=chrome\nRED={red}",
            "evidence": "always",
            **({"image": image} if image else {}),
        }
        rehearsed = self.runner.use(self.tiny, inputs)
        assert rehearsed.evidence
        name = f"rehearsal.{shard.replace('/', '-of-')}.chrome"
        shutil.copytree(rehearsed.evidence, self.found / name)
        return rehearsed

    def merge(self, expect: int, into: Path) -> subprocess.CompletedProcess[str]:
        return _run(["merge", "--expect", str(expect), "--into", str(into), str(self.found)])

    def attest(self, evidence: Path, into: Path) -> subprocess.CompletedProcess[str]:
        place = ["--evidence-path", str(evidence), "--into", str(into)]
        return _run(["predicate", *place, "--digests", DIGESTS])


def _run(words: list[str]) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-I", str(ACTION), *words],
        env=clean_environment() | {"GITHUB_ACTIONS": "true"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


@pytest.fixture
def shards(tiny: Repository, runner: Runner, workdir: Path) -> Shards:
    tiny.write("suite.py", SUITE)
    return Shards(tiny=tiny, runner=runner, found=workdir / "found")


def validate(name: str, file: Path) -> None:
    schema = json.loads((ACTION / name).read_text())
    Draft202012Validator(schema).validate(json.loads(file.read_text()))


def test_merge__one_red_shard(shards: Shards, workdir: Path, browser: webdriver.Chrome) -> None:
    first = shards.rehearse("1/3")
    shards.rehearse("2/3", red="e", image=first.outputs["image"])
    shards.rehearse("3/3", image=first.outputs["image"])
    merged = workdir / "merged evidence"
    done = shards.merge(3, merged)
    assert done.returncode == 13, done.stdout
    validate("verdict.schema.json", merged / "verdict.json")
    verdict = json.loads((merged / "verdict.json").read_text())
    assert verdict["image-id"] == first.outputs["image-id"]
    assert (verdict["tests"]["ran"], verdict["tests"]["failures"]) == (5, 1)
    assert [each["verdict"] for each in verdict["shards"]] == ["passed", "tests-failed", "passed"]
    summary = (merged / "summary.md").read_text()
    assert "| shard 2/3 on chrome | ❌ tests-failed | 2 | 1 | 1 |" in summary
    assert r"| test\_e<br><sub>suite.T</sub> | shard 2/3 on chrome | no such button |" in summary
    # Where its reader unpacked it.
    assert_page_works(browser, Path(shutil.move(merged, workdir / "some where else #1")))


def follow(browser: webdriver.Chrome, link: WebElement) -> None:
    """Follow a link, and wait until its page is there."""
    before = browser.current_url
    link.click()
    wait_for(lambda: browser.current_url != before)


def assert_page_works(browser: webdriver.Chrome, folder: Path) -> None:
    for kind in ("browser", "performance"):
        said(browser, kind)
    browser.get((folder / "index.html").as_uri())
    assert "tests-failed" in browser.title
    assert "suite.T.test_e" in browser.find_element(By.TAG_NAME, "article").text
    links = browser.find_elements(By.CSS_SELECTOR, "table.shards a")
    assert [link.text for link in links] == [f"shard {n}/3 on chrome" for n in (1, 2, 3)]
    for number, ended in ((0, "passed"), (1, "tests-failed")):
        follow(browser, browser.find_elements(By.CSS_SELECTOR, "table.shards a")[number])
        assert browser.find_element(By.CLASS_NAME, "verdict").text == ended
        assert "Getting ready" in browser.find_element(By.TAG_NAME, "main").text
        browser.back()
    follow(browser, browser.find_element(By.CSS_SELECTOR, "article a[href*=shards]"))
    assert browser.find_element(By.CLASS_NAME, "verdict").text == "tests-failed"
    browser.back()
    sent = [each for each in said(browser, "performance") if "Network.requestWillBeSent" in each]
    assert sent
    assert not [each for each in sent if "http" in each.replace("http-equiv", "")]
    assert said(browser) == []


def test_merge__of_passes_can_be_attested_and_no_part_of_it_alone(
    shards: Shards, workdir: Path
) -> None:
    first = shards.rehearse("1/2")
    shards.rehearse("2/2", image=first.outputs["image"])
    done = shards.merge(2, workdir / "merged")
    assert done.returncode == 0, done.stdout
    attested = shards.attest(workdir / "merged", workdir / "predicate.json")
    assert attested.returncode == 0, attested.stdout
    validate("predicate.schema.json", workdir / "predicate.json")
    predicate = json.loads((workdir / "predicate.json").read_text())
    assert predicate["image"]["id"] == first.outputs["image-id"]
    assert predicate["tests"] == {"ran": 5, "failures": 0, "flaky": 1}
    assert (predicate["suite"]["shards"], predicate["suite"]["browsers"]) == (2, ["chrome"])
    assert predicate["probe"]["answer"] == "HTTP status 200"
    assert predicate["origin"]["repository"] == "example/superlists"

    alone = shards.attest(shards.found / "rehearsal.1-of-2.chrome", workdir / "none.json")
    assert alone.returncode == 16
    shutil.rmtree(shards.found / "rehearsal.2-of-2.chrome")
    missing = shards.merge(2, workdir / "half")
    assert missing.returncode == 18
    assert "Missing: shard 2/2 on chrome" in missing.stdout
    assert "A job ended before its evidence was uploaded" in missing.stdout
    assert shards.attest(workdir / "half", workdir / "none.json").returncode == 16
    assert not (workdir / "none.json").exists()


def test_merge__another_image_in_one_shard(shards: Shards, workdir: Path) -> None:
    shards.rehearse("1/2")
    shards.tiny.replace("Dockerfile", "^EXPOSE .*$", "EXPOSE 8888\nENV ANOTHER=image")
    shards.rehearse("2/2")
    done = shards.merge(2, workdir / "merged")
    assert done.returncode == 70
    assert "did not all rehearse the same image" in done.stdout
    assert json.loads((workdir / "merged/verdict.json").read_text())["image-id"] == ""


def test_merge__takes_an_assertion_on_a_whole_page(
    tiny: Repository, runner: Runner, workdir: Path
) -> None:
    tiny.write("test_page.py", LONG_MESSAGE)
    command = f"{sys.executable} -m pytest -p rehearsal_testing.plugin test_page.py"
    rehearsed = runner.use(tiny, {"test-command": command})
    assert_verdict(rehearsed, "tests-failed")
    assert rehearsed.evidence
    shutil.copytree(rehearsed.evidence, workdir / "found/rehearsal")
    merged = workdir / "merged"
    done = _run(["merge", "--expect", "1", "--into", str(merged), str(workdir / "found")])
    assert done.returncode == 13, done.stdout
    validate("verdict.schema.json", merged / "verdict.json")
    verdict = json.loads((merged / "verdict.json").read_text())
    assert (verdict["tests"]["ran"], verdict["tests"]["failures"]) == (1, 1)
    (failed,) = verdict["tests"]["failed"]
    assert failed["name"] == "test_page.Page.test_greets"
    assert "characters are left out here" in failed["message"]
