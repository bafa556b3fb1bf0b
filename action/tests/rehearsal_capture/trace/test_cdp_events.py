"""What Chrome 156 sent of a page, less the headers: requests, console, dialogs."""

import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal_capture.trace.cdp_console import CdpConsole
from rehearsal_capture.trace.cdp_requests import CdpRequests

EVENTS = Path(__file__).parent / "cdp_events.jsonl"
FRAME = "42BCEC0DF7CF117DF3AB8D9E16075300"


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    handlers = {**CdpRequests(found.append, FRAME).handlers, **CdpConsole(found.append).handlers}
    for frame in map(json.loads, EVENTS.read_text().splitlines()):
        if frame["method"] in handlers:
            handlers[frame["method"]](frame["params"])
    return found


def test_requests__each_with_its_answer(lines: list[dict[str, Any]]) -> None:
    shown = [
        (each["method"], each["url"].partition("//")[2].partition("/")[2], each["type"],
         each.get("status"), each.get("failed"))
        for each in lines if each["k"] == "net"
    ]  # fmt: skip
    assert shown == [
        ("GET", "?page=1", "document", 200, None),
        ("GET", "s.css", "stylesheet", 200, None),
        ("GET", "api?key=•••", "fetch", None, "net::ERR_UNSAFE_PORT"),
        ("GET", "live", "websocket", None,
         "Error during WebSocket handshake: Unexpected response code: 200"),
        ("GET", "favicon.ico", "other", 200, None),
        ("POST", "new?token=•••", "document", 302, None),
        ("GET", "done", "document", 200, None),
        ("GET", "s.css", "stylesheet", 200, None),
        ("GET", "favicon.ico", "other", 200, None),
    ]  # fmt: skip
    assert all(each["t"] > 10**12 and each["ms"] >= 0 for each in lines if each["k"] == "net")


def test_console__messages_exceptions_and_dialogs(lines: list[dict[str, Any]]) -> None:
    shown = [(each["level"], each["text"]) for each in lines if each["k"] == "js"]
    levels = [level for level, _ in shown]
    assert levels == ["warning", "debug", "error", "error", "debug", "dialog"]
    assert shown[0][1].startswith("careful Object {a: 1} 7 undefined (http://127.0.0.1:")
    assert shown[3][1].startswith("Uncaught Error: boom (http://127.0.0.1:")
    assert shown[3][1].endswith("/?page=1:2)")
    assert "WebSocket connection" in shown[2][1]
    assert shown[5] == ("dialog", "alert: Saved")
    assert "planted" not in json.dumps(lines)


def test_requests__forget_those_that_never_end() -> None:
    found: list[dict[str, Any]] = []
    requests = CdpRequests(found.append, FRAME)
    request = {"url": "http://a/", "method": "GET"}
    for number in range(600):
        event = {"requestId": str(number), "request": request, "wallTime": 1.0, "timestamp": 1.0}
        requests.handlers["Network.requestWillBeSent"](event)
    for number in (0, 599):
        event = {"requestId": str(number), "timestamp": 2.0}
        requests.handlers["Network.loadingFinished"](event)
    assert ("ms" in found[0], found[599]["ms"]) == (False, 1000)


def test_console__hides_what_names_a_secret() -> None:
    found: list[dict[str, Any]] = []
    console = CdpConsole(found.append)
    preview = {"description": "Object", "properties": [{"name": "accessToken", "value": "eyJh"},
                                                       {"name": "page", "value": "2"}]}  # fmt: skip
    for argument in (
        {"type": "object", "preview": preview},
        {"type": "string", "value": "failed: 'wss://h/ws?token=eyJh'"},
    ):
        console.handlers["Runtime.consoleAPICalled"](
            {"type": "log", "args": [argument], "timestamp": 1.0}
        )
    assert [each["text"] for each in found] == [
        "Object {accessToken: •••, page: 2}",
        "failed: 'wss://h/ws?token=•••'",
    ]


@pytest.mark.parametrize(
    "event, kind",
    [
        ({"type": "Document", "frameId": FRAME}, "document"),
        ({"type": "Document"}, "document"),
        ({"type": "Document", "frameId": "6ED5BC49F9CF8FCB2270DF4A72595B43"}, "frame"),
        ({"type": "Fetch", "frameId": "6ED5BC49F9CF8FCB2270DF4A72595B43"}, "fetch"),
    ],
)
def test_requests__the_document_of_a_frame_is_not_the_page(
    event: dict[str, Any], kind: str
) -> None:
    found: list[dict[str, Any]] = []
    request = {"url": "http://a/pay", "method": "GET"}
    event |= {"requestId": "1", "request": request, "wallTime": 1.0, "timestamp": 1.0}
    CdpRequests(found.append, FRAME).handlers["Network.requestWillBeSent"](event)
    assert [each["type"] for each in found] == [kind]
