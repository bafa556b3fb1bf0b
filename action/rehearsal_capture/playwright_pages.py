"""The pages of Playwright that are open in a test of pytest, and what they show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from rehearsal_capture.console_lines import place

# In milliseconds.
_TIMEOUT = 10_000


def open_pages(fixtures: dict[str, Any]) -> list[Page]:
    """Return the pages among the values of a test's fixtures, and those of its contexts."""
    found: dict[int, Page] = {}
    for value in fixtures.values():
        for page in _pages_of(value):
            if not page.is_closed():
                found.setdefault(id(page), Page(page))
    return list(found.values())


def _pages_of(value: Any) -> Iterator[Any]:
    kind = type(value)
    if kind.__module__.startswith("playwright.sync_api"):
        if kind.__name__ == "Page":
            yield value
        elif kind.__name__ == "BrowserContext":
            yield from value.pages


class Page:
    """A page of Playwright's synchronous API."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._answers = False

    def forget(self) -> None:
        """Do nothing: a page is not remembered."""

    def limited(self) -> AbstractContextManager[None]:
        """Do nothing: each question has a limit of its own."""
        return nullcontext()

    def close_dialogs(self) -> list[str]:
        """Return no text: Playwright dismisses dialogs that no test expects."""
        return []

    def readers(self) -> dict[str, Callable[[], bytes]]:
        """Return how to read each file of the evidence."""
        readers: dict[str, Callable[[], bytes]] = {
            "address.txt": lambda: f"{self._page.url}\n".encode("utf-8", "replace"),
            "screenshot.png": self._screenshot,
            "page.html": self._content,
        }
        # Playwright 1.56 and newer remember them.
        if hasattr(self._page, "console_messages"):
            readers = {"console.log": self._console, **readers}
        return readers

    def _screenshot(self) -> bytes:
        picture = bytes(self._page.screenshot(timeout=_TIMEOUT))
        self._answers = True
        return picture

    def _content(self) -> bytes:
        # It has no time limit: a page whose script never ends would hold the tests up.
        if not self._answers:
            raise RuntimeError("the page does not answer")
        return str(self._page.content()).encode("utf-8", "replace")

    def _console(self) -> bytes:
        return "".join(map(_line, self._page.console_messages())).encode("utf-8", "replace")


def _line(message: Any) -> str:
    where = message.location or {}
    url = where.get("url")
    at = place(url, where.get("lineNumber", 0), where.get("columnNumber", 0)) if url else ""
    return f"{message.type.upper()}: {at}{message.text}\n"
