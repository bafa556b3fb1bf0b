import time
from pathlib import Path

import pytest

from rehearsal.evidence.app_lines import (
    MAX_LINES,
    _key_line,
    _last_blocks,
    app_lines,
    moment_of_test,
)
from rehearsal.evidence.log_index import LogIndex
from rehearsal.outside.folder import Folder
from rehearsal.results.browser_trace import TraceRequest
from rehearsal.results.evidence_index import LogLine
from rehearsal.results.tests import Span
from rehearsal.results.timed_log import TimedLine
from rehearsal.source.source_tree import SourceTree

from .test_request_of_test import request

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
REQUEST = request("POST 500", start=4.0)
SPAN = Span(start=STARTED, end=STARTED + 9, exact=True)


def logged(
    top: Path,
    *pieces: tuple[float, str],
    asked: TraceRequest | None = REQUEST,
    span: Span | None = None,
) -> tuple[LogLine, ...]:
    """Return the lines of the moment of a request from 4.0 to 4.2 s after its test began."""
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
    moment = moment_of_test(asked, STARTED, span)
    return app_lines(moment, Folder(top / "evidence"), index, source)


def said(top: Path, *pieces: tuple[float, str], path: str = "/lists/new") -> str:
    """Return the line that says most, empty if none does."""
    lines = logged(top, *pieces, asked=request("POST 500", start=4.0, path=path))
    keys = [line.text for line in lines if line.is_key]
    assert len(keys) <= 1
    return "".join(keys)


@pytest.mark.parametrize(
    "text, line",
    [
        (TRACEBACK, "OperationalError: no such table: lists_item (lists/views.py:2)"),
        (OTHERS, "OperationalError: no such table: lists_item"),
        ("Forbidden (CSRF cookie not set.): /lists/new\nPOST /lists/new 403\n",
         "Forbidden (CSRF cookie not set.): /lists/new"),
        ("Not Found: /lists/new\nNot Found: /icon\n", "Not Found: /lists/new"),
        ("the disk cannot be read\nPOST /lists/new 500\n", "the disk cannot be read"),
        ('hello\n"POST /lists/new HTTP/1.1" 500 -\nbye\n', '"POST /lists/new HTTP/1.1" 500 -'),
        ("hello\n", ""),
    ],
    ids=["traceback", "of a library", "refused", "its path", "error", "access log",
         "nothing about it"],
)  # fmt: skip
def test_app_lines__says_the_most(tmp_path: Path, text: str, line: str) -> None:
    found = said(tmp_path, (4.1, text))
    assert found.rpartition("django.db.utils.")[2] == line


PANIC = "thread '' (1) panicked at '', "
HEADER = "Traceback (most recent call last):\n"


@pytest.mark.parametrize(
    "text",
    [
        "a:1\n" * 50_000,
        "".join(f'{HEADER}  File "/a{"/a" * 300}/{n}.py", line 1, in f\nE\n' for n in range(300)),
        "".join(f'{HEADER}  File "/a/b/c/d/e/f/g/{n}.py", line 1, in f\nE\n' for n in range(3000)),
        "".join(f"Caused by: E\n\tat a.b.C.m(F{n}.java:1)\n" for n in range(5000)),
        f"{PANIC * 60}\n" * 50,
        f'{HEADER}  File "/app/lists/views.py", line 1, in f\n' + "    a\n" * 30_000,
    ],
    ids=["lines", "deep paths", "tracebacks", "causes", "panics", "code"],
)
def test_app_lines__of_a_hostile_log_take_little_time(tmp_path: Path, text: str) -> None:
    """Nothing can cancel the search, and up to 50 failed tests have one."""
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists/views.py").write_text("one\n")
    blocks = [text[at : at + 20_000] for at in range(0, len(text), 20_000)]
    lines = [TimedLine(time=0, text=each) for each in blocks]
    began = time.process_time()
    _key_line(
        [each.text for each in _last_blocks(lines)],
        "/lists/new",
        SourceTree(top=tmp_path, directory=tmp_path),
    )
    assert time.process_time() - began < 0.3


def test_app_lines__only_of_that_moment(tmp_path: Path) -> None:
    pieces = ((1.0, TRACEBACK), (4.1, "POST /lists/new 500\n"), (9.0, "an error later\n"))
    assert said(tmp_path, *pieces) == "POST /lists/new 500"


def test_app_lines__not_those_of_the_tests_before_and_after(tmp_path: Path) -> None:
    pieces = ((3.94, "an error before\n"), (4.1, "bye\n"), (4.4, TRACEBACK))
    span = Span(start=STARTED + 3.95, end=STARTED + 4.3, exact=True)
    assert [each.text for each in logged(tmp_path, *pieces, span=span)] == ["bye"]


def test_app_lines__a_path_that_says_nothing(tmp_path: Path) -> None:
    assert said(tmp_path, (4.1, "GET /other 200\n"), path="/") == ""


def test_app_lines__without_a_log(tmp_path: Path) -> None:
    source, folder = SourceTree(top=tmp_path, directory=tmp_path), Folder(tmp_path)
    moment = moment_of_test(REQUEST, STARTED, None)
    assert app_lines(moment, folder, LogIndex(), source) == ()


def test_app_lines__in_the_order_of_the_log_with_the_error_marked(tmp_path: Path) -> None:
    error, _, traceback = TRACEBACK.partition("\n")
    pieces = (
        (3.0, "before\n"), (4.02, "new item\n"), (4.05, f"{error}\n"), (4.06, traceback),
        (4.11, "POST /lists/new 500\n"), (6.0, "after\n"),
    )  # fmt: skip
    lines = logged(tmp_path, *pieces)
    assert [(round(each.start, 2), each.text.rpartition(".")[2]) for each in lines] == [
        (4.02, "new item"), (4.05, error), (4.06, "py:2)"), (4.11, "POST /lists/new 500"),
    ]  # fmt: skip
    assert [each.is_key for each in lines] == [False, False, True, False]


def test_app_lines__of_many_are_those_around_the_error(tmp_path: Path) -> None:
    pieces = [(4.0 + number / 1000, f"line {number}\n") for number in range(100)]
    pieces[50] = (4.05, "an error\n")
    texts = [each.text for each in logged(tmp_path, *pieces)]
    assert texts == ["line 47", "line 48", "line 49", "an error", "line 51", "line 52"]
    assert len(texts) == MAX_LINES


def test_app_lines__of_equal_ones_there_is_one(tmp_path: Path) -> None:
    pieces = [(4.0 + number / 100, f"line {number % 2}\n") for number in range(6)]
    lines = logged(tmp_path, *pieces)
    assert [(each.text, round(each.start, 2)) for each in lines] == [
        ("line 0", 4.0), ("line 1", 4.01),
    ]  # fmt: skip


def test_app_lines__the_key_line_stays_where_an_earlier_one_looks_equal(tmp_path: Path) -> None:
    error = f"ERROR could not save {'x' * 200}"
    pieces = (
        (4.05, f"{error} id=1 {'y' * 300}\n"), (4.08, "new item\n"),
        (4.1, f"{error} id=2 {'y' * 300}\n"), (4.15, "GET /x 500\n"),
    )  # fmt: skip
    lines = logged(tmp_path, *pieces)
    assert [(round(each.start, 2), each.is_key) for each in lines] == [
        (4.08, False), (4.1, True), (4.15, False),
    ]  # fmt: skip


def test_app_lines__without_a_request_are_those_of_the_whole_test(tmp_path: Path) -> None:
    pieces = ((-1.0, "before\n"), (1.0, TRACEBACK), (8.0, "bye\n"), (10.0, "after\n"))
    lines = logged(tmp_path, *pieces, asked=None, span=SPAN)
    assert [each.start for each in lines] == [1.0, 1.0, 8.0]
    assert [each.text for each in lines[::2]] == ["Internal Server Error: /lists/new", "bye"]
    assert "OperationalError" in lines[1].text


def test_app_lines__without_an_error_are_the_last(tmp_path: Path) -> None:
    pieces = [(number / 20, f"line {number}\n") for number in range(100)]
    lines = logged(tmp_path, *pieces, asked=None, span=SPAN)
    assert [each.text for each in lines] == [f"line {number}" for number in range(94, 100)]
    assert not any(each.is_key for each in lines)


@pytest.mark.parametrize("span", [None, Span(start=STARTED, end=STARTED + 9, exact=False)])
def test_app_lines__without_exact_times_there_are_none(tmp_path: Path, span: Span | None) -> None:
    assert logged(tmp_path, (1.0, "an error\n"), asked=None, span=span) == ()
