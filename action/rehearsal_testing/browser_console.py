"""What a browser's console said, as lines of text."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver
from urllib3.exceptions import HTTPError

# Selenium's own 0.1 s between two looks for an answer would double the price of every test.
_WEBSOCKET_POLL_SECONDS = 0.01


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One message; `milliseconds` since 1970."""

    milliseconds: int
    level: str
    text: str

    def __str__(self) -> str:
        when = datetime.fromtimestamp(self.milliseconds / 1000, UTC)
        return f"{when:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + f"Z {self.level}: {self.text}"


@dataclass(frozen=True, kw_only=True)
class Console:
    """The console of one browser, from its start on."""

    entries: list[Entry] = field(default_factory=list)
    pull: Callable[[], Iterable[Entry]] = tuple
    problem: str | None = None

    @classmethod
    def of(cls, driver: WebDriver) -> "Console":
        """Listen to `driver`: Firefox tells by BiDi, Chrome is asked when needed."""
        if driver.capabilities.get("browserName") != "firefox":
            return cls(pull=lambda: _chrome_entries(driver))
        # It logs each connection, and each browser's end as an error, into the app's own log.
        logging.getLogger("websocket").setLevel(logging.CRITICAL)
        console = cls()
        try:
            if isinstance(driver.command_executor, RemoteConnection):
                driver.command_executor.client_config.websocket_interval = _WEBSOCKET_POLL_SECONDS
            for listen in (
                driver.script.add_console_message_handler,
                driver.script.add_javascript_error_handler,
            ):
                listen(lambda event: console.entries.append(_firefox_entry(event)))
        except (WebDriverException, HTTPError, OSError) as error:
            # A grid may not pass BiDi on. The test can run all the same.
            return cls(problem=f"The console could not be listened to: {error}")
        return console

    def text(self) -> str:
        """Return one line a message, in the order they came; empty when there was none."""
        self.entries.extend(self.pull())
        entries = sorted(self.entries, key=lambda entry: entry.milliseconds)
        lines = [str(entry) for entry in entries]
        if self.problem:
            lines.append(self.problem)
        return "".join(f"{line}\n" for line in lines)


def _chrome_entries(driver: WebDriver) -> list[Entry]:
    return [
        Entry(
            milliseconds=entry["timestamp"],
            level=entry["level"],
            text=entry["message"],
        )
        for entry in driver.execute(Command.GET_LOG, {"type": "browser"})["value"]
    ]


def _firefox_entry(event: Any) -> Entry:
    trace = getattr(event, "stack_trace", None) or getattr(event, "stacktrace", None) or {}
    frames = trace.get("callFrames") or [{}]
    source = frames[0].get("url")
    where = f"{source} {frames[0].get('lineNumber')}: " if source else ""
    return Entry(milliseconds=event.timestamp, level=event.level.upper(), text=where + event.text)
