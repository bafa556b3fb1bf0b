import json
from typing import Any

import pytest

from rehearsal_capture.trace.locators import ELEMENT
from rehearsal_capture.trace.session_trace import SessionTrace

FIND = {"using": "css selector", "value": '[id="box"]'}
DISPLAYED = {"script": "/* isDisplayed */return (function(){})", "args": []}


def noted(*commands: tuple[str, dict[str, Any], Any], error: str = "") -> list[dict[str, Any]]:
    """Return the lines of commands of which each takes a second."""
    trace = SessionTrace(1, "chrome 1")
    for second, (command, params, value) in enumerate(commands):
        trace.note(
            command, params, value, error=error, started=second, ended=second + 1, at="t.py:1"
        )
    return trace.lines()


def test_note__an_act_has_its_element_and_its_place() -> None:
    found, click = noted(("findElement", FIND, {ELEMENT: "1"}), ("clickElement", {"id": "1"}, None))
    assert (found["k"], found["what"], found["last"]) == ("look", ["id=box"], "id=box: found")
    assert click == {
        "k": "step", "i": 0, "t": 1000, "ms": 1000, "cmd": "click", "on": "id=box", "at": "t.py:1"
    }  # fmt: skip


def test_note__a_wait_is_one_line() -> None:
    wait = [("findElements", FIND, []), ("getTitle", {}, "Lists")] * 50
    (line,) = noted(*wait)
    assert (line["n"], line["t"], line["until"]) == (100, 0, 100_000)
    assert line["what"] == ["id=box", "title"]
    assert line["last"] == "title: Lists"


def test_note__an_act_ends_a_wait() -> None:
    kinds = [each["k"] for each in noted(
        ("getTitle", {}, "a"), ("refresh", {}, None), ("getTitle", {}, "b"), ("getTitle", {}, "c")
    )]  # fmt: skip
    assert kinds == ["look", "step", "look"]


def test_note__an_error_of_a_look_and_of_an_act() -> None:
    (look,) = noted(("findElement", FIND, None), error="no such element: Unable to locate")
    assert (look["failed"], look["last"]) == (True, "id=box: no such element: Unable to locate")
    (step,) = noted(("refresh", {}, None), error="timeout: Navigation timed out")
    assert step["error"] == "timeout: Navigation timed out"
    (step,) = noted(("get", {}, None), error="cannot open http://localhost/?token=s3cret")
    assert "s3cret" not in json.dumps(step)


@pytest.mark.parametrize(
    "command, params, words",
    [
        ("sendKeysToElement", {"id": "1", "text": "s3cret", "value": list("s3cret")}, "type"),
        ("w3cSetAlertValue", {"text": "s3cret"}, "type into dialog"),
        ("addCookie", {"cookie": {"name": "sessionid", "value": "s3cret"}}, "add cookie"),
        ("w3cExecuteScript", {"script": "f(arguments[0])", "args": ["s3cret"]}, "run script"),
        ("get", {"url": "http://a:s3cret@localhost/?token=s3cret"}, "go to"),
        (
            "actions",
            {"actions": [{"type": "key", "actions": [{"type": "keyDown", "value": "s3cret"}]}]},
            "act",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_note__hides_what_is_typed(command: str, params: dict[str, Any], words: str) -> None:
    (line,) = noted((command, params, None))
    assert line["cmd"] == words
    assert "s3cret" not in json.dumps(line)


@pytest.mark.parametrize(
    "command, params, value, last",
    [
        ("getElementAttribute", {"name": "value"}, "s3cret", "attribute"),
        ("getCookies", {}, [{"name": "a", "value": "s3cret"}], "cookies"),
        ("getPageSource", {}, "<p>s3cret", "page source"),
        (
            "getCurrentUrl",
            {},
            "http://localhost/?code=s3cret",
            "address: http://localhost/?code=•••",
        ),
        ("w3cExecuteScript", DISPLAYED, True, "is displayed: True"),
        ("getElementText", {}, " two\n lines ", "text: two lines"),
        ("getElementText", {}, " \n", 'text: ""'),
        ("getTitle", {}, "", 'title: ""'),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_note__what_a_look_found(
    command: str, params: dict[str, Any], value: Any, last: str
) -> None:
    (line,) = noted((command, params, value))
    assert line["last"] == last


def test_note__of_a_long_test_the_first_and_the_newest() -> None:
    trace = SessionTrace(1, "chrome 1")
    for number in range(1000):
        trace.note("refresh", {}, None, started=number, ended=number, at=None)
    numbers = [each["i"] for each in trace.lines()]
    assert numbers == [*range(50), *range(550, 1000)]
    assert trace.left_out() == {"steps": 500}


def test_start_test__keeps_the_elements_alone() -> None:
    trace = SessionTrace(1, "chrome 1")
    trace.note("findElement", FIND, {ELEMENT: "1"}, started=0, ended=0, at=None)
    trace.start_test(0)
    assert trace.lines() == []
    trace.note("clickElement", {"id": "1"}, None, started=0, ended=0, at=None)
    (step,) = trace.lines()
    assert (step["i"], step["on"]) == (0, "id=box")


@pytest.mark.parametrize(
    "commands, last",
    [
        ((), None),
        (("newSession",), None),
        (("newSession", "get", "getTitle"), "go to"),
        (("get", "quit"), None),
    ],
)
def test_last_step__after_which_there_may_be_a_page(
    commands: tuple[str, ...], last: str | None
) -> None:
    trace = SessionTrace(1, "chrome 1")
    for each in commands:
        trace.note(each, {}, None, started=0, ended=1, at=None)
    step = trace.last_step()
    assert (step and step["cmd"]) == last
