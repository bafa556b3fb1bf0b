"""What is noted of Firefox: the events are such as Firefox 153 sends."""

import json
import socket
from collections.abc import Iterable
from typing import Any

import pytest

from rehearsal_capture.trace import connection
from rehearsal_capture.trace.bidi_browser import ADDRESS, BidiBrowser
from rehearsal_capture.trace.clock import CLOCK


class Recorded:
    """A WebSocket that says what a browser said, and notes what it was sent."""

    def __init__(self, events: Iterable[tuple[str, dict[str, Any]]]) -> None:
        self.sent: list[str] = []
        self._frames = [json.dumps({"type": "event", "method": method, "params": params})
                        for method, params in events]  # fmt: skip

    def receive(self) -> bytes | None:
        return self._frames.pop(0).encode() if self._frames else None

    def send(self, text: str) -> None:
        message = json.loads(text)
        self.sent += message["params"].get("events", [message["method"]])
        if message["method"] == "session.status":
            # The windows that are open at first come before.
            self._frames.insert(1, json.dumps({"id": message["id"], "result": {}}))

    def close(self) -> None: ...


def window(context: str, user_context: str = "default") -> tuple[str, dict[str, Any]]:
    params = {"context": context, "url": "about:blank", "userContext": user_context, "parent": None}
    return "browsingContext.contextCreated", params


def frame(context: str, parent: str) -> tuple[str, dict[str, Any]]:
    params = {"context": context, "url": "about:blank", "userContext": "default", "parent": parent}
    return "browsingContext.contextCreated", params


def request(number: str, url: str, **more: Any) -> dict[str, Any]:
    """Return the parameters of an event of a request in the window w."""
    found = {"request": number, "url": url, "method": "GET", "destination": "document"}
    return {
        "context": "w",
        "timestamp": 1000,
        **more,
        "request": {**found, **more.get("request", {})},
    }


def lines_of(
    events: list[tuple[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> list[tuple[str, dict[str, Any]]]:
    """Return the lines that a browser adds, with their user contexts."""
    found: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(connection, "WebSocket", lambda *_: Recorded(events))
    browser = BidiBrowser("ws://localhost:1/session/s", lambda *each: found.append(each))
    browser._connection.start()
    browser._connection._thread.join(60)
    return found


@pytest.mark.parametrize(
    "url, is_ours",
    [
        ("ws://127.0.0.1:4711/session/f2a5de09-ac56", True),
        ("ws://localhost:4711/session/s", True),
        ("ws://localhost:4444/session/s/se/bidi", False),
        ("ws://grid.example:4711/session/s", False),
        ("wss://localhost:4711/session/s", False),
    ],
)
def test_address__of_firefox_on_this_machine(url: str, *, is_ours: bool) -> None:
    assert bool(ADDRESS.fullmatch(url)) == is_ours


def test_start__of_a_browser_that_cannot_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    browser = BidiBrowser(f"ws://127.0.0.1:{closed}/session/s", lambda *_: None)
    browser.start()
    browser.wait_for(None, CLOCK.monotonic() + 60)
    assert browser.page(None, None) is None
    browser.close()


def test_windows__that_open_after_the_first_one(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = ("browsingContext.contextDestroyed", {"context": "x"})
    events = [window("w"), window("x"), frame("f", "x"), window("y", "other"), closed]
    found = lines_of(events, monkeypatch)
    assert [(context, line["id"], line["opened"]) for context, line in found] == [
        ("default", "x", True), ("default", "x", False)
    ]  # fmt: skip


def test_console__of_windows_and_their_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    def said(context: str, text: str, **more: Any) -> tuple[str, dict[str, Any]]:
        params = {"type": "console", "level": "warn", "text": text, "timestamp": 1000, **more}
        return "log.entryAdded", {**params, "source": {"realm": "r", "context": context}}

    where = {"callFrames": [{"url": "http://app.test/?token=secret", "lineNumber": 2}]}
    events = [
        window("w", "a"), frame("f", "w"), frame("g", "f"),
        said("w", "one", stackTrace=where), said("g", "two"), said("unknown", "three"),
        said("w", "end of the messages 0123456789abcdef"),
        said("w", "Error: boom", type="javascript", level="error"),
        ("log.entryAdded", {"nonsense": True}),
        ("browsingContext.userPromptOpened", {"context": "w", "type": "alert", "message": "Hi"}),
    ]  # fmt: skip
    found = lines_of(events, monkeypatch)
    assert {context for context, _ in found} == {"a"}
    assert [(line["level"], line["text"]) for _, line in found] == [
        ("warning", "one (http://app.test/?token=•••:3)"),
        ("warning", "two"),
        ("error", "Uncaught Error: boom"),
        ("dialog", "alert: Hi"),
    ]


def test_requests__with_a_redirect_and_one_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {"status": 302, "fromCache": False}
    script = {"destination": "script"}
    fetch = {"destination": "", "initiatorType": "fetch"}
    events = [
        window("w"),
        ("network.beforeRequestSent", request("1", "http://a:b@app.test/new?key=x")),
        ("network.responseCompleted", request("1", "", response=answer, timestamp=1040)),
        ("network.beforeRequestSent", request("1", "http://app.test/done", timestamp=1050)),
        ("network.responseCompleted", request("1", "", response={"status": 200}, timestamp=1060)),
        ("network.beforeRequestSent", request("2", "http://app.test/a.js", request=script)),
        ("network.responseCompleted",
         request("2", "", response={"status": 200, "fromCache": True}, timestamp=999)),
        ("network.beforeRequestSent", request("3", "http://app.test/api", request=fetch)),
        ("network.fetchError", request("3", "", errorText="NS_ERROR_REFUSED", timestamp=1001)),
        ("network.beforeRequestSent", request("4", "data:text/css,")),
        ("network.responseCompleted", request("5", "", response=answer)),
    ]  # fmt: skip
    shown = [line for _, line in lines_of(events, monkeypatch)]
    assert shown == [
        {"k": "net", "t": 1000, "method": "GET", "url": "http://app.test/new?key=•••",
         "type": "document", "status": 302, "ms": 40},
        {"k": "net", "t": 1050, "method": "GET", "url": "http://app.test/done",
         "type": "document", "status": 200, "ms": 10},
        {"k": "net", "t": 1000, "method": "GET", "url": "http://app.test/a.js",
         "type": "script", "status": 200, "from_cache": True, "ms": 0},
        {"k": "net", "t": 1000, "method": "GET", "url": "http://app.test/api", "type": "fetch",
         "failed": "NS_ERROR_REFUSED", "ms": 1},
    ]  # fmt: skip


def test_page__of_a_browser_that_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "WebSocket", lambda *_: Recorded([window("w")]))
    browser = BidiBrowser("ws://localhost:1/session/s", lambda *_: None)
    browser.start()
    browser._connection._thread.join(60)
    assert browser.page("w", None) is None
    assert browser.page(None, None) is None


def test_requests__are_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    socket = Recorded([window("w")])
    monkeypatch.setattr(connection, "WebSocket", lambda *_: socket)
    browser = BidiBrowser("ws://localhost:1/session/s", lambda *_: None)
    browser._connection.start()
    browser._connection._thread.join(60)
    assert not any(each.startswith("network.") for each in socket.sent)
    browser.listen_to_requests(enabled=True)
    browser.listen_to_requests(enabled=True)
    assert len([each for each in socket.sent if each.startswith("network.")]) == 3


@pytest.mark.parametrize("is_late", [False, True])
def test_requests__are_not_listened_to_after_a_retry(*, is_late: bool) -> None:
    answers: list[Any] = []
    sent: list[tuple[str, Any]] = []
    browser = BidiBrowser("ws://localhost:1/session/s", lambda *_: None)

    def send(method: str, params: dict[str, Any], answer: Any = None) -> None:
        sent.append((method, params))
        answers.extend([answer] if answer else [])

    def answer_all() -> None:
        # The last one as an older Firefox does, the one before as one that knows no such event.
        for number, each in enumerate(answers):
            name = {"result": {"subscription": str(number)}}
            results: tuple[dict[str, Any], ...] = (name, {"error": "x"}, {"result": {}})
            each(results[number % 3])

    browser._connection.send = send  # type: ignore[method-assign, assignment]
    browser.listen_to_requests(enabled=True)
    if not is_late:
        answer_all()
    browser.listen_to_requests(enabled=False)
    if is_late:
        answer_all()
    assert [method for method, _ in sent].count("session.subscribe") == 3
    assert sent[3:] == [("session.unsubscribe", {"subscriptions": ["0"]})]
    browser.listen_to_requests(enabled=True)
    assert [method for method, _ in sent].count("session.subscribe") == 6


def test_requests__are_asked_for_before_the_connection_is_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    socket = Recorded([window("w")])
    monkeypatch.setattr(connection, "WebSocket", lambda *_: socket)
    browser = BidiBrowser("ws://localhost:1/session/s", lambda *_: None)
    browser.listen_to_requests(enabled=True)
    browser.start()
    browser.wait_for(None, CLOCK.monotonic() + 60)
    browser._connection._thread.join(60)
    asked = [each for each in socket.sent if each.startswith("network.")]
    assert len(asked) == 3
    # The first step waits for them, too.
    assert socket.sent[-1] == "session.status"
