"""Open index.html as its reader does: in a browser, from an unpacked artifact."""

import base64
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from rehearsal.evidence.collect import collect_evidence
from rehearsal.evidence.folder import Evidence
from rehearsal.outside.folder import Folder
from rehearsal.redaction.redactor import Redactor
from rehearsal.report.page import page
from rehearsal.report.page.anchors import anchor_of
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.evidence_index import EvidenceIndex, LogExcerpt
from rehearsal.results.rehearsal import RehearsalResult, Stage
from rehearsal.results.tests import Failure, ListedOutcome, ListedTest, Span, SuiteResults
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Problem, Verdict

from ..report.page.test_page import failed_result
from .contract import assert_verdict
from .repository import Repository
from .runner import Runner

# One worker starts the browsers that these tests share.
pytestmark = pytest.mark.xdist_group("page")

# What would run, load or end something, if it were anything but text.
HOSTILE = (
    "</pre></script></style><img src=x onerror=\"document.title='pwned'\">"
    "<script>document.title='pwned'</script><link rel=stylesheet href=https://example.invalid/x>"
    "<iframe src=https://example.invalid/></iframe>]]>--><!-- &lt; \x00 \u202e \" ' "
)
LONG = "a" * 3000
# One grey pixel.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """Evidence of a test that failed in the worst of ways, moved to where someone unpacked it."""
    evidence = Evidence(Folder(tmp_path).folder("run", make=True), Redactor())
    log = evidence.log("container.log", timed=True)
    write = log.stream()
    for number in range(5000):
        write(f"line {number} says nothing\n".encode())
    write(f"the NEEDLE <b>{HOSTILE}</b>\n{LONG}\n".encode())
    log.close()
    folder = evidence.folder.path / "tests/bad"
    folder.mkdir(parents=True)
    (folder / "screenshot.png").write_bytes(PICTURE)
    (folder / "page.html").write_text(HOSTILE)
    (folder / "console.log").write_text(HOSTILE)
    failure = Failure(
        name=f"{LONG}{HOSTILE}",
        message=HOSTILE,
        trace=f"{HOSTILE}\n{LONG}",
        evidence_name="bad",
        span=Span(start=0, end=time.time() + 1, exact=True),
    )
    result = RehearsalResult(
        name="r",
        image=LONG,
        image_id=HOSTILE,
        stages=(
            Stage(name="build", seconds=8, ok=True),
            Stage(name="test", seconds=9, ok=False),
        ),
        problems=(Problem(Verdict.TESTS_FAILED, HOSTILE, hint=LONG),),
        diagnoses=(Diagnosis(id="x", title=HOSTILE, hint=HOSTILE, paste=HOSTILE),),
        suite_results=SuiteResults(
            test_count=1, failure_count=1, failed=(failure,), tests=tuple(many_tests())
        ),
    )
    source = SourceTree(top=tmp_path, directory=tmp_path)
    index = collect_evidence(result.suite_results, evidence, source)
    evidence.write_parts("index.html", page(replace(result, index=index)).parts)
    return Path(shutil.move(evidence.folder.path, tmp_path / "some where else #1"))


def many_tests() -> Iterator[ListedTest]:
    for number in range(30):
        yield ListedTest(name=f"a test {number}", outcome=ListedOutcome.PASSED, seconds=number + 1)
    yield ListedTest(name="the quickest", outcome=ListedOutcome.PASSED, seconds=0.25)
    yield ListedTest(name="left out", outcome=ListedOutcome.SKIPPED)


@pytest.fixture
def opened(browser: webdriver.Chrome, unpacked: Path) -> webdriver.Chrome:
    for kind in ("browser", "performance"):
        said(browser, kind)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.get((unpacked / "index.html").as_uri())
    return browser


def wait_for(condition: Callable[[], Any], timeout: float = 30) -> None:
    limit = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.05)


def said(driver: webdriver.Chrome, kind: str = "browser") -> list[str]:
    """Return what the browser's log of a kind says since it was last asked."""
    entries: list[dict[str, str]] = driver.get_log(kind)  # type: ignore[no-untyped-call]
    return [entry["message"] for entry in entries]


def test_page__asks_nobody_and_complains_of_nothing(opened: webdriver.Chrome) -> None:
    asked = said(opened, "performance")
    sent = [message for message in asked if "Network.requestWillBeSent" in message]
    assert sent
    assert not [message for message in sent if "http" in message.replace("http-equiv", "")]
    assert said(opened) == []
    assert opened.title != "pwned"
    assert opened.find_elements(By.CSS_SELECTOR, "iframe, link, [onerror], b") == []


def test_page__shows_the_picture_beside_it(opened: webdriver.Chrome) -> None:
    (picture,) = opened.find_elements(By.CSS_SELECTOR, ".test img")
    opened.execute_script("arguments[0].scrollIntoView()", picture)
    wait_for(lambda: opened.execute_script("return arguments[0].naturalWidth", picture) == 1)


def test_page__says_what_was_said_to_the_letter(opened: webdriver.Chrome) -> None:
    text = opened.execute_script("return document.getElementById('app-log').textContent")
    assert "<b></pre></script></style><img src=x onerror=" in text
    assert "\x00" not in text
    assert "line 4999 says nothing" in text


def test_page__searches_everything(opened: webdriver.Chrome) -> None:
    box = opened.find_element(By.ID, "search")
    log = opened.find_element(By.ID, "app-log")
    found = opened.find_element(By.ID, "found")
    status = opened.find_element(By.ID, "search-status")
    box.send_keys("needle")
    # In what the app logged during the test, and in its whole log.
    wait_for(lambda: status.text == "2 found")
    entry = found.find_elements(By.TAG_NAME, "button")[-1]
    assert [mark.text for mark in entry.find_elements(By.TAG_NAME, "mark")] == ["NEEDLE"]
    assert entry.text.startswith("5001")
    assert "<b></pre>" in entry.text
    assert "The app's whole log" in found.find_elements(By.TAG_NAME, "h2")[-1].text
    entry.click()
    assert status.text == "line 5001"
    assert box.get_property("value") == ""
    assert opened.execute_script("return getSelection().toString()").startswith("the NEEDLE")
    assert opened.execute_script("return arguments[0].scrollTop", log) > 1000
    box.send_keys("says nothing")
    wait_for(lambda: status.text.endswith(" found, the first 300"))
    box.send_keys("\ue00c")
    wait_for(lambda: status.text == "")
    box.send_keys("no such thing")
    wait_for(lambda: status.text == "0 found")
    box.send_keys("\ue00c")
    # A result that is folded away is unfolded.
    box.send_keys("quickest")
    wait_for(lambda: status.text == "1 found")
    found.find_element(By.TAG_NAME, "button").click()
    assert opened.find_element(By.ID, "more-tests").get_property("open")
    assert said(opened) == []


def test_page__filters_and_sorts_the_tests(opened: webdriver.Chrome) -> None:
    def shown() -> list[str]:
        script = """return [...document.querySelectorAll('#tests-shown tr')].map(
            (row) => row.cells[2].textContent)"""
        names: list[str] = opened.execute_script(script)
        return names

    assert shown()[:2] == ["a test 29", "a test 28"]
    (skipped,) = opened.find_elements(By.CSS_SELECTOR, "#outcomes [value=skipped]")
    skipped.click()
    assert shown() == ["left out"]
    opened.find_element(By.CSS_SELECTOR, "#outcomes [value='']").click()
    took, _, name = opened.find_elements(By.CSS_SELECTOR, "#tests thead button")
    took.click()
    assert shown()[:2] == ["left out", "the quickest"]
    name.click()
    assert shown()[0].startswith("a test")
    assert said(opened) == []


def test_page__links_reach_what_a_search_a_filter_or_a_fold_hides(
    opened: webdriver.Chrome,
) -> None:
    box = opened.find_element(By.ID, "search")
    main = opened.find_element(By.TAG_NAME, "main")

    def is_in_view(anchor: str) -> bool:
        # The page puts a row back that a filter has taken out, and only after the click.
        script = """const shown = document.getElementById(arguments[0])?.getBoundingClientRect();
            return shown && shown.height > 0 && shown.top < innerHeight && shown.bottom > 0"""
        return bool(opened.execute_script(script, anchor))

    # The second time the address already has this fragment.
    for _ in range(2):
        box.send_keys("needle")
        wait_for(lambda: not main.is_displayed())
        opened.find_element(By.CSS_SELECTOR, ".jumps [href='#stages']").click()
        wait_for(lambda: is_in_view("stages"))
        assert box.get_property("value") == ""
    opened.find_element(By.CSS_SELECTOR, ".jumps [href='#files']").click()
    wait_for(lambda: opened.find_element(By.ID, "files").get_property("open"))
    # The slowest test is not in the table while that shows the skipped tests.
    skipped = opened.find_element(By.CSS_SELECTOR, "#outcomes [value=skipped]")
    opened.execute_script("arguments[0].scrollIntoView({block: 'center'})", skipped)
    skipped.click()
    box.send_keys("needle")
    wait_for(lambda: not main.is_displayed())
    slowest = opened.find_element(By.CSS_SELECTOR, "#slowest a")
    anchor = str(slowest.get_attribute("href")).partition("#")[2]
    slowest.click()
    wait_for(lambda: is_in_view(anchor))
    # Whoever is sent the address of a test that is folded away, sees it.
    script = "return document.querySelector('#tests-more tr:last-child').id"
    anchor = opened.execute_script(script)
    address = opened.current_url.partition("#")[0]
    opened.get("about:blank")
    opened.get(f"{address}#{anchor}")
    wait_for(lambda: is_in_view(anchor))
    assert said(opened) == []


def test_page__enlarges_a_picture_and_copies_a_paste(opened: webdriver.Chrome) -> None:
    opened.find_element(By.CSS_SELECTOR, ".test figure a").click()
    large = opened.find_element(By.CSS_SELECTOR, "dialog[open] img")
    wait_for(lambda: opened.execute_script("return arguments[0].naturalWidth", large) == 1)
    opened.find_element(By.CSS_SELECTOR, "dialog button").click()
    wait_for(lambda: not opened.find_elements(By.TAG_NAME, "dialog"))
    copy = opened.find_element(By.CSS_SELECTOR, ".paste button")
    # The bar with the search stays above what is scrolled.
    opened.execute_script("arguments[0].scrollIntoView({block: 'center'})", copy)
    copy.click()
    wait_for(lambda: copy.text in ("Copied", "Press Ctrl+C"))
    assert said(opened) == []


def test_page__the_search_ends_where_the_cards_end(opened: webdriver.Chrome) -> None:
    script = "return document.querySelector(arguments[0]).getBoundingClientRect().right"
    box, card = (opened.execute_script(script, each) for each in ("#search", "main .card"))
    assert abs(box - card) < 1


def test_page__on_a_phone_no_time_of_the_stages_is_cut_off(opened: webdriver.Chrome) -> None:
    metrics = {"width": 360, "height": 640, "deviceScaleFactor": 1, "mobile": False}
    opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    script = """const edge = document.querySelector('.stages .scale').getBoundingClientRect();
        const texts = [...document.querySelectorAll('.stages text')]
            .filter((each) => each.checkVisibility());
        return [innerWidth, texts.length, texts.filter((each) =>
            each.getBoundingClientRect().right > edge.right + 1).length]"""
    wait_for(lambda: opened.execute_script(script)[0] == 360)
    _, count, cut = opened.execute_script(script)
    assert (count, cut) == (2, 0)


def test_page__on_paper_nothing_is_cut_off(opened: webdriver.Chrome) -> None:
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not opened.find_element(By.ID, "search").is_displayed()
    script = """return [...document.querySelectorAll('.sides pre')].filter(
        (each) => each.checkVisibility() && each.scrollHeight > each.clientHeight + 2).length"""
    assert opened.execute_script(script) == 0


def test_page__a_test_of_the_same_cause_is_folded_and_still_found(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    (test,) = failed_result().index.failed
    excerpt = LogExcerpt(name="tests/b/console.log", text="the NEEDLE of b")
    second = replace(test, failure=replace(test.failure, name="b"), excerpts=(excerpt,))
    file = tmp_path / "index.html"
    result = failed_result(index=EvidenceIndex(failed=(test, second)))
    file.write_text(str(page(result)), encoding="utf-8")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    browser.get("about:blank")
    browser.get(file.as_uri())

    def is_shown() -> bool:
        script = """return [...document.querySelectorAll('.same pre')].some(
            (each) => each.textContent.includes('NEEDLE') && each.checkVisibility(
              {contentVisibilityAuto: true}) && each.getBoundingClientRect().height > 0)"""
        return bool(browser.execute_script(script))

    assert not is_shown()
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    wait_for(is_shown)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    wait_for(lambda: not is_shown())
    box = browser.find_element(By.ID, "search")
    box.send_keys("needle of b")
    wait_for(lambda: browser.find_element(By.ID, "search-status").text == "1 found")
    found = browser.find_element(By.ID, "found")
    assert found.find_element(By.TAG_NAME, "h2").text.startswith("b")
    found.find_element(By.TAG_NAME, "button").click()
    wait_for(is_shown)
    browser.get("about:blank")
    browser.get(f"{file.as_uri()}#{anchor_of('b')}")
    wait_for(is_shown)


def test_page__of_a_real_crash_names_the_app_s_own_line(
    tiny: Repository, runner: Runner, browser: webdriver.Chrome
) -> None:
    rehearsed = runner.use(tiny, {"env": "TINY_FAULT=crash"})
    assert_verdict(rehearsed, "crashed")
    assert rehearsed.evidence
    said(browser)
    browser.get((rehearsed.evidence / "index.html").as_uri())
    text = browser.find_element(By.CLASS_NAME, "cause").text
    assert "TINY_KEY" in text
    assert "app.py:" in text
    assert said(browser) == []
    (own,) = (each for each in rehearsed.shown.annotations if each.properties.get("file"))
    assert own.properties["file"] == "app.py"
    assert own.text.startswith("KeyError: 'TINY_KEY'")
