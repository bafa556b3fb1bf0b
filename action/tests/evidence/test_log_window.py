from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.evidence import log_window
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.log import Log
from rehearsal.evidence.log_window import LogWindow
from rehearsal.outside.folder import Folder
from rehearsal.redaction.redactor import Redactor

REQUESTS = 200


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Evidence(Folder(tmp_path), Redactor()).log("container.log")
    append(log, "Starting\nDeploying 1 of 9\n172.17.0.1 GET / 404 in")
    yield log
    log.close()


def append(log: Log, text: str) -> None:
    log.stream()(text.encode())


@pytest.fixture
def window(log: Log) -> LogWindow:
    window = LogWindow(log)
    window.open()
    append(log, " 5 ms\n")
    return window


def test_lines__since_the_window_was_opened(log: Log, window: LogWindow) -> None:
    append(log, "\x1b[31mone\x1b[0m\ntwo\nhal")
    assert window.lines() == ("172.17.0.1 GET / 404 in 5 ms", "one", "two")
    window.open()
    assert window.lines() == ()
    append(log, "f\nthree\n")
    assert window.lines() == ("half", "three")


def test_lines__of_a_window_that_was_never_opened(log: Log) -> None:
    assert LogWindow(log).lines() == ("Starting", "Deploying 1 of 9")


def test_lines__the_last_ones(log: Log, window: LogWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_window, "TAIL_SIZE", 8)
    append(log, "one\ntwo\nthree\n")
    assert window.lines() == ("o", "three")


def test_lines__without_a_log(log: Log, window: LogWindow) -> None:
    log.folder.unlink(log.name)
    window.open()
    assert window.lines() == ()
    # Nobody knows what the app logs.
    assert not window.is_silent(REQUESTS)


def test_is_silent__not_where_the_file_lacks_the_end_of_the_log(
    log: Log, window: LogWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert window.is_silent(REQUESTS)
    monkeypatch.setattr(log_window, "HEAD_SIZE", log.received - 1)
    assert not window.is_silent(REQUESTS)


# What servers log about each request.
PER_REQUEST = {
    "http.server": '172.17.0.1 - - [22/Nov/2026 18:00:{n:02}] "GET / HTTP/1.1" 404 -\n',
    "uvicorn": 'INFO:     172.17.0.1:{n} - "GET / HTTP/1.1" 404 Not Found\n',
    "morgan": "\x1b[0mGET / \x1b[33m404\x1b[0m {n}.5 ms - 9\x1b[0m\n",
    "JSON": '{{"time":"2026-11-22T18:00:{n}Z","method":"GET","uri":"/","id":"V1StGXR8_{n}"}}\n',
    "Django": "Not Found: /\n",
    "Rails": 'Started GET "/" for 172.17.0.1 at 2026-11-22 18:00:{n}\n  \n'
    'ActionController::RoutingError (No route matches [GET] "/"):\n'
    "Completed 404 Not Found in {n}ms (ActiveRecord: 0.0ms | Allocations: {n}17)\n",
    "a traceback": "Traceback (most recent call last):\n"
    '  File "/src/views.py", line 3, in home\n    shelf[4]\nIndexError: {n}\n',
    "gin": '[GIN] 2026/11/22 - 18:00:{n} | 404 | {n}.5µs | 172.17.0.1 | GET "/"\n',
}


@pytest.mark.parametrize("line", PER_REQUEST.values(), ids=PER_REQUEST)
def test_is_silent__lines_about_requests(line: str, log: Log, window: LogWindow) -> None:
    for number in range(REQUESTS):
        append(log, line.format(n=number))
    assert window.is_silent(REQUESTS)


def test_is_silent__nothing(log: Log, window: LogWindow) -> None:
    assert window.is_silent(REQUESTS)
    append(log, "\n  \n")
    assert window.is_silent(REQUESTS)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param("GET /healthz 200\n" * 2, id="a health check"),
        pytest.param("HEAD /healthz 200\n", id="a health check by HEAD"),
        pytest.param("half a line", id="half a line"),
    ],
)
def test_is_silent__others_ask_too(lines: str, log: Log, window: LogWindow) -> None:
    append(log, lines)
    assert window.is_silent(REQUESTS)


@pytest.mark.parametrize(
    "line",
    [
        "[2026-11-29 00:52:{n} +0000] [{n}] [ERROR] /healthz: no such table: lists_list\n",
        '{{"ts": {n}1732838400.5, "msg": "database is not ready"}}\n',
        "22/Nov/2026 18:00:{n},123 still waiting for the queue\n",
    ],
    ids=["gunicorn", "seconds since 1970", "a date in words"],
)
def test_is_silent__what_was_logged_before(line: str, log: Log, window: LogWindow) -> None:
    """A HEALTHCHECK that fails makes the app log an error every few seconds."""
    append(log, line.format(n=10))
    assert not window.is_silent(REQUESTS)
    window.open()
    append(log, line.format(n=20) + line.format(n=30))
    assert window.is_silent(REQUESTS)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["Deployed shop.war"], id="one line"),
        pytest.param([f"Loading shelf {n} of 9" for n in range(9)], id="a counter"),
        pytest.param(["Still waiting"] * 20, id="a line that repeats slowly"),
        pytest.param(["Deploying 2 of 9"], id="a counter that was logged before"),
        pytest.param(["Applying shop.0001_initial... OK"], id="a migration"),
    ],
)
def test_is_silent__false_if_the_app_works_on(
    lines: list[str], log: Log, window: LogWindow
) -> None:
    for _ in range(REQUESTS):
        append(log, PER_REQUEST["Django"])
    append(log, "\n".join([*lines, ""]))
    assert not window.is_silent(REQUESTS)
    window.open()
    assert window.is_silent(REQUESTS)


def test_is_silent__few_requests(log: Log, window: LogWindow) -> None:
    """Each answer takes seconds: what comes twice may be anything."""
    append(log, "Loading shelf 1\nLoading shelf 2\n")
    assert not window.is_silent(2)


def test_is_silent__false_for_a_flood(
    log: Log, window: LogWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_window, "MAX_SIZE", 50)
    append(log, PER_REQUEST["http.server"] * 3)
    assert not window.is_silent(3)
