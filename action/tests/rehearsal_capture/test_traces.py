"""What the trace of a test has of its browser, with a real one: and no secret."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ..rehearsal_testing.sandbox import Sandbox
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
        body, kind = (b"p { color: teal }", "css") if "style" in self.path else (PAGE, "html")
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
