import http.server
import json
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from rehearsal_capture.trace import cdp_address, cdp_browser, connection
from rehearsal_capture.trace.cdp_browser import CdpBrowser
from rehearsal_capture.trace.clock import CLOCK

# What Chrome 156 said of its windows: one is open at first, a link opens another, which the test
# closes, and then it opens a tab and goes somewhere.
TARGETS = Path(__file__).parent / "cdp_targets.jsonl"


def add(_context: str, _line: dict[str, Any]) -> None:
    raise AssertionError


@pytest.mark.parametrize("address", ["localhost:{}", "127.0.0.1:{}", "nonsense", ""])
def test_start__of_a_browser_that_cannot_be_reached(address: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    browser = CdpBrowser(address.format(closed), "1.0", add)
    browser.start()
    browser.wait_for(None, CLOCK.monotonic() + 60)
    assert browser.page(None, None) is None
    assert not browser.is_looking()
    browser.close()


@pytest.mark.parametrize("address", ["192.0.2.1:9222", "grid.example:9222", "0.0.0.0:9222"])
def test_start__connects_to_no_other_machine(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: object, **__: object) -> None:
        pytest.fail("it connects")

    monkeypatch.setattr(cdp_address, "HTTPConnection", connect)
    browser = CdpBrowser(address, "1.0", add)
    browser.start()
    browser.wait_for(None, CLOCK.monotonic() + 60)
    browser.close()


@pytest.mark.parametrize(
    "written, is_found",
    [("{}\n/devtools/browser/own", True), ("{}\n/devtools/browser/other", False), (None, True),
     ("1\n/devtools/browser/other", True)],
    ids=["own", "another on its port", "no file", "an old file"],
)  # fmt: skip
def test_start__connects_to_the_browser_of_the_profile(
    tmp_path: Path, written: str | None, is_found: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Version(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = "ws://localhost/devtools/browser/own"
            body = json.dumps({"Browser": "Chrome/156.0", "webSocketDebuggerUrl": url}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    opened: list[str] = []

    def connect(url: str, _timeout: float) -> Recorded:
        opened.append(url)
        return Recorded([])

    monkeypatch.setattr(connection, "WebSocket", connect)
    with http.server.HTTPServer(("127.0.0.1", 0), Version) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        port = server.server_port
        if written is not None:
            (tmp_path / "DevToolsActivePort").write_text(written.format(port))
        browser = CdpBrowser(f"127.0.0.1:{port}", "156.0", add, str(tmp_path))
        browser.start()
        browser.wait_for(None, CLOCK.monotonic() + 60)
    assert opened == ([f"ws://127.0.0.1:{port}/devtools/browser/own"] if is_found else [])


class Recorded:
    """A WebSocket that says what a browser said."""

    def __init__(self, frames: list[str]) -> None:
        self._frames = iter([*frames])

    def receive(self) -> bytes | None:
        return next((frame.encode() for frame in self._frames), None)

    def send(self, _text: str) -> None: ...

    def close(self) -> None: ...


def lines_of(frames: list[str], monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Return the lines that a browser adds, with their user contexts."""
    found: list[tuple[str, Any]] = []
    monkeypatch.setattr(connection, "WebSocket", lambda *_: Recorded(frames))
    monkeypatch.setattr(cdp_browser, "find_websocket", lambda *_: "ws://localhost:1/")
    browser = CdpBrowser("localhost:1", "156", lambda *each: found.append(each))
    browser.start()
    browser.wait_for(None, CLOCK.monotonic() + 60)
    return found


def test_windows__that_open_after_the_first_one(monkeypatch: pytest.MonkeyPatch) -> None:
    found = lines_of(TARGETS.read_text().splitlines(), monkeypatch)
    assert {context for context, _ in found} == {"CE961CEFED9A1947500DFBC2AC658EDB"}
    lines = [line for _, line in found]
    assert {(each["k"], each["t"] > 10**12) for each in lines} == {("window", True)}
    shown = [(each["id"][:4], each["url"].rpartition("/")[2], each["opened"]) for each in lines]
    assert shown == [
        ("DB5A", "terms?token=•••", True),
        ("DB5A", "terms?token=•••", False),
        ("5113", "second", True),
    ]


def test_windows__the_first_one_of_a_user_context_is_no_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def created(target: str, context: str, **more: str) -> str:
        info = {"targetId": target, "type": "page", "url": "", "browserContextId": context, **more}
        return json.dumps({"method": "Target.targetCreated", "params": {"targetInfo": info}})

    frames = [
        created("a", "A"), created("b", "A"), '{"id": 1, "result": {}}', created("c", "C"),
        created("d", "C", subtype="prerender"), created("e", "C"),
        '{"method": "Target.targetDestroyed", "params": {"targetId": "b"}}',
    ]  # fmt: skip
    found = lines_of(frames, monkeypatch)
    assert [(context, line["id"], line["url"]) for context, line in found] == [("C", "e", "")]
