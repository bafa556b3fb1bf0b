import json
from typing import Any

import pytest

from rehearsal.results.browser_steps import TraceStep, last_steps
from rehearsal.results.browser_trace import ConsoleLine, FinalPage, PageSnapshot, TraceRequest
from rehearsal.results.trace_reader import MAX_OF_A_KIND, MAX_PAGE, read_trace

HEAD = {"v": 1, "test": "a", "b": 1, "start": 1_000_000}
CLICK = {
    "k": "step",
    "t": 1_002_500,
    "ms": 40,
    "cmd": "click",
    "on": "id=go",
    "at": "t.py:7",
    "b": 1,
}
LOOK = {
    "k": "look", "t": 1_002_600, "until": 1_007_600, "n": 50, "what": ["tag=li", "text of tag=li"],
    "last": "tag=li: no such element", "failed": True, "at": "t.py:8", "b": 1,
}  # fmt: skip


def text(*lines: Any) -> str:
    return "\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines)


def test_read_trace() -> None:
    assert read_trace(text(HEAD, CLICK, LOOK)).steps == (
        TraceStep(
            start=2.5,
            seconds=0.04,
            text="click id=go",
            place="t.py:7",
            command="click",
            element="id=go",
        ),
        TraceStep(
            start=2.6,
            seconds=5.0,
            text="looked for tag=li, text of tag=li (50 times)",
            place="t.py:8",
            error="tag=li: no such element",
            is_look=True,
        ),
    )


def test_read_trace__browsers_in_the_order_of_time() -> None:
    second = {**HEAD, "b": 2, "start": 1_000_000}
    later = {**CLICK, "t": 1_009_000}
    found = read_trace(text(HEAD, later, second, {**CLICK, "b": 2})).steps
    assert [(each.browser, each.start) for each in found] == [(2, 2.5), (1, 9.0)]


def test_read_trace__the_page_when_the_test_failed() -> None:
    failure = {"k": "failure", "b": 1, "t": 3500, "url": "http://x/", "dom": "sha"}
    read = read_trace(text({"v": 1, "b": 1, "start": 1000}, CLICK, failure))
    assert read.final_pages == {1: FinalPage(start=2.5, address="http://x/", page="sha")}


@pytest.mark.parametrize(
    "line",
    [
        "", "{", "[]", "1", "[" * 100_000, {"k": "step"}, {"k": "look", "what": 5, "n": "x"},
        {"k": "step", "t": 1e400, "ms": -5, "cmd": ["x"], "b": True}, {"k": "net"},
        '{"k": "step", "t": NaN, "b": Infinity}', {"v": 1, "start": "now"},
        {"k": "look", "what": [{"x": "y"}] * 1000, "last": "z" * 10_000, "failed": True},
        {"k": "js", "level": [], "text": {}}, {"k": "dom", "sha": 5, "css": "x"}, {"k": ["step"]},
        {"k": "failure", "t": "x", "url": ["x"], "dom": {}},
        {"k": "dom", "sha": "a", "html": "x", "css": [1, None, "b"]}, {"k": "css", "sha": "b"},
        {"k": "net", "status": 1e14, "ms": -1, "url": 7, "failed": ["x"]}, {"v": [], "b": []},
        {"v": 1, "left-out": {"steps": "x", "dom": -1e300}}, {"v": 1, "left-out": [1]},
    ],
    ids=lambda each: str(each)[:30],
)  # fmt: skip
def test_read_trace__whatever_a_test_wrote_there(line: Any) -> None:
    for step in read_trace(text(HEAD, line, CLICK)).steps:
        assert len(step.text) <= 500 + len("looked for ")
        assert len(step.error) <= 500
        assert step.seconds >= 0
        assert step.browser >= 1
    assert read_trace(text(HEAD, line, CLICK)).steps[-1].text


def test_last_steps__not_the_end_of_the_browser() -> None:
    end = {**CLICK, "t": 1_008_000, "cmd": "end the browser", "on": ""}
    steps = read_trace(text(HEAD, CLICK, LOOK, end)).steps
    assert [each.text for each in last_steps(steps, 1)] == [
        "looked for tag=li, text of tag=li (50 times)"
    ]


REQUEST = {
    "k": "net", "b": 1, "t": 1_002_540, "ms": 31, "method": "POST", "url": "http://x/lists/new",
    "status": 500, "type": "document",
}  # fmt: skip


def test_read_trace__requests_console_and_windows() -> None:
    found = read_trace(
        text(
            HEAD,
            REQUEST,
            {**REQUEST, "status": 0, "failed": "net::ERR_FAILED", "type": "evil", "t": 1_000_000},
            {"k": "js", "b": 2, "t": 1_000_500, "level": "error", "text": "TypeError"},
            {"k": "js", "t": 1_000_400, "level": "shouting", "text": "hello"},
            {"k": "window", "b": 1, "t": 1_000_600, "id": "w", "url": "http://x/", "opened": True},
        )
    )
    lost, posted = found.requests
    assert (lost.error, lost.status, lost.kind, lost.start) == ("net::ERR_FAILED", 0, "", 0.0)
    assert posted == TraceRequest(
        start=2.54,
        seconds=0.031,
        method="POST",
        address="http://x/lists/new",
        status=500,
        kind="document",
    )
    assert lost.failed
    assert posted.failed
    assert found.console == (
        ConsoleLine(start=0.4, level="info", text="hello"),
        ConsoleLine(start=0.5, level="error", text="TypeError", browser=2),
        ConsoleLine(start=0.6, level="window", text="a window opened: http://x/"),
    )
    assert found.started == 1000.0
    assert found.seconds == pytest.approx(2.571)


def test_read_trace__pages_and_what_a_step_showed() -> None:
    step = {**CLICK, "url": "http://x/1", "ready": "complete", "dom": "d1", "pic": "trace-3.jpg"}
    found = read_trace(
        text(
            HEAD,
            step,
            {**CLICK, "t": 1_003_000, "pic": "../../../etc/trace-1.jpg"},
            {"k": "dom", "sha": "d1", "html": "<p>", "css": ["c1", 5]},
            {"k": "dom", "sha": "d2", "html": "x" * (MAX_PAGE + 5)},
            {"k": "css", "sha": "c1", "text": "p {}"},
        )
    )
    first, second = found.steps
    assert (first.address, first.ready, first.page) == ("http://x/1", "complete", "d1")
    assert (first.picture, second.picture) == ("trace-3.jpg", "")
    assert found.pages["d1"] == PageSnapshot(html="<p>", styles=("c1",))
    assert found.styles == {"c1": "p {}"}
    assert found.pages["d2"].is_cut
    assert len(found.pages["d2"].html) == MAX_PAGE


def test_read_trace__pages_are_limited_together() -> None:
    pages = [{"k": "dom", "sha": f"d{each}", "html": "x" * MAX_PAGE} for each in range(20)]
    found = read_trace(text(HEAD, *pages))
    assert sum(len(each.html) for each in found.pages.values()) <= 4 << 20
    assert found.pages


def test_read_trace__of_each_kind_only_so_many() -> None:
    assert len(read_trace(text(HEAD, *[REQUEST] * 4000, CLICK)).requests) == MAX_OF_A_KIND
    assert read_trace(text(HEAD, *[REQUEST] * 4000, CLICK)).steps


def test_read_trace__browsers_are_numbered_from_1() -> None:
    """A process numbers those of all its tests."""
    heads = [{**HEAD, "b": 9, "browser": "chrome 142"}, {**HEAD, "b": 12, "browser": "firefox 151"}]
    found = read_trace(text(heads[0], {**CLICK, "b": 9}, heads[1], {**CLICK, "b": 12}))
    assert found.browsers == {1: "chrome 142", 2: "firefox 151"}
    assert [each.browser for each in found.steps] == [1, 2]


def test_read_trace__what_a_look_saw() -> None:
    seen = {**LOOK, "last": "text of id=sum: 0", "failed": False}
    (step,) = read_trace(text(HEAD, seen)).steps
    assert (step.answer, step.error) == ("text of id=sum: 0", "")


@pytest.mark.parametrize("left_out, steps", [(7, 7), ({"steps": 7, "dom": 2}, 7), ({}, None)])
def test_read_trace__what_was_left_out(left_out: Any, steps: int | None) -> None:
    found = read_trace(text({**HEAD, "left-out": left_out}, CLICK))
    assert found.left_out.get("steps") == steps
