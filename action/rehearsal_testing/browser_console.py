"""The messages of a browser's console, as lines of text."""

import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from selenium.common.exceptions import UnexpectedAlertPresentException, WebDriverException
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.webdriver import WebDriver
from urllib3.exceptions import HTTPError

from rehearsal_capture.console_lines import END_MARK, chrome_text, console_line, place
from rehearsal_testing.bidi import POLL_SECONDS, prepare_bidi

# Firefox's messages come as events, and may come after the reply to the command that wrote them.
_DELIVERY_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class ConsoleMessage:
    """One message; `milliseconds` since 1970."""

    milliseconds: int
    level: str
    text: str

    def __str__(self) -> str:
        return console_line(self.milliseconds, self.level, self.text)


@dataclass(frozen=True, kw_only=True)
class BrowserConsole:
    """The console messages of one browser since its start."""

    messages: list[ConsoleMessage] = field(default_factory=list)
    fetch_new: Callable[[], Iterable[ConsoleMessage]] = tuple
    problem: str | None = None

    @classmethod
    def connect(cls, driver: WebDriver) -> "BrowserConsole":
        """Receive Firefox's messages by BiDi from now on; fetch those of Chrome in `text`."""
        if driver.capabilities.get("browserName") != "firefox":
            return cls(fetch_new=lambda: _fetch_chrome_messages(driver))
        prepare_bidi(driver)
        messages: list[ConsoleMessage] = []
        console = cls(messages=messages, fetch_new=lambda: _await_delivery(driver, messages))
        try:
            for add_handler in (
                driver.script.add_console_message_handler,
                driver.script.add_javascript_error_handler,
            ):
                add_handler(lambda event: messages.append(_firefox_message(event)))
        except (WebDriverException, HTTPError, OSError) as error:
            # A grid may not support BiDi. The test can run without it.
            return cls(problem=f"The console cannot be read: {error}")
        return console

    def start_again(self) -> None:
        """Drop the messages so far: they belong to another test."""
        list(self.fetch_new())
        self.messages.clear()

    def text(self) -> str:
        """Return one line a message, ordered by time; empty if there are none."""
        self.messages.extend(self.fetch_new())
        lines = [str(each) for each in sorted(self.messages, key=lambda each: each.milliseconds)]
        if self.problem:
            lines.append(self.problem)
        return "".join(f"{line}\n" for line in lines)


def _fetch_chrome_messages(driver: WebDriver) -> list[ConsoleMessage]:
    return [
        ConsoleMessage(
            milliseconds=entry["timestamp"],
            level=entry["level"],
            text=chrome_text(entry["message"]),
        )
        for entry in driver.execute(Command.GET_LOG, {"type": "browser"})["value"]
    ]


def _await_delivery(driver: WebDriver, messages: list[ConsoleMessage]) -> tuple[()]:
    """Wait until what the page wrote so far is in `messages`, at most 2 s; return no more.

    The page writes one message of ours, which arrives after those before it.
    """
    mark = f"{END_MARK}{uuid.uuid4().hex}"
    try:
        driver.execute_script("console.debug(arguments[0])", mark)
    except UnexpectedAlertPresentException:
        # The caller closes the dialog and asks again.
        raise
    except (WebDriverException, HTTPError, OSError):
        # A browser that has crashed writes nothing more.
        return ()
    deadline = time.monotonic() + _DELIVERY_SECONDS
    while time.monotonic() < deadline:
        if arrived := [each for each in messages if each.text.endswith(mark)]:
            messages.remove(arrived[0])
            break
        time.sleep(POLL_SECONDS)
    # Selenium hands over each event in a thread of its own: an earlier one may end later.
    time.sleep(POLL_SECONDS)
    return ()


def _firefox_message(event: Any) -> ConsoleMessage:
    trace = getattr(event, "stack_trace", None) or getattr(event, "stacktrace", None) or {}
    frames = trace.get("callFrames") or [{}]
    url, line, column = (frames[0].get(name, 0) for name in ("url", "lineNumber", "columnNumber"))
    where = place(url, line, column) if url else ""
    return ConsoleMessage(
        milliseconds=event.timestamp, level=event.level.upper(), text=where + event.text
    )
