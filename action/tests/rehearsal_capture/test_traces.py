"""What the trace of a test has of its browser, with a real one: and no secret."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ..rehearsal_testing.sandbox import Sandbox
from .test_attempts import RERUNS
from .test_suites import PYTEST, UNITTEST, run

pytestmark = pytest.mark.e2e

PAGE = b"""<!DOCTYPE html><title>Lists</title><meta name="csrf-token" content="planted-meta">
<link rel="stylesheet" href="/style.css"><body onload="window.planted_handler = 1">
<form method="post" action="/new?token=planted-in-the-address">
<input type="hidden" name="csrfmiddlewaretoken" value="planted-csrf">
<input id="item" name="item"><input id="password" name="password" type="password">
<button id="save">Save</button></form>
<iframe srcdoc="<p>inside</p>"></iframe>
<script>window.planted_script = "planted-script"; console.warn("it says", {a: 1});
setTimeout(() => { throw new Error("boom"); });</script>"""

SUITE = """
import os, unittest
from chrome import start
from selenium.webdriver import ActionChains


class ListTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = start()
        cls.addClassCleanup(cls.browser.quit)

    def test_a_passes(self):
        self.browser.get(os.environ["SITE"] + "?only=first")
        self.browser.find_element("id", "item").send_keys("first")

    def test_b_fails(self):
        browser, site = self.browser, os.environ["SITE"]
        browser.get(site.replace("://", "://planted-user:planted-login@"))
        browser.add_cookie({"name": "sessionid", "value": "planted-cookie"})
        browser.find_element("id", "item").send_keys("Buy tea")
        browser.find_element("id", "password").send_keys("planted-password")
        chain = ActionChains(browser).click(browser.find_element("id", "password"))
        chain.send_keys("planted-keys").perform()
        browser.execute_script("f = x => x; f(arguments[0])", "planted-argument")
        browser.find_element("id", "save").click()
        browser.execute_script("alert('Saved')")
        browser.switch_to.alert.accept()
        browser.switch_to.new_window("tab")
        browser.get(site + "second")
        self.fail()
"""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.paths.append(self.path)  # type: ignore[attr-defined]
        page = getattr(self.server, "page", PAGE)
        body, kind = (b"p { color: teal }", "css") if "style" in self.path else (page, "html")
        self.send_response(200)
        self.send_header("Content-Type", f"text/{kind}")
        self.send_header("Set-Cookie", "csrftoken=planted-server-cookie")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(302)
        self.send_header("Location", "/done")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.paths = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def read(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "trace.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("command", [UNITTEST, PYTEST], ids=["unittest", "pytest"])
def test_trace__of_each_test_what_its_browser_did(
    command: tuple[str, ...], sandbox: Sandbox, server: ThreadingHTTPServer
) -> None:
    (sandbox.code / "test_pages.py").write_text(SUITE)
    site = f"http://localhost:{server.server_port}/"
    assert run(sandbox, command, site, "", extra={"REHEARSAL_TRACE": "always"})[0] == 1
    passed, failed = (
        next(sandbox.evidence.glob(f"*{name}")) for name in ("test_a_passes", "test_b_fails")
    )
    texts = [file.read_text() for file in sandbox.evidence.rglob("trace*.jsonl")]
    assert "planted" not in "".join(texts).replace("planted_", "")
    assert "first" in (passed / "trace.jsonl").read_text()
    assert "first" not in (failed / "trace.jsonl").read_text()

    lines = read(failed)
    typed = [each["text"] for each in lines if each.get("cmd") == "type"]
    assert typed == ["Buy tea", "•••"]
    requests = {(each["method"], each["url"].rpartition("/")[2]): each
                for each in lines if each.get("k") == "net"}  # fmt: skip
    assert requests["POST", "new?token=•••"]["status"] == 302
    assert requests["GET", "done"]["type"] == "document"
    assert requests["GET", "style.css"]["status"] == 200
    said = [(each["level"], each["text"].partition(" (")[0]) for each in lines
            if each.get("k") == "js"]  # fmt: skip
    assert ("warning", "it says Object {a: 1}") in said
    assert ("error", "Uncaught Error: boom") in said
    assert ("dialog", "alert: Saved") in said
    assert [each["opened"] for each in lines if each.get("k") == "window"] == [True]
    steps = [each for each in lines if each.get("k") == "step"]
    assert {each.get("url") for each in steps} & {f"{site}done", f"{site}second"}
    newest = next(each for each in reversed(steps) if f"{site}" in each.get("url", ""))
    doms = {each["sha"]: each for each in lines if each.get("k") == "dom"}
    page = doms[newest["dom"]]
    assert '<input id="item" name="item">' in page["html"]
    assert "<p>inside</p>" in page["html"]
    assert not any(each in page["html"] for each in ("<script", "onload", " srcdoc=", "<meta"))
    (css,) = (each for each in lines if each.get("k") == "css")
    assert page["css"] == [css["sha"]]
    assert css["text"] == "p { color: teal; }\n"
    pictures = [failed / each["pic"] for each in lines if "pic" in each]
    assert pictures
    assert all(each.read_bytes().startswith(b"\xff\xd8\xff") for each in pictures)
    # The trace asks the app for nothing.
    paths: list[str] = server.paths  # type: ignore[attr-defined]
    documents = [each for each in paths if "style" not in each and "favicon" not in each]
    # If the browser died, all of it ran again.
    assert documents[-5:] == ["/", "/?only=first", "/", "/done", "/second"]
    assert paths.count("/style.css") <= len(documents)


def test_trace__without_pictures_and_without_a_trace(
    sandbox: Sandbox, server: ThreadingHTTPServer
) -> None:
    (sandbox.code / "test_pages.py").write_text(SUITE)
    site = f"http://localhost:{server.server_port}/"
    assert run(sandbox, UNITTEST, site, "", extra={"REHEARSAL_TRACE_PICTURES": "off"})[0] == 1
    # A test that has passed leaves nothing.
    (folder,) = sandbox.evidence.iterdir()
    assert not list(folder.glob("*.jpg"))
    assert any("dom" in each for each in read(folder))


FIREFOX = """
import os
import pytest
from selenium import webdriver
from selenium.webdriver import ActionChains


@pytest.fixture(scope="module")
def browser():
    options = webdriver.FirefoxOptions()
    options.web_socket_url = True
    options.unhandled_prompt_behavior = "ignore"
    driver = webdriver.Firefox(options=options)
    yield driver
    driver.quit()


def test_lists(browser):
    site = os.environ["SITE"]
    browser.get(site)
    browser.find_element("id", "item").send_keys("Buy tea")
    browser.find_element("id", "password").send_keys("planted-password")
    browser.find_element("id", "save").click()
    browser.execute_script("alert('Saved')")
    browser.switch_to.alert.accept()
    browser.switch_to.new_window("tab")
    browser.get(site + "second")
    assert False
"""


def test_trace__of_firefox(sandbox: Sandbox, server: ThreadingHTTPServer) -> None:
    (sandbox.code / "test_pages.py").write_text(FIREFOX)
    site = f"http://localhost:{server.server_port}/"
    assert run(sandbox, (*RERUNS, "--reruns", "1"), site, "")[0] == 1
    (folder,) = sandbox.evidence.iterdir()
    for attempt in ("", "-retry1"):
        text = (folder / f"trace{attempt}.jsonl").read_text()
        assert "planted" not in text.replace("planted_", "")
        lines = [json.loads(line) for line in text.splitlines()]
        assert [each["text"] for each in lines if each.get("cmd") == "type"] == ["Buy tea", "•••"]
        said = [(each["level"], each["text"].partition(" (")[0]) for each in lines
                if each.get("k") == "js"]  # fmt: skip
        assert ("error", "Uncaught Error: boom") in said
        assert ("dialog", "alert: Saved") in said
        assert any(level == "warning" and text.startswith("it says") for level, text in said)
        assert [each["opened"] for each in lines if each.get("k") == "window"] == [True]
        steps = [each for each in lines if each.get("k") == "step"]
        newest = next(each for each in reversed(steps) if f"{site}" in each.get("url", ""))
        doms = {each["sha"]: each for each in lines if each.get("k") == "dom"}
        page = doms[newest["dom"]]
        assert '<input id="item" name="item">' in page["html"]
        assert "<p>inside</p>" in page["html"]
        assert not any(each in page["html"] for each in ("<script", "onload", " srcdoc=", "<meta"))
        assert len([each for each in lines if each.get("k") == "css"]) == 1
        # What costs more is for retries.
        requests = {(each["method"], each["url"].rpartition("/")[2]): each
                    for each in lines if each.get("k") == "net"}  # fmt: skip
        pictures = [folder / each["pic"] for each in lines if "pic" in each]
        if not attempt:
            assert not requests
            assert not pictures
    assert requests["POST", "new?token=•••"]["status"] == 302
    assert requests["GET", "done"]["type"] == "document"
    assert requests["GET", "style.css"]["status"] == 200
    assert pictures
    assert all(each.read_bytes().startswith(b"\xff\xd8\xff") for each in pictures)


# 5 MB of DOM, which changes with each click, and some 200 requests a second.
LARGE = b"""<!DOCTYPE html><title>Large</title><button onclick="
document.body.prepend(this.nextSibling.data + ++window.clicks, this)">Change</button>
<script>clicks = polls = 0;
const poll = () => fetch("/style.css?poll=" + polls, {cache: "no-store"}).finally(() => ++polls);
setInterval(() => { for (let each = 0; each < 10; each++) poll(); }, 50);
const text = {textContent: "text ".repeat(17)};
for (let each = 0; each < 50000; each++)
  document.body.append(Object.assign(document.createElement("p"), text));
</script>"""
MEMORY = """
import unittest
from pathlib import Path
from chrome import start
from selenium.webdriver.support.ui import WebDriverWait


def memory():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1024


class LargeTest(unittest.TestCase):
    def test_page(self):
        browser = start()
        self.addCleanup(browser.quit)
        before = memory()
        for polls in range(0, 2000, 200):
            browser.find_element("tag name", "button").click()
            WebDriverWait(browser, 120).until(
                lambda browser: browser.execute_script("return polls > arguments[0]", polls))
        print("MB:", memory() - before)
        self.addCleanup(lambda: print("MB with the evidence:", memory() - before))
        self.fail()
"""


def test_trace__of_a_large_page_that_polls(sandbox: Sandbox, server: ThreadingHTTPServer) -> None:
    server.page = LARGE  # type: ignore[attr-defined]
    (sandbox.code / "test_pages.py").write_text(MEMORY)
    _, printed = run(sandbox, UNITTEST, f"http://localhost:{server.server_port}/", "")
    (folder,) = sandbox.evidence.iterdir()
    assert sum(file.stat().st_size for file in folder.glob("trace*")) < 5_000_000
    assert int(printed.partition("MB: ")[2].split()[0]) < 30
    lines = read(folder)
    # There was more than is kept.
    assert lines[0]["left-out"]["requests"] > 500
    assert any(each.get("k") == "dom" for each in lines)
