from types import SimpleNamespace
from typing import Any, cast

import pytest

from rehearsal_testing.browser_console import BrowserConsole, ConsoleMessage, _firefox_message

from .fakes import FakeDriver

# The browsers count from 0, people from 1.
FRAME = {"url": "http://x/app.js", "lineNumber": 7, "columnNumber": 4}


def message(milliseconds: int, text: str) -> ConsoleMessage:
    return ConsoleMessage(milliseconds=milliseconds, level="INFO", text=text)


def test_text__is_sorted_by_time() -> None:
    # Selenium delivers each message in a thread of its own.
    console = BrowserConsole(messages=[message(2000, "second"), message(1000, "first")])
    assert console.text() == (
        "1970-01-01T00:00:01.000Z INFO: first\n1970-01-01T00:00:02.000Z INFO: second\n"
    )


def test_text__says_that_the_console_cannot_be_read() -> None:
    class DriverWithoutBiDi(FakeDriver):
        command_executor = "http://grid"

        @property
        def script(self) -> Any:
            raise OSError("no way to ws://inside:1234")

    driver = DriverWithoutBiDi(capabilities={"browserName": "firefox"})
    assert BrowserConsole.connect(cast("Any", driver)).text() == (
        "The console cannot be read: no way to ws://inside:1234\n"
    )


@pytest.mark.parametrize(
    "name,frames,expected",
    [
        ("stack_trace", [FRAME], "http://x/app.js:8:5: hi"),
        ("stacktrace", [FRAME], "http://x/app.js:8:5: hi"),
        ("stacktrace", [], "hi"),
    ],
    ids=["console", "error", "no frame"],
)
def test_firefox_message__has_file_and_line(
    name: str, frames: list[dict[str, Any]], expected: str
) -> None:
    event = SimpleNamespace(timestamp=5, level="error", text="hi", **{name: {"callFrames": frames}})
    assert _firefox_message(event) == ConsoleMessage(milliseconds=5, level="ERROR", text=expected)


@pytest.mark.parametrize(
    "message,expected",
    [
        (
            "http://x/app.js 1:5 Uncaught TypeError: x is not a function",
            "http://x/app.js:2:6: Uncaught TypeError: x is not a function",
        ),
        ("http://x/a.css - Failed to load resource", "http://x/a.css - Failed to load resource"),
        ('console-api "at 1:5 it was"', 'console-api "at 1:5 it was"'),
    ],
    ids=["script", "network", "no place"],
)
def test_chrome_messages__have_file_and_line(message: str, expected: str) -> None:
    class Driver(FakeDriver):
        def execute(self, command: str, _params: object = None) -> dict[str, Any]:
            assert command == "getLog"
            return {"value": [{"timestamp": 0, "level": "SEVERE", "message": message}]}

    driver = Driver(capabilities={"browserName": "chrome"})
    text = BrowserConsole.connect(cast("Any", driver)).text()
    assert text == f"1970-01-01T00:00:00.000Z SEVERE: {expected}\n"
