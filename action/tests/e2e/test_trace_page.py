"""Open trace.html as its reader does, in Chromium and in Firefox."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver

from rehearsal.report.trace import trace_page
from rehearsal.results.trace_reader import read_trace
from rehearsal.results.traced_attempt import TracedAttempt
from rehearsal_capture.trace.page_script import page_script

from ..report.trace.samples import PLACE, VIEWS, as_text, log_of, long_sample, sample, trace_lines
from .test_page import said, wait_for
from .test_pages import AXE, GRAVE, RUN_AXE, SCHEMES, prefer

# One worker starts the browsers that these tests share.
pytestmark = pytest.mark.xdist_group("trace-page")

TEXTS = ("text", "url", "cmd", "on", "error", "at", "ready", "last", "method", "type", "browser")
RELOAD = """
const done = arguments[arguments.length - 1];
const frame = document.querySelector("#shown iframe");
frame.addEventListener("load", () => done(frame.getAttribute("sandbox")));
frame.srcdoc = frame.srcdoc;
"""


# What the frame with the stored page has of elements that may look for a host: our own.
HINTS = """
const found = (root) => [...root.querySelectorAll("*")].flatMap((each) =>
  [...(/^(?:link|meta|base|i?frame|object|embed|script)$/i.test(each.localName)
    ? [each.tagName] : []),
    ...(each.content instanceof DocumentFragment ? found(each.content) : [])]);
const page = document.querySelector("#shown iframe").srcdoc;
return found(new DOMParser().parseFromString(page, "text/html"));
"""


class Listener(ThreadingHTTPServer):
    """Notes what it is asked for, and how many connections it gets."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.connections = 0
        self.page = ""
        super().__init__(("127.0.0.1", 0), _Answer)
        self.address = f"http://127.0.0.1:{self.server_address[1]}"

    def verify_request(self, *_: Any) -> bool:
        self.connections += 1
        return True


class _Answer(BaseHTTPRequestHandler):
    server: Listener

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(200 if self.path == "/page" else 204)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        if self.path == "/page":
            self.wfile.write(self.server.page.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def listening() -> Iterator[Listener]:
    with Listener() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def hostile(address: str) -> str:
    """Return what would run, load or leave something, if it were more than text or a dead page."""
    return (
        f"</script></style></noscript></iframe><!--><script src={address}/script></script>"
        f"<script>document.title = top.document.title = 'pwned'; fetch('{address}/fetch')</script>"
        f"<img src={address}/img onerror=\"fetch('{address}/onerror')\">"
        f"<link rel=stylesheet href={address}/link><style>@import url({address}/import);"
        f"body {{ background: url({address}/background) }}</style>"
        f"<iframe src={address}/iframe></iframe><object data={address}/object></object>"
        f"<meta http-equiv=refresh content='0;url={address}/refresh'>"
        f"<svg onload=\"fetch('{address}/svg')\"></svg>"
        f"<video autoplay src={address}/video></video><base href={address}/>"
        f'<form id=f action={address}/form></form><input form=f autofocus onfocus="f.submit()">'
        + hints(address)
    )


def hints(address: str) -> str:
    """Return what makes a browser look for a host before anything is asked of it."""
    hint = f"<link rel=preconnect href={address}/hint><link rel=dns-prefetch href={address}/hint>"
    return (
        f"{hint}<meta http-equiv=x-dns-prefetch-control content=on><svg>{hint.upper()}</svg>"
        f"<template shadowrootmode=open>{hint}</template><math><style>{hint}</style></math>"
        f"<noscript><p title='</noscript>{hint}'></noscript>"
    )


def write(shown: TracedAttempt, folder: Path) -> str:
    """Write the page where somebody unpacked it, with its pictures; return its address."""
    place = folder / "some where else #1"
    place.mkdir(exist_ok=True)
    (place / "trace.html").write_text(str(trace_page(shown)), encoding="utf-8")
    for name in shown.pictures:
        (place / name).write_bytes(b"no picture")
    return (place / "trace.html").as_uri()


@pytest.fixture
def opened(browser: webdriver.Chrome, tmp_path: Path) -> webdriver.Chrome:
    said(browser)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    # Another page first: an address that differs in its fragment alone is not opened anew.
    browser.get("about:blank")
    browser.get(write(sample(), tmp_path))
    return browser


def text_of(driver: WebDriver, name: str) -> str:
    return driver.find_element(By.ID, name).text


def rows(driver: WebDriver) -> list[str]:
    script = "return [...document.querySelectorAll('#events tr')].map((each) => each.innerText)"
    found: list[str] = driver.execute_script(script)
    return found


def press(driver: WebDriver, *keys: str) -> None:
    driver.find_element(By.TAG_NAME, "body").send_keys(*keys)


@pytest.mark.parametrize("name", ["browser", "firefox"])
def test_trace_page__nothing_of_others_runs_or_loads(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    driver: WebDriver = request.getfixturevalue(name)
    with listening() as listener, listening() as control:
        bad = hostile(listener.address)
        lines = (
            {key: bad if key in TEXTS else value for key, value in each.items()}
            | ({"html": bad} if each.get("k") == "dom" else {})
            | ({"text": bad, "sha": "c"} if each.get("k") == "css" else {})
            for each in trace_lines()
        )
        logs = (log_of("container.log", (5, bad)), log_of("services/x.log"))
        shown = sample(as_text(lines), *logs)
        failure = replace(shown.test.failure, name=bad, message=bad, trace=bad)
        driver.get(write(replace(shown, test=replace(shown.test, failure=failure)), tmp_path))
        driver.find_element(By.ID, "view-page").click()
        assert driver.execute_async_script(RELOAD) == ""
        assert "pwned" not in driver.title.partition("<script")[0]
        assert not driver.find_elements(
            By.CSS_SELECTOR, "main [onerror], main object, main svg[onload]"
        )
        assert driver.execute_script(HINTS) == ["META"] * 3
        # The page is still there, and its script has shown all of it.
        assert rows(driver)
        # The same without our page, in the same browser: what it would have done arrives later.
        control.page = f"<!doctype html><title>x</title><p>{hostile(control.address)}"
        driver.execute_script("location = arguments[0]", f"{control.address}/page")
        wait_for(lambda: {"/script", "/img", "/link", "/iframe"} <= {*control.asked}, timeout=60)
        assert listener.asked == []
        assert listener.connections == 0


# What each line of an element shows, as it is broken.
LINES = """
const lines = [];
const walk = document.createTreeWalker(arguments[0], NodeFilter.SHOW_TEXT);
let bottom = 0;
while (walk.nextNode()) {
  [...walk.currentNode.data].forEach((character, at) => {
    const range = document.createRange();
    range.setStart(walk.currentNode, at);
    range.setEnd(walk.currentNode, at + 1);
    const box = range.getBoundingClientRect();
    if (!box.width) return;
    if (!lines.length || box.top >= bottom) lines.push("");
    bottom = box.bottom - 2;
    lines[lines.length - 1] += character;
  });
}
return lines.map((each) => each.trim());
"""


def test_trace_page__lines_are_broken_where_one_can_read_them(opened: webdriver.Chrome) -> None:
    (place,) = (
        each for each in opened.find_elements(By.TAG_NAME, "dd") if each.text == f"{PLACE}:38"
    )
    (line,) = opened.find_elements(By.CLASS_NAME, "failed-at")
    for width in range(24, 40):
        for each in (place, line):
            opened.execute_script("arguments[0].style.width = arguments[1]", each, f"{width}ch")
        assert opened.execute_script(LINES, place)[-1].endswith("test_new_visitor.py:38")
        code = opened.execute_script(LINES, line)
        assert [each for each in code if "request." in each]
        assert [each for each in code if '"texts"]' in each]


@pytest.mark.parametrize("name", ["browser", "firefox"])
def test_page_script__leaves_out_what_asks_for_a_host(
    name: str, request: pytest.FixtureRequest
) -> None:
    driver: WebDriver = request.getfixturevalue(name)
    driver.get("about:blank")
    make = """
    for (const space of ["http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"])
      for (const tag of ["link", "LINK", "meta", "Meta", "base", "IFRAME"]) {
        const each = document.createElementNS(space, tag);
        each.setAttribute("rel", "dns-prefetch");
        each.setAttribute("href", "//elsewhere.invalid");
        document.body.append(each);
      }
    document.body.append("the end");
    """
    driver.execute_script(make)
    html = driver.execute_script(f"return ({page_script()})({{}}).html")
    assert "the end" in html
    assert not re.search("<(?:link|meta|base|iframe)", html, re.IGNORECASE)


def test_trace_page__the_failed_step_is_open_and_the_cause_is_beside_it(
    opened: webdriver.Chrome,
) -> None:
    assert text_of(opened, "step-title").startswith("Step 7: looked for id=id_list_table")
    shown = rows(opened)
    assert shown[0].startswith("0.930\tsteps\ttype Enter into id=id_text")
    assert any("POST /lists/new → 500" in row for row in shown)
    (raised,) = opened.find_elements(By.XPATH, "//tbody//tr[contains(., 'Traceback')]")
    assert raised.text.endswith("MultiValueDictKeyError: 'texts'\nall 6 lines")
    assert "in __getitem__" not in raised.text
    raised.find_element(By.TAG_NAME, "button").click()
    assert "in __getitem__" in raised.text
    assert raised.text.endswith("MultiValueDictKeyError: 'texts'")
    assert not any("GET / " in row for row in shown)
    app, test = opened.find_elements(By.CLASS_NAME, "code")
    assert app.text.startswith(f"The app raised it at {VIEWS}, line 31")
    assert test.text.startswith(f"The test failed at {PLACE}, line 38")
    (line,) = opened.find_elements(By.CLASS_NAME, "failed-at")
    assert line.text.split() == ["31", "text", "=", 'request.POST["texts"]']
    (line,) = test.find_elements(By.CLASS_NAME, "at")
    assert line.text.split() == ["38", "line", "31", "of", "the", "test"]
    link = app.find_element(By.TAG_NAME, "a").get_attribute("href")
    assert link == f"https://github.example/owner/app/blob/c0ffee0/{VIEWS}#L31"
    assert [text_of(opened, f"lane-{number}") for number in range(4)] == [
        "steps 2 of 7", "requests 1 of 4", "console 1 of 2", "app 3 of 6",
    ]  # fmt: skip
    assert said(opened) == []


def test_trace_page__keys_steps_spans_and_lanes(opened: webdriver.Chrome) -> None:
    press(opened, Keys.ARROW_LEFT)
    assert text_of(opened, "step-title").startswith("Step 6: type")
    assert opened.current_url.endswith("#step=6")
    press(opened, Keys.ESCAPE)
    assert text_of(opened, "span") == "The whole test: 20 lines"
    assert text_of(opened, "lane-3") == "app 6"
    opened.find_element(By.ID, "lane-3").click()
    assert text_of(opened, "span") == "The whole test: 14 lines"
    opened.find_element(By.ID, "lane-3").click()
    press(opened, "/")
    box = opened.find_element(By.ID, "search")
    assert opened.switch_to.active_element == box
    box.send_keys("favicon")
    wait_for(lambda: text_of(opened, "span") == "The whole test: 2 lines")
    box.send_keys(Keys.ESCAPE)
    assert text_of(opened, "span") == "The whole test: 20 lines"
    opened.find_elements(By.CSS_SELECTOR, "#steps button")[1].click()
    assert text_of(opened, "span") == "From 0.640 s to 0.770 s: 10 lines"
    assert any("GET / → 200" in row for row in rows(opened))
    assert not any("POST" in row for row in rows(opened))
    opened.execute_script("scrollTo(0, 0)")
    actions = webdriver.ActionChains(opened)
    lanes = opened.find_element(By.ID, "axis")
    actions.move_to_element_with_offset(lanes, -100, -30).click_and_hold()
    actions.move_by_offset(50, 0).move_by_offset(50, 0).release().perform()
    assert "#span=" in opened.current_url
    opened.execute_script("location.hash = '#step=3'")
    wait_for(lambda: text_of(opened, "step-title").startswith("Step 3: "))
    assert said(opened) == []


def test_trace_page__the_line_of_a_helper_is_folded_below_that_of_the_test(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    shown = sample()
    source, long = shown.sources[f"{PLACE}:38"], "    wait_for(" + 300 * "x" + ")"
    helper = replace(source, file="waits.py", lines=(long, *source.lines[1:]))
    lines = (
        each | ({"at": "waits.py:38"} if each.get("n") == 97 else {}) for each in trace_lines()
    )
    shown = replace(shown, trace=read_trace(as_text(lines)),
                    sources={**shown.sources, "waits.py:38": helper})  # fmt: skip
    browser.get("about:blank")
    browser.get(write(shown, tmp_path))
    app, first, second = browser.find_elements(By.CLASS_NAME, "code")
    assert [each.tag_name for each in (app, first, second)] == ["div", "div", "details"]
    assert first.text.startswith(f"The test failed at {PLACE}, line 38")
    assert second.text == "waits.py, line 38"
    second.find_element(By.TAG_NAME, "summary").click()
    wider = "return arguments[0].scrollWidth - arguments[0].clientWidth"
    code = second.find_element(By.TAG_NAME, "pre")
    assert "wait_for(" in code.text
    assert browser.execute_script(wider, code) == 0


def test_trace_page__the_words_of_a_span_fit_its_lines(opened: webdriver.Chrome) -> None:
    # Step 4 ends at 0.843 s, as the span begins; in a computer's numbers a little later.
    opened.execute_script("location.hash = '#span=0.843-0.900'")
    wait_for(lambda: text_of(opened, "span") == "From 0.843 s to 0.900 s: 1 line")
    assert [row.partition("\t")[0] for row in rows(opened)] == ["0.850"]
    # And this one is still under way.
    opened.execute_script("location.hash = '#span=0.830-0.900'")
    words = "From 0.830 s to 0.900 s: 2 lines (1 began earlier)"
    wait_for(lambda: text_of(opened, "span") == words)


def test_trace_page__before_and_after(opened: webdriver.Chrome) -> None:
    opened.execute_script("location.hash = '#step=6'")
    wait_for(lambda: text_of(opened, "step-title").startswith("Step 6: "))
    picture = "return document.querySelector('#shown img').getAttribute('src')"
    assert opened.execute_script(picture) == "./trace-4.jpg"
    press(opened, "b")
    assert opened.execute_script(picture) == "./trace-3.jpg"
    opened.find_element(By.ID, "view-page").click()
    html = "return document.querySelector('#shown iframe').srcdoc"
    assert "Start a new To-Do list" in opened.execute_script(html)
    press(opened, "b")
    assert "Server Error (500)" in opened.execute_script(html)


def test_trace_page__why_there_is_no_picture(opened: webdriver.Chrome) -> None:
    picture, page = (opened.find_element(By.ID, f"view-{name}") for name in ("picture", "page"))
    opened.execute_script("location.hash = '#step=1'")
    wait_for(lambda: text_of(opened, "step-title").startswith("Step 1: "))
    assert picture.get_attribute("title") == "No picture was taken after this step."
    press(opened, "b")
    assert picture.get_attribute("title") == "No picture was taken before this step."
    assert page.get_attribute("title") == "The page was not kept before this step."
    opened.execute_script("location.hash = '#step=6'")
    wait_for(lambda: text_of(opened, "step-title").startswith("Step 6: "))
    assert [each.get_attribute("title") for each in (picture, page)] == ["", ""]


def test_trace_page__no_older_picture_stands_after_a_step(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    def caption(step: int, *, final: bool = True) -> str:
        kinds = ("failure",) if not final else ()
        lines = (each for each in trace_lines() if each.get("k") not in kinds)
        without = (
            {key: value for key, value in each.items() if (each.get("text"), key) != ("•••", "dom")}
            for each in lines
        )
        browser.get("about:blank")
        shown = replace(sample(as_text(without)), pictures=frozenset({"trace-1.jpg"}))
        browser.get(f"{write(shown, tmp_path)}#step={step}")
        (found,) = browser.find_elements(By.TAG_NAME, "figcaption")
        return found.text

    # The last lookup failed: 5 s after the last look at the page.
    assert (
        caption(7) == "The page when the test failed, at 6.04 s · http://localhost:8888/lists/new"
    )
    assert caption(7, final=False) == "No picture was taken when the test failed."
    assert not browser.find_elements(By.CSS_SELECTOR, "#shown img, #shown iframe")
    press(browser, "b")
    (found,) = browser.find_elements(By.TAG_NAME, "figcaption")
    assert found.text.startswith("The page shortly after step 6, at 1.00 s")
    # One that only looks is about the page of the act before it.
    assert caption(3).startswith("Picture shortly after step 2, at 0.76 s")
    assert caption(5) == "No picture was taken after this step."


def test_trace_page__the_film_strip_keeps_the_ratio_and_the_time_of_a_picture(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    browser.get("about:blank")
    shown = replace(sample(), pictures=frozenset({"trace-1.jpg", "trace-4.jpg"}))
    address = write(shown, tmp_path)
    for picture in tmp_path.rglob("trace-*.jpg"):
        Image.new("RGB", (1000, 800)).save(picture)
    browser.get(address)
    wait_for(
        lambda: browser.execute_script(
            "return [...document.querySelectorAll('#strip img')].every((each) => each.naturalWidth)"
        )
    )
    boxes = browser.execute_script(
        "const axis = document.getElementById('axis').getBoundingClientRect();"
        "return [...document.querySelectorAll('#strip img')].map((each) => each"
        ".getBoundingClientRect()).map((box) => [(box.left - axis.left) / axis.width,"
        " box.width / box.height])"
    )
    # The colour of the span does not lie over it.
    assert (
        browser.execute_script(
            "document.getElementById('window').style.pointerEvents = 'auto';"
            "const box = document.querySelector('#strip img').getBoundingClientRect();"
            "const at = [box.left + box.width / 2, box.top + 9];"
            "const found = document.elementFromPoint(...at).tagName;"
            "document.getElementById('window').style.pointerEvents = ''; return found"
        )
        == "IMG"
    )
    # Steps 2 and 6 came within 0.3 s: the later one is shown, at its time of 6.034 s.
    assert boxes == [pytest.approx([0.93 / 6.034, 1.25], abs=0.02)]
    browser.find_element(By.CSS_SELECTOR, "#strip img").click()
    assert text_of(browser, "step-title").startswith("Step 6: ")


def test_trace_page__tab_stops_once_in_the_list_of_steps(opened: webdriver.Chrome) -> None:
    opened.execute_script("document.querySelector('#steps [aria-current]').focus()")
    opened.switch_to.active_element.send_keys(Keys.ARROW_UP)
    assert opened.switch_to.active_element.text.startswith("0.93")
    opened.switch_to.active_element.send_keys(Keys.TAB)
    assert opened.switch_to.active_element.get_attribute("id") == "lane-0"
    # A row of the table is made anew when its step is chosen.
    row = opened.find_elements(By.CSS_SELECTOR, "#events button")[0]
    row.send_keys(Keys.ENTER)
    assert opened.switch_to.active_element.get_attribute("aria-current") == "step"


def test_trace_page__without_script_all_is_in_one_table(opened: webdriver.Chrome) -> None:
    opened.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        opened.refresh()
        found = [row.text for row in opened.find_elements(By.CSS_SELECTOR, "noscript tbody tr")]
        shown = opened.find_element(By.CSS_SELECTOR, "noscript table").is_displayed()
    finally:
        opened.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert shown
    assert len(found) == 20
    assert any("POST /lists/new → 500" in row for row in found)


def test_trace_page__a_long_one_shows_what_one_looks_at(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    browser.get("about:blank")
    browser.get(write(long_sample(), tmp_path))
    assert text_of(browser, "step-title") == "Step 500: click id=item-499"
    press(browser, Keys.ESCAPE)
    assert text_of(browser, "span") == "The whole test: 11500 lines"
    assert len(rows(browser)) < 1000
    before = len(rows(browser))
    browser.execute_script("const box = document.getElementById('list'); box.scrollTop = 1e6")
    wait_for(lambda: len(rows(browser)) > before)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_trace_page__on_a_phone_a_list_says_how_much_more_it_has(
    browser: webdriver.Chrome, tmp_path: Path, scheme: str
) -> None:
    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    prefer(browser, scheme)
    browser.get("about:blank")
    browser.get(write(long_sample(), tmp_path))
    wait_for(lambda: browser.execute_script("return innerWidth") == 390)
    steps = browser.find_element(By.ID, "steps")
    row = steps.find_element(By.XPATH, "following-sibling::*[1]")
    above, below = row.find_elements(By.TAG_NAME, "button")
    count = re.compile(r"(\d+) more (?:above|below)")
    # The failed step is the last one.
    wait_for(lambda: count.fullmatch(above.text))
    assert not below.is_displayed()
    assert "gradient" in steps.value_of_css_property("mask-image")
    above.send_keys(Keys.ENTER)
    wait_for(lambda: count.fullmatch(below.text))
    outside = [int(each[1]) for button in (above, below) if (each := count.match(button.text))]
    assert 490 < sum(outside) < 500
    browser.execute_script("document.getElementById('steps').scrollTop = 0")
    wait_for(lambda: not above.is_displayed())
    assert below.is_displayed()
    press(browser, Keys.ESCAPE)
    events = browser.find_element(By.XPATH, "//*[@id='list']/following-sibling::*[1]")
    wait_for(lambda: (found := count.search(events.text)) and int(found[1]) > 11_400)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
    done = browser.execute_async_script(f"{AXE.read_text(encoding='utf-8')}\n{RUN_AXE}")
    assert [each for each in done["found"] if each["impact"] in GRAVE] == []
    assert said(browser) == []
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_trace_page__on_a_phone_what_happened_comes_before_the_code(
    opened: webdriver.Chrome,
) -> None:
    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    wait_for(lambda: opened.execute_script("return innerWidth") == 390)
    legend, box = (
        opened.find_element(By.CLASS_NAME, each).rect for each in ("legend", "steps-pane")
    )
    assert legend["x"] + legend["width"] < box["x"] + box["width"] - 8
    panes = [opened.find_element(By.CLASS_NAME, f"{name}-pane") for name in ("events", "step")]
    tops = [each.location["y"] for each in panes]
    opened.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert tops == sorted(tops)


def test_trace_page__a_list_that_fits_says_nothing_of_more(opened: webdriver.Chrome) -> None:
    steps = opened.find_element(By.ID, "steps")
    assert not steps.find_element(By.XPATH, "following-sibling::*[1]").is_displayed()
    assert steps.value_of_css_property("mask-image") == "none"


def test_trace_page__a_long_traceback_is_shown_whole(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    shown = sample()
    failure = replace(shown.test.failure, trace="line\n" * 200)
    browser.get("about:blank")
    browser.get(write(replace(shown, test=replace(shown.test, failure=failure)), tmp_path))
    browser.execute_script("document.querySelectorAll('details').forEach((e) => e.open = true)")
    (box,) = (
        each
        for each in browser.find_elements(By.CSS_SELECTOR, ".card pre")
        if each.text.startswith("line\n")
    )
    cut = "return arguments[0].scrollHeight - arguments[0].clientHeight"
    assert browser.execute_script(cut, box) == 0
