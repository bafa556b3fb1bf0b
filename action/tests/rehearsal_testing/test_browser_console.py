import time
from threading import Thread
from types import SimpleNamespace
from typing import Any, cast

import pytest
from selenium.common.exceptions import UnexpectedAlertPresentException, WebDriverException

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


class FirefoxDriver(FakeDriver):
    """Deliver what its script writes by events, `delay` seconds after the command's reply."""

    command_executor = "http://grid"
    delay = 0.05
    failure: Exception | None = None
    handler: Any = None

    @property
    def script(self) -> Any:
        return SimpleNamespace(
            add_console_message_handler=self.add_handler,
            add_javascript_error_handler=lambda _handler: None,
        )

    def add_handler(self, handler: Any) -> None:
        self.handler = handler

    def execute_script(self, script: str, *args: Any) -> None:
        assert script == "console.debug(arguments[0])"
        if self.failure:
            raise self.failure

        def deliver() -> None:
            time.sleep(self.delay)
            for number, text in enumerate(["late", *args]):
                self.handler(SimpleNamespace(timestamp=number, level="info", text=text))

        Thread(target=deliver).start()


def test_text__waits_for_messages_that_are_under_way() -> None:
    driver = FirefoxDriver(capabilities={"browserName": "firefox"})
    console = BrowserConsole.connect(cast("Any", driver))
    assert console.text() == "1970-01-01T00:00:00.000Z INFO: late\n"


def test_text__of_a_crashed_browser_is_what_had_arrived() -> None:
    driver = FirefoxDriver(capabilities={"browserName": "firefox"})
    driver.failure = WebDriverException("Failed to decode response from marionette")
    console = BrowserConsole.connect(cast("Any", driver))
    driver.handler(SimpleNamespace(timestamp=0, level="info", text="earlier"))
    assert console.text() == "1970-01-01T00:00:00.000Z INFO: earlier\n"


def test_text__leaves_a_dialog_to_the_caller() -> None:
    driver = FirefoxDriver(capabilities={"browserName": "firefox"})
    driver.failure = UnexpectedAlertPresentException("open", alert_text="Sure?")
    with pytest.raises(UnexpectedAlertPresentException):
        BrowserConsole.connect(cast("Any", driver)).text()


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
