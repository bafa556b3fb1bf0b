from pathlib import Path

import pytest

from rehearsal.evidence.log_index import LogIndex
from rehearsal.evidence.request_of_test import app_line, request_of_test
from rehearsal.outside.folder import Folder
from rehearsal.results.browser_trace import BrowserTrace, TraceRequest
from rehearsal.source.source_tree import SourceTree

STARTED = 1000.0
TRACEBACK = """\
Internal Server Error: /lists/new
Traceback (most recent call last):
  File "/app/lists/views.py", line 2, in new
    item = Item.objects.create(text=text)
  File "/usr/lib/python3/site-packages/django/db/models.py", line 9, in create
    raise OperationalError("no such table: lists_item")
django.db.utils.OperationalError: no such table: lists_item
"""
OTHERS = TRACEBACK.replace("/app/lists", "/usr/lib/python3/site-packages/other")


def request(what: str, start: float = 0.0, **changes: str) -> TraceRequest:
    """Make a request from a text like `POST 500`, or `GET net::ERR_FAILED`."""
    method, outcome = what.split()
    status = int(outcome) if outcome.isdigit() else 0
    return TraceRequest(
        start=start,
        seconds=0.2,
        method=method,
        address=f"http://localhost:1{changes.get('path', '/lists/new')}",
        status=status,
        error="" if status else outcome,
        kind=changes.get("kind", "document"),
    )


@pytest.mark.parametrize(
    "requests, chosen",
    [
        ([], None),
        ([request("GET 200"), request("GET 304")], None),
        ([request("POST 302"), request("GET 200")], 0),
        ([request("POST 302"), request("POST 200"), request("GET 200")], 1),
        ([request("POST 500"), request("POST 302")], 0),
        ([request("GET 500", kind="xhr"), request("GET 404")], 0),
        ([request("GET 500", kind="frame"), request("GET 404")], 0),
        ([request("GET net::ERR_CONNECTION_REFUSED"), request("POST 302")], 0),
        ([request("POST net::ERR_ABORTED"), request("GET 200")], None),
        ([request("GET 404"), request("POST 302")], 1),
        ([request("POST 302"), request("GET 404", kind="stylesheet")], 0),
        ([request("GET 200"), request("GET 404", kind="script")], 1),
        ([request("GET 404", kind="image"), request("GET 404", kind="other")], None),
        ([request("POST 403", kind="fetch"), request("GET 404", kind="image")], 0),
    ],
    ids=["none", "reads", "a change", "last change", "500 before a change", "500 of a script",
         "500 of a frame", "no answer", "ended by the browser", "refused before a change",
         "change before a part", "a part is missing", "icon", "refused"],
)  # fmt: skip
def test_request_of_test(requests: list[TraceRequest], chosen: int | None) -> None:
    found = request_of_test(BrowserTrace(requests=tuple(requests)))
    assert found is (None if chosen is None else requests[chosen])


def said(top: Path, *pieces: tuple[float, str], path: str = "/lists/new") -> str:
    """Return the line for a request from 4.0 to 4.2 s after the start of its test."""
    index, data = LogIndex(), b""
    for when, text in pieces:
        index.times.append(STARTED + when)
        index.starts.append(len(data))
        data += text.encode()
        index.ends.append(len(data))
        index.streams.append(ord("o"))
    (top / "evidence").mkdir()
    (top / "evidence/container.log").write_bytes(data)
    (top / "lists").mkdir()
    (top / "lists/views.py").write_text("def new(request):\n    item = 1\n")
    source = SourceTree(top=top, directory=top)
    asked = request("POST 500", start=4.0, path=path)
    return app_line(asked, STARTED, Folder(top / "evidence"), index, source)


@pytest.mark.parametrize(
    "text, line",
    [
        (TRACEBACK, "OperationalError: no such table: lists_item (lists/views.py:2)"),
        (OTHERS, "OperationalError: no such table: lists_item"),
        ("Forbidden (CSRF cookie not set.): /lists/new\nPOST /lists/new 403\n",
         "Forbidden (CSRF cookie not set.): /lists/new"),
        ("the disk cannot be read\nPOST /lists/new 500\n", "the disk cannot be read"),
        ('hello\n"POST /lists/new HTTP/1.1" 500 -\nbye\n', '"POST /lists/new HTTP/1.1" 500 -'),
        ("hello\n", ""),
    ],
    ids=["traceback", "of a library", "refused", "error", "access log", "nothing about it"],
)  # fmt: skip
def test_app_line__says_the_most(tmp_path: Path, text: str, line: str) -> None:
    found = said(tmp_path, (4.1, text))
    assert found.rpartition("django.db.utils.")[2] == line


def test_app_line__only_of_that_moment(tmp_path: Path) -> None:
    pieces = ((1.0, TRACEBACK), (4.1, "POST /lists/new 500\n"), (9.0, "an error later\n"))
    assert said(tmp_path, *pieces) == "POST /lists/new 500"


def test_app_line__a_path_that_says_nothing(tmp_path: Path) -> None:
    assert said(tmp_path, (4.1, "GET /other 200\n"), path="/") == ""


def test_app_line__without_a_log(tmp_path: Path) -> None:
    source = SourceTree(top=tmp_path, directory=tmp_path)
    folder = Folder(tmp_path)
    assert app_line(request("POST 500"), STARTED, folder, LogIndex(), source) == ""
