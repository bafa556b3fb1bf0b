"""Lines of a trace: the first ones and the newest ones are kept."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

_FIRST = 50


class KeptLines:
    """At most `limit` lines, in any threads: the first 50, and the newest."""

    def __init__(self, limit: int) -> None:
        self.left_out = 0
        self._limit = limit
        self._first: list[dict[str, Any]] = []
        self._newest: deque[dict[str, Any]] = deque()
        self._lock = threading.Lock()

    def add(self, line: dict[str, Any]) -> None:
        """Add a line; it may still be changed."""
        with self._lock:
            if len(self._first) < _FIRST:
                self._first.append(line)
                return
            self._newest.append(line)
            if len(self._newest) > self._limit - _FIRST:
                self._newest.popleft()
                self.left_out += 1

    def clear(self) -> None:
        """Drop all lines."""
        with self._lock:
            self._first.clear()
            self._newest.clear()
            self.left_out = 0

    def lines(self) -> list[dict[str, Any]]:
        """Return the lines in their order."""
        with self._lock:
            return [*self._first, *self._newest]
