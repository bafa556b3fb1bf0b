"""Each attempt at a test has its own trace, whichever tool runs it; a stand-in is the browser."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ..rehearsal_testing.sandbox import Sandbox
from .test_suites import PYTEST, run

pytestmark = pytest.mark.e2e

BROWSER = """
import os
from pathlib import Path
from selenium import webdriver


def visit(page):
    driver = webdriver.Remote(os.environ["SITE"], options=webdriver.ChromeOptions())
    driver.get(f"http://app.test/{page}")
    return driver


def attempt():
    count = Path("count.txt")
    with count.open("a") as file:
        file.write("x")
    return len(count.read_text())
"""
FIXTURE = """
import pytest
from browser import attempt, visit


@pytest.fixture
def number():
    number = attempt()
    driver = visit(number)
    yield number
    driver.quit()


def test_page(number):
    assert number > 1
"""
# It runs each test until it passes, twice at most.
TWICE = """
import unittest
from browser import attempt, visit


class PageTest(unittest.TestCase):
    def run(self, result=None):
        first = unittest.TestResult()
        super().run(first)
        if first.wasSuccessful():
            result.startTest(self)
            result.addSuccess(self)
            result.stopTest(self)
        else:
            super().run(result)

    def setUp(self):
        self.number = attempt()
        self.driver = visit(self.number)
        self.addCleanup(self.driver.quit)

    def test_page(self):
        self.assertGreater(self.number, 1)
"""
# Tools for this get in each other's way.
RERUNS = (*PYTEST, "-p", "no:flaky")


class Driver(BaseHTTPRequestHandler):
    """Answers as a driver does, and as little as a test needs."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        session = {"sessionId": "s", "capabilities": {"browserName": "chrome"}}
        is_log = self.path.endswith("/log")
        self.answer(session if self.path == "/session" else [] if is_log else None)

    def do_GET(self) -> None:
        answers = {"url": "http://app.test/", "screenshot": "cG5n", "source": "<p>"}
        self.answer(answers.get(self.path.rpartition("/")[2]))

    def do_DELETE(self) -> None:
        self.answer(None)

    def answer(self, value: Any) -> None:
        content = json.dumps({"value": value}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def driver() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Driver) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def pages(trace: Path) -> list[str]:
    """Return which pages a trace shows, and the end of the browser."""
    lines = map(json.loads, trace.read_text().splitlines())
    steps = (each for each in lines if each.get("k") == "step")
    shown = (each.get("text", each["cmd"]).rpartition("/")[2] for each in steps)
    return [each for each in shown if each != "start the browser"]


@pytest.mark.parametrize(
    "text, commands",
    [
        pytest.param(FIXTURE, [(*RERUNS, "--reruns", "1")], id="pytest-rerunfailures"),
        pytest.param(FIXTURE, [(*PYTEST, "--force-flaky")], id="flaky"),
        pytest.param(FIXTURE, [(*RERUNS, "--retries", "1")], id="pytest-retry"),
        pytest.param(FIXTURE, [(*PYTEST[:2], "test_pages.py")] * 2, id="pytest twice"),
        pytest.param(TWICE, [PYTEST], id="subclass and pytest"),
        pytest.param(TWICE, [("-m", "unittest", "test_pages")], id="subclass"),
        pytest.param(TWICE, [("-m", "nose2", "test_pages")], id="subclass and nose2"),
    ],
)
def test_trace__each_attempt_has_its_own(
    text: str, commands: list[tuple[str, ...]], sandbox: Sandbox, driver: str
) -> None:
    (sandbox.code / "browser.py").write_text(BROWSER)
    (sandbox.code / "test_pages.py").write_text(text)
    for command in commands:
        code, _ = run(sandbox, command, driver, "", extra={"REHEARSAL_TRACE": "always"})
    assert code == 0
    (folder,) = sandbox.evidence.iterdir()
    # The first attempt failed, the second one passed.
    assert pages(folder / "trace.jsonl")[0] == "1"
    assert pages(folder / "trace-retry1.jsonl") == ["2", "end the browser"]
    heads = [json.loads((folder / f"trace{each}.jsonl").read_text().partition("\n")[0])["attempt"]
             for each in ("", "-retry1")]  # fmt: skip
    assert heads == [1, 2]


ENDS = """
import pytest
from browser import visit


@pytest.fixture
def ends():
    driver = visit("test")
    yield driver
    driver.get("http://app.test/finalizer")
    driver.quit()
    raise RuntimeError("cannot clean up")


@pytest.fixture
def starts():
    driver = visit("fixture")
    driver.quit()
    raise RuntimeError("no page")


def test_ends(ends):
    pass


def test_starts(starts):
    pass


def test_passes():
    driver = visit("passed")
    driver.quit()


@pytest.mark.skip
def test_is_skipped():
    pass
"""


@pytest.mark.parametrize("trace", ["always", "on-failure", "off"])
def test_trace__of_fixtures_that_fail(trace: str, sandbox: Sandbox, driver: str) -> None:
    (sandbox.code / "browser.py").write_text(BROWSER)
    (sandbox.code / "test_pages.py").write_text(ENDS)
    code, printed = run(sandbox, PYTEST, driver, "", extra={"REHEARSAL_TRACE": trace})
    assert code == 1
    assert "rehearsal_capture" not in printed
    found = {each.parent.name.rpartition(".")[2]: pages(each)
             for each in sandbox.evidence.rglob("trace*.jsonl")}  # fmt: skip
    failed = {
        "test_ends": ["test", "finalizer", "end the browser"],
        "test_starts": ["fixture", "end the browser"],
    }
    passed = {"test_passes": ["passed", "end the browser"]}
    assert found == {"off": {}, "on-failure": failed, "always": {**failed, **passed}}[trace]


def test_evidence__of_each_attempt_that_fails(sandbox: Sandbox, driver: str) -> None:
    (sandbox.code / "browser.py").write_text(BROWSER)
    (sandbox.code / "test_pages.py").write_text(FIXTURE.replace("> 1", "> 3"))
    assert run(sandbox, (*RERUNS, "--reruns", "2"), driver, "")[0] == 1
    (folder,) = sandbox.evidence.iterdir()
    for stem in ("trace", "screenshot", "page", "address", "console"):
        names = [file.stem for file in folder.glob(f"{stem}*")]
        assert sorted(names) == [stem, f"{stem}-retry1", f"{stem}-retry2"]
