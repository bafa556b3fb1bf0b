"""Traces like those of rehearsal_capture: of a form that is answered with 500, of any length."""

import json
from collections.abc import Iterator
from typing import Any

from rehearsal.results.evidence_index import FailedTestEvidence, TraceAttempt
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.origin import Origin
from rehearsal.results.tests import Failure
from rehearsal.results.timed_log import TimedLine, TimedLog
from rehearsal.results.trace_reader import read_trace
from rehearsal.results.traced_attempt import SourceExcerpt, TracedAttempt

STARTED = 1_764_504_000_000
HOST = "http://localhost:8888"
STYLE = """
body { font: 16px sans-serif; max-width: 40rem; margin: 3rem auto; color: #222; }
h1 { font-size: 2rem } input { font: inherit; padding: .5rem; width: 100% }
li { padding: .4rem; border-bottom: 1px solid #ddd }
"""
FORM = """<!DOCTYPE html><html lang="en"><head><title>To-Do lists</title></head><body>
<h1>Start a new To-Do list</h1><form method="POST" action="/lists/new">
<input name="text" id="id_text" placeholder="Enter a to-do item"></form></body></html>"""
ERROR = """<!DOCTYPE html><html lang="en"><head><title>Server Error (500)</title></head><body>
<h1>Server Error (500)</h1><p></p></body></html>"""
TRACEBACK = """Traceback (most recent call last):
  File "/app/superlists/lists/views.py", line 31, in new_list
    text = request.POST["texts"]
  File "/venv/lib/python3.12/site-packages/django/utils/datastructures.py", line 86, in __getitem__
    raise MultiValueDictKeyError(repr(key))
django.utils.datastructures.MultiValueDictKeyError: 'texts'"""
PLACE = "functional_tests/test_new_visitor.py"
VIEWS = "superlists/lists/views.py"
APP_LINES = (
    "", "def new_list(request):", '    """Make a list."""', '    text = request.POST["texts"]',
    "    made = List.objects.create()", "    made.items.create(text=text)",
    "    return redirect(made)",
)  # fmt: skip
ORIGIN = Origin(
    repository="owner/app",
    commit="c0ffee0",
    run="https://github.example/owner/app/actions/runs/77",
)


def trace_lines() -> Iterator[dict[str, Any]]:
    """Yield the lines of a short trace."""
    yield {
        "v": 1, "test": "t", "attempt": 1, "pid": 7, "browser": "chrome 142", "b": 1,
        "start": STARTED,
    }  # fmt: skip

    def step(at: int, took: int, words: str, line: int, **more: Any) -> dict[str, Any]:
        return {"k": "step", "b": 1, "t": STARTED + at, "ms": took, "cmd": words,
                "at": f"{PLACE}:{line}"} | more  # fmt: skip

    def look(at: int, until: int, what: list[str], line: int, **more: Any) -> dict[str, Any]:
        return {"k": "look", "b": 1, "t": STARTED + at, "until": STARTED + until, "n": len(what),
                "what": what, "at": f"{PLACE}:{line}"} | more  # fmt: skip

    def request(at: int, took: int, method: str, path: str, **more: Any) -> dict[str, Any]:
        return {"k": "net", "b": 1, "t": STARTED + at, "ms": took, "method": method,
                "url": HOST + path, "status": 200, "type": "document"} | more  # fmt: skip

    form = {"url": f"{HOST}/", "ready": "complete", "dom": "form", "shot": STARTED + 900}
    yield step(12, 610, "start the browser", 18)
    yield step(640, 121, "go to", 24, text=f"{HOST}/", pic="trace-1.jpg", **form)
    yield look(770, 782, ["title", "tag=h1", "text of tag=h1"], 25, last="text of tag=h1: Start")
    yield step(810, 33, "click", 31, on="id=id_text", pic="trace-2.jpg", **form)
    yield step(850, 64, "type", 31, on="id=id_text", text="•••", pic="trace-3.jpg", **form)
    yield step(930, 72, "type", 32, on="id=id_text", text="Enter", pic="trace-4.jpg",
               url=f"{HOST}/lists/new", ready="complete", dom="error")  # fmt: skip
    yield look(
        1010, 6034, ["id=id_list_table"], 38, n=97, failed=True,
        last="id=id_list_table: no such element: Unable to locate element",
    )  # fmt: skip
    yield request(655, 41, "GET", "/")
    yield request(700, 9, "GET", "/static/lists/superlists.css", type="stylesheet")
    yield request(702, 12, "GET", "/favicon.ico", type="image", status=404)
    yield request(961, 38, "POST", "/lists/new", status=500)
    yield {"k": "js", "b": 1, "t": STARTED + 720, "level": "warning",
           "text": f"{HOST}/ 9:3 An input has no label"}  # fmt: skip
    yield {"k": "js", "b": 1, "t": STARTED + 1003, "level": "error",
           "text": f"{HOST}/lists/new - Failed to load resource: 500 (Server Error)"}  # fmt: skip
    yield {"k": "failure", "b": 1, "t": STARTED + 6040, "url": f"{HOST}/lists/new",
           "ready": "complete", "dom": "error"}  # fmt: skip
    yield {"k": "css", "sha": "c", "text": STYLE}
    yield {"k": "dom", "b": 1, "sha": "form", "html": FORM, "css": ["c"]}
    yield {"k": "dom", "b": 1, "sha": "error", "html": ERROR, "css": []}


def long_trace_lines(steps: int, requests: int) -> Iterator[dict[str, Any]]:
    """Yield the lines of a trace with so many steps and requests, half a second a step."""
    yield next(trace_lines())
    for number in range(steps):
        yield {"k": "step", "b": 1, "t": STARTED + 500 * number, "ms": 60, "cmd": "click",
               "on": f"id=item-{number}", "at": f"{PLACE}:{31 + number % 4}",
               "url": f"{HOST}/lists/{number}/", "ready": "complete",
               "error": "stale element reference" * (number == steps - 1)}  # fmt: skip
    for number in range(requests):
        yield {"k": "net", "b": 1, "t": STARTED + 500 * steps * number // requests, "ms": 31,
               "method": "GET", "url": f"{HOST}/static/part-{number}.js?v=3", "type": "script",
               "status": 200}  # fmt: skip


def as_text(lines: Iterator[dict[str, Any]]) -> str:
    """Return the lines as a file has them."""
    return "".join(f"{json.dumps(each)}\n" for each in lines)


def log_of(name: str, *lines: tuple[int, str]) -> TimedLog:
    """Return a log; times in milliseconds since the test began."""
    timed = (TimedLine(time=(STARTED + at) / 1000, text=text) for at, text in lines)
    return TimedLog(name=name, lines=tuple(timed))


def sample(text: str = "", *logs: TimedLog) -> TracedAttempt:
    """Return what a page shows: of the short trace and its logs unless others are given."""
    source = tuple(f"        line {number} of the test" for number in range(27, 36))
    failure = Failure(
        name="functional_tests.test_new_visitor.NewVisitorTest.test_can_start_a_todo_list",
        message="NoSuchElementException: no such element: id=id_list_table",
        trace="Traceback (most recent call last): …",
        evidence_name="new-visitor",
        line=38,
    )
    frame = ProjectFrame(
        file=VIEWS,
        line=31,
        function="new_list",
        error="MultiValueDictKeyError: 'texts'",
        text=TRACEBACK,
    )
    return TracedAttempt(
        test=FailedTestEvidence(
            failure=failure,
            file=PLACE,
            folder="tests/new-visitor",
            frame=frame,
            attempts=(TraceAttempt(number=1, page="trace.html"),),
        ),
        trace=read_trace(text or as_text(trace_lines())),
        logs=logs
        or (
            log_of(
                "container.log",
                (690, '172.17.0.1 - "GET / HTTP/1.1" 200 1043'),
                (701, '172.17.0.1 - "GET /static/lists/superlists.css HTTP/1.1" 200 611'),
                (713, '172.17.0.1 - "GET /favicon.ico HTTP/1.1" 404 179'),
                (985, "Internal Server Error: /lists/new"),
                (985, TRACEBACK),
                (998, '172.17.0.1 - "POST /lists/new HTTP/1.1" 500 145'),
            ),
            log_of("services/postgres.log", (676, "LOG:  duration: 1.204 ms  SELECT 1")),
        ),
        sources={
            f"{PLACE}:31": SourceExcerpt(file=PLACE, line=31, first=27, lines=source),
            f"{PLACE}:38": SourceExcerpt(file=PLACE, line=38, first=34, lines=source),
            f"{VIEWS}:31": SourceExcerpt(file=VIEWS, line=31, first=28, lines=APP_LINES),
        },
        pictures=frozenset(f"trace-{number}.jpg" for number in range(1, 5)),
        page="trace.html",
        origin=ORIGIN,
    )


def long_sample(steps: int = 500, requests: int = 1000, lines: int = 10_000) -> TracedAttempt:
    """Return a long one."""
    text = as_text(long_trace_lines(steps, requests))
    span = 500 * steps
    said = ((span * each // lines, f'10.0.0.1 - "GET /lists/{each}/" 200') for each in range(lines))
    return sample(text, log_of("container.log", *said))
