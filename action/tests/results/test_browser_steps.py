import json
from typing import Any

import pytest

from rehearsal.results.browser_steps import TraceStep, last_steps, read_trace

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
    assert read_trace(text(HEAD, CLICK, LOOK)) == (
        TraceStep(start=2.5, seconds=0.04, text="click id=go", place="t.py:7"),
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
    found = read_trace(text(HEAD, later, second, {**CLICK, "b": 2}))
    assert [(each.browser, each.start) for each in found] == [(2, 2.5), (1, 9.0)]


@pytest.mark.parametrize(
    "line",
    [
        "", "{", "[]", "1", "[" * 100_000, {"k": "step"}, {"k": "look", "what": 5, "n": "x"},
        {"k": "step", "t": 1e400, "ms": -5, "cmd": ["x"], "b": True}, {"k": "net"},
        '{"k": "step", "t": NaN, "b": Infinity}', {"v": 1, "start": "now"},
        {"k": "look", "what": [{"x": "y"}] * 1000, "last": "z" * 10_000, "failed": True},
    ],
    ids=lambda each: str(each)[:30],
)  # fmt: skip
def test_read_trace__whatever_a_test_wrote_there(line: Any) -> None:
    for step in read_trace(text(HEAD, line, CLICK)):
        assert len(step.text) <= 500 + len("looked for ")
        assert len(step.error) <= 500
        assert step.seconds >= 0
        assert step.browser >= 1
    assert read_trace(text(HEAD, line, CLICK))[-1].text


def test_last_steps__not_the_end_of_the_browser() -> None:
    steps = read_trace(text(HEAD, CLICK, LOOK, {**CLICK, "t": 1_008_000, "cmd": "end the browser",
                                                "on": ""}))  # fmt: skip
    assert [each.text for each in last_steps(steps, 1)] == [
        "looked for tag=li, text of tag=li (50 times)"
    ]
