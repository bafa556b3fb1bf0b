"""Read `trace.jsonl`: what a failed test did in its browsers.

The tests can write this file, too, so nothing in it is trusted: what cannot be read is left out,
texts are cut, and of each kind there is a limit.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from rehearsal.regex import regex
from rehearsal.results.browser_steps import TraceStep
from rehearsal.results.browser_trace import (
    BrowserTrace,
    ConsoleLine,
    FinalPage,
    PageSnapshot,
    TraceRequest,
)

TRACE_FILE = "trace.jsonl"
# Lines of a file; so many of a kind; characters of a text, an address and a page.
MAX_LINES = 20_000
MAX_OF_A_KIND = 2500
MAX_TEXT = 500
MAX_ADDRESS = 2000
MAX_PAGE = 500_000
# Characters of all pages and style sheets.
MAX_PAGES = 4 << 20
MAX_STYLES = 100
MAX_NAMES = 10
# A picture beside the trace.
PICTURE = regex(r"trace(?:-retry\d{1,3})?-\d{1,4}\.jpg", re.ASCII)
LEVELS = ("debug", "info", "warning", "error", "dialog")
KINDS = (
    *("document", "frame", "script", "stylesheet", "image", "xhr", "fetch", "font", "websocket"),
    "other",
)
LEFT_OUT = ("steps", "requests", "console", "pictures", "dom")


def read_trace(text: str) -> BrowserTrace:
    """Return the trace in the text of a file."""
    return _Reader().read(text)


class _Reader:
    """Reads the lines of one file."""

    def __init__(self) -> None:
        self._start = 0.0
        self._attempt = 1
        self._numbers: dict[int, int] = {}
        self._browsers: dict[int, str] = {}
        self._steps: list[TraceStep] = []
        self._requests: list[TraceRequest] = []
        self._console: list[ConsoleLine] = []
        self._pages: dict[str, PageSnapshot] = {}
        self._final_pages: dict[int, FinalPage] = {}
        self._styles: dict[str, str] = {}
        self._left_out: Counter[str] = Counter()
        self._room = MAX_PAGES
        self._test = self._reason = ""
        self._passed = False

    def read(self, text: str) -> BrowserTrace:
        handlers: dict[str, Callable[[dict[str, Any]], None]] = {
            "step": lambda found: self._steps.append(self._step(found)),
            "look": lambda found: self._steps.append(self._look(found)),
            "net": lambda found: self._requests.append(self._request(found)),
            "js": lambda found: self._console.append(self._console_line(found)),
            "window": lambda found: self._console.append(self._window(found)),
            "failure": self._add_final_page,
            "dom": self._add_page,
            "css": self._add_style,
        }
        counts: Counter[str] = Counter()
        for found in _documents(text):
            kind = found.get("k")
            if "v" in found:
                self._read_head(found)
            elif isinstance(kind, str) and kind in handlers:
                counts[kind] += 1
                if counts[kind] <= MAX_OF_A_KIND:
                    handlers[kind](found)
        return BrowserTrace(
            started=self._start / 1000,
            attempt=self._attempt,
            browsers=self._browsers,
            steps=tuple(sorted(self._steps, key=lambda each: each.start)),
            requests=tuple(sorted(self._requests, key=lambda each: each.start)),
            console=tuple(sorted(self._console, key=lambda each: each.start)),
            pages=self._pages,
            final_pages=self._final_pages,
            styles=self._styles,
            left_out=dict(self._left_out),
            test=self._test,
            reason=self._reason,
            passed=self._passed,
        )

    def _read_head(self, found: dict[str, Any]) -> None:
        """All times are given from the start in the first head on."""
        self._start = self._start or _number(found, "start")
        self._attempt = int(_number(found, "attempt")) or self._attempt
        self._browsers[self._browser(found)] = _text(found, "browser")
        self._test = self._test or _text(found, "test")
        self._reason = self._reason or _text(found, "reason")
        self._passed = self._passed or found.get("passed") is True
        left_out = found.get("left-out")
        counts = left_out if isinstance(left_out, dict) else {"steps": left_out}
        for name in LEFT_OUT:
            if count := int(_number(counts, name)):
                self._left_out[name] += count

    def _step(self, found: dict[str, Any]) -> TraceStep:
        words = [_text(found, name) for name in ("cmd", "on", "text")]
        picture = _text(found, "pic")
        return TraceStep(
            start=self._seconds(found),
            seconds=max(0.0, _number(found, "ms") / 1000),
            text=" ".join(filter(None, words)),
            place=_text(found, "at"),
            error=_text(found, "error"),
            browser=self._browser(found),
            command=words[0],
            element=words[1],
            address=_text(found, "url", MAX_ADDRESS),
            ready=_text(found, "ready"),
            page=_text(found, "dom"),
            picture=picture if PICTURE.fullmatch(picture) else "",
        )

    def _look(self, found: dict[str, Any]) -> TraceStep:
        took = _number(found, "until") - _number(found, "t")
        has_failed = found.get("failed") is True
        return TraceStep(
            start=self._seconds(found),
            seconds=max(0.0, took / 1000),
            text=_describe_look(found),
            place=_text(found, "at"),
            error=_text(found, "last") if has_failed else "",
            answer="" if has_failed else _text(found, "last"),
            is_look=True,
            browser=self._browser(found),
        )

    def _request(self, found: dict[str, Any]) -> TraceRequest:
        kind, status = _text(found, "type"), int(_number(found, "status"))
        return TraceRequest(
            start=self._seconds(found),
            seconds=max(0.0, _number(found, "ms") / 1000),
            method=_text(found, "method")[:20],
            address=_text(found, "url", MAX_ADDRESS),
            status=status if 0 < status < 1000 else 0,  # noqa: PLR2004  (three digits)
            kind=kind if kind in KINDS else "",
            error=_text(found, "failed"),
            from_cache=found.get("from_cache") is True,
            browser=self._browser(found),
        )

    def _console_line(self, found: dict[str, Any]) -> ConsoleLine:
        level = _text(found, "level")
        return ConsoleLine(
            start=self._seconds(found),
            level=level if level in LEVELS else "info",
            text=_text(found, "text", MAX_ADDRESS),
            browser=self._browser(found),
        )

    def _window(self, found: dict[str, Any]) -> ConsoleLine:
        address = _text(found, "url", MAX_ADDRESS)
        done = "was closed" if found.get("opened") is False else "opened"
        return ConsoleLine(
            start=self._seconds(found),
            level="window",
            text=f"a window {done}" + (f": {address}" if address else ""),
            browser=self._browser(found),
        )

    def _add_final_page(self, found: dict[str, Any]) -> None:
        self._final_pages[self._browser(found)] = FinalPage(
            start=self._seconds(found),
            address=_text(found, "url", MAX_ADDRESS),
            page=_text(found, "dom"),
        )

    def _add_page(self, found: dict[str, Any]) -> None:
        key, html = _text(found, "sha"), _text(found, "html", MAX_PAGE + 1)
        if key and key not in self._pages and len(html) <= self._room:
            self._room -= len(html)
            styles = found.get("css")
            listed = styles[:MAX_STYLES] if isinstance(styles, list) else []
            self._pages[key] = PageSnapshot(
                html=html[:MAX_PAGE],
                styles=tuple(each[:MAX_TEXT] for each in listed if isinstance(each, str)),
                is_cut=found.get("cut") is True or len(html) > MAX_PAGE,
            )

    def _add_style(self, found: dict[str, Any]) -> None:
        key, text = _text(found, "sha"), _text(found, "text", MAX_PAGE)
        if key and key not in self._styles and len(text) <= self._room:
            self._room -= len(text)
            self._styles[key] = text

    def _browser(self, found: dict[str, Any]) -> int:
        """Return the browser's number in this test, from 1; the file has that in its process."""
        number = int(_number(found, "b")) or 1
        return self._numbers.setdefault(number, len(self._numbers) + 1)

    def _seconds(self, found: dict[str, Any]) -> float:
        return (_number(found, "t") - self._start) / 1000


def _documents(text: str) -> Iterator[dict[str, Any]]:
    for line in text.split("\n", MAX_LINES)[:MAX_LINES]:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            yield found


def _describe_look(found: dict[str, Any]) -> str:
    what = found.get("what")
    listed = what[:MAX_NAMES] if isinstance(what, list) else []
    names = [each[:MAX_TEXT] for each in listed if isinstance(each, str)]
    count = int(_number(found, "n"))
    times = f" ({count} times)" if count > len(names) else ""
    return f"looked for {', '.join(names)}{times}"[:MAX_TEXT]


def _text(found: dict[str, Any], name: str, limit: int = MAX_TEXT) -> str:
    value = found.get(name)
    return value[:limit] if isinstance(value, str) else ""


def _number(found: dict[str, Any], name: str) -> float:
    value = found.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    # A larger number is no time; infinity has no int.
    return float(value) if is_number and abs(value) < 10**15 else 0.0  # type: ignore[arg-type]
