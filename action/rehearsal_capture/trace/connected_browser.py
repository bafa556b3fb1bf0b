"""What the connections to Chrome and to Firefox have in common: their pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from rehearsal_capture.trace.connection import Connection
from rehearsal_capture.trace.page_looks import PageLooks


class Page(Protocol):
    """A page of a browser."""

    user_context: str
    looks: PageLooks

    def describe_field(
        self, params: dict[str, Any], answer: Callable[[dict[str, Any]], None]
    ) -> bool:
        """Have `answer` called with the node of a command's element; return whether it will be."""


P = TypeVar("P", bound=Page)


class ConnectedBrowser(Generic[P]):
    """A browser and the pages that it tells of; its connection is used from several threads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # By the names of their windows, in the order in which they were opened.
        self._pages: dict[str, P] = {}
        self.start, self.close = connection.start, connection.close
        self.forget = connection.forget

    def page(self, target: str | None, user_context: str | None) -> P | None:
        """Return the page of a window, or the first one of a user context."""
        if target is not None and self._connection.is_alive():
            return self._pages.get(target)
        pages = self._open()
        return next((each for each in pages if user_context in (None, each.user_context)), None)

    def is_looking(self) -> bool:
        """Whether a page has still to answer."""
        return any(each.looks.is_looking() for each in self._open())

    def start_test(self) -> None:
        """Begin again for another test."""
        for page in list(self._pages.values()):
            page.looks.start_test()

    def _open(self) -> list[P]:
        return list(self._pages.values()) if self._connection.is_alive() else []
