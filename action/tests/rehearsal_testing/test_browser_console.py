from types import SimpleNamespace
from typing import Any, cast

import pytest

from rehearsal_testing.browser_console import Console, Entry, _firefox_entry

from .fakes import FakeDriver


def entry(milliseconds: int, text: str) -> Entry:
    return Entry(milliseconds=milliseconds, level="INFO", text=text)


def test_console__messages_stand_in_the_order_of_their_time() -> None:
    # Selenium hands each one over in a thread of its own.
    console = Console(entries=[entry(2000, "second"), entry(1000, "first")])
    assert console.text() == (
        "1970-01-01T00:00:01.000Z INFO: first\n1970-01-01T00:00:02.000Z INFO: second\n"
    )


def test_console__a_browser_that_cannot_be_listened_to_says_so() -> None:
    class Deaf(FakeDriver):
        command_executor = "http://grid"

        @property
        def script(self) -> Any:
            raise OSError("no way to ws://inside:1234")

    driver = Deaf(capabilities={"browserName": "firefox"})
    assert Console.of(cast("Any", driver)).text() == (
        "The console could not be listened to: no way to ws://inside:1234\n"
    )


@pytest.mark.parametrize(
    "name,frames,expected",
    [
        ("stack_trace", [{"url": "http://x/app.js", "lineNumber": 7}], "http://x/app.js 7: hi"),
        ("stacktrace", [{"url": "http://x/app.js", "lineNumber": 7}], "http://x/app.js 7: hi"),
        ("stacktrace", [], "hi"),
    ],
    ids=["console", "error", "no frame"],
)
def test_console__firefox_messages_say_where_they_come_from(
    name: str, frames: list[dict[str, Any]], expected: str
) -> None:
    event = SimpleNamespace(timestamp=5, level="error", text="hi", **{name: {"callFrames": frames}})
    assert _firefox_entry(event) == Entry(milliseconds=5, level="ERROR", text=expected)
