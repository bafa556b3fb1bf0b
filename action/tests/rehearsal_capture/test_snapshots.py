"""What a snapshot of a browser holds, and how long it takes: a stand-in answers for the driver."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from rehearsal_capture import evidence, selenium_session
from rehearsal_capture.selenium_session import KnownSession, Session

from ..rehearsal_testing.sandbox import CHECKOUT

COMMANDS = {
    "getTimeouts": ("GET", "/session/$sessionId/timeouts"),
    "setTimeouts": ("POST", "/session/$sessionId/timeouts"),
    "w3cGetAlertText": ("GET", "/session/$sessionId/alert/text"),
    "w3cDismissAlert": ("POST", "/session/$sessionId/alert/dismiss"),
    "getCurrentUrl": ("GET", "/session/$sessionId/url"),
    "screenshot": ("GET", "/session/$sessionId/screenshot"),
    "getPageSource": ("GET", "/session/$sessionId/source"),
    "getLog": ("POST", "/session/$sessionId/se/log"),
}
ANSWERS = {
    "url": "http://localhost/",
    "screenshot": "cG5n",
    "source": "<p>",
    "log": [],
    "timeouts": {"pageLoad": 300_000, "script": None},
}


class Driver(BaseHTTPRequestHandler):
    # What was asked, and with which parameters; and whether the page never answers.
    asked: ClassVar[list[tuple[str, dict[str, Any]]]] = []
    hangs: ClassVar[bool] = False

    def do_GET(self, params: dict[str, Any] | None = None) -> None:
        name = self.path.rpartition("/")[2]
        self.asked.append((name, params or {}))
        found = self.path.startswith("/session/s1/") and name in ANSWERS
        value = ANSWERS[name] if found else {"error": "no such alert", "message": "none\nstack"}
        if self.hangs and name != "timeouts":
            found, value = False, {"error": "timeout", "message": "no answer: 5.000"}
        content = json.dumps({"value": value}).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:
        self.do_GET(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Driver, "asked", [])
    with ThreadingHTTPServer(("127.0.0.1", 0), Driver) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def session(url: str, name: str = "s1") -> Session:
    connection = SimpleNamespace(_commands=COMMANDS, _url=url)
    return Session(name, KnownSession(connection, "chrome", (0, 0)), lambda _: None)


def test_snapshot__reads_each_file(driver: str) -> None:
    assert evidence.take_snapshot(session(driver)) == {
        "console.log": b"",
        "address.txt": b"http://localhost/\n",
        "screenshot.png": b"png",
        "page.html": b"<p>",
    }


def test_snapshot__of_a_page_that_never_answers(
    driver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Driver, "hangs", True)
    found = evidence.take_snapshot(session(driver))
    assert {name: str(each) for name, each in found.items()} == {
        "console.log": "the browser does not answer"
    }
    # It is asked once, gives up before this does, and gets its own limit again.
    assert Driver.asked == [
        ("timeouts", {}),
        ("timeouts", {"pageLoad": 5000}),
        ("text", {}),
        ("timeouts", {"pageLoad": 300_000}),
    ]


def test_snapshot__of_a_session_that_has_ended(driver: str) -> None:
    assert evidence.take_snapshot(session(driver, "another")) == {}


def test_snapshot__of_a_driver_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selenium_session, "_TIMEOUT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        found = evidence.take_snapshot(session(f"http://127.0.0.1:{silent.getsockname()[1]}"))
    assert [str(each) for each in found.values()] == ["the browser does not answer"]
    # One limit for all that is asked, and not one for each.
    assert time.monotonic() - started < 5


def test_keep__what_was_seen_before_the_error_was_raised_again(
    driver: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REHEARSAL_EVIDENCE", str(tmp_path))
    first, second = ValueError("first"), RuntimeError("second")
    evidence.attach_snapshot(first, session(driver))
    second.__cause__ = first
    evidence.keep(lambda: "a.B.test_c", second, list)
    assert (tmp_path / "a.B.test_c/page.html").read_bytes() == b"<p>"


SUITE = """
import pytest
import selenium
import unittest


class ATest(unittest.TestCase):
    def test_case(self):
        self.fail("as it is")

    def test_skips(self):
        pytest.skip("not today")

    def test_expects(self):
        pytest.xfail("not yet")
"""


@pytest.mark.parametrize("runner", ["unittest", "pytest"])
def test_suite__with_names_and_ends_of_every_kind(runner: str, tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(SUITE)
    arguments = ["pytest", "-p", "no:cacheprovider", "test_a.py"] if runner == "pytest" else []
    printed = run(tmp_path, ["-m", *(arguments or ["unittest", "test_a.ATest.test_case"])])
    assert "as it is" in printed
    assert "rehearsal_capture" not in printed
    expected = "1 failed, 1 skipped, 1 xfailed" if arguments else "FAILED (failures=1)"
    assert expected in printed


MODULES = sorted((CHECKOUT / "action/rehearsal_capture").glob("[a-z]*.py"))


@pytest.mark.parametrize("runner", ["unittest", "pytest"])
@pytest.mark.parametrize("broken", MODULES, ids=lambda module: module.stem)
def test_suite__with_a_broken_module_of_ours(broken: Path, runner: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy/rehearsal_capture"
    shutil.copytree(broken.parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / broken.name).write_text("raise RuntimeError('planted')\n")
    (tmp_path / "test_a.py").write_text(f"import selenium.webdriver.chrome.webdriver\n{SUITE}")
    arguments = ["pytest", "-p", "no:cacheprovider"] if runner == "pytest" else ["unittest"]
    name = "test_a.py::ATest::test_case" if runner == "pytest" else "test_a.ATest.test_case"
    path = (str(copy / "python_path"), str(copy.parent))
    printed = run(tmp_path, ["-m", *arguments, name], *path)
    assert "as it is" in printed
    assert ("1 failed" if runner == "pytest" else "FAILED (failures=1)") in printed
    assert "planted" not in printed
    assert "rehearsal_capture" not in printed


def test_sitecustomize__two_copies(tmp_path: Path) -> None:
    copies = []
    for name in ("one", "two"):
        link = tmp_path / name
        link.mkdir()
        text = (CHECKOUT / "action/rehearsal_capture/python_path/sitecustomize.py").read_text()
        (link / "sitecustomize.py").write_text(text)
        copies.append(str(link))
    script = (
        "import sys; print([type(each).__name__ for each in sys.meta_path].count('_BrowserFinder'))"
    )
    assert run(tmp_path, ["-c", script], *copies) == "1\n"


def test_python__starts_without_slow_imports(tmp_path: Path) -> None:
    # Each Python of the tests starts with the capture: these would double the time.
    script = "import sys; print({'contextlib', 'importlib.util', 'typing'} & {*sys.modules})"
    assert run(tmp_path, ["-S", "-c", f"import sitecustomize; {script}"]) == "set()\n"


def run(folder: Path, arguments: list[str], *path: str) -> str:
    """Return what a Python prints in which the capture is on."""
    capture = str(CHECKOUT / "action/rehearsal_capture/python_path")
    environ: dict[str, Any] = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        "PYTHONPATH": os.pathsep.join((*path, capture, str(CHECKOUT / "action"))),
        "REHEARSAL_EVIDENCE": str(folder / "evidence"),
    }
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    print(done.stdout)
    return done.stdout
