"""The steps of one browser during one test."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from rehearsal_capture.trace.commands import FINDS, IGNORED, act, answer, is_look, look
from rehearsal_capture.trace.hidden import hide_in_error
from rehearsal_capture.trace.locators import Locators

# How many lines are kept: the first ones, and the newest ones.
_FIRST, _NEWEST = 50, 450
# How many different lookups of one line are named; all are counted.
_MAX_KINDS = 10
_MAX_ERROR = 500


class SessionTrace:
    """The trace of one browser, as lines of JSON.

    Each step is one line. All lookups between two steps are one line, however often a wait repeats
    them. Times are in milliseconds since 1970.
    """

    def __init__(self, number: int, browser: str) -> None:
        self.number = number
        self.browser = browser
        self.left_out = 0
        self._locators = Locators()
        self._first: list[dict[str, Any]] = []
        self._newest: deque[dict[str, Any]] = deque()
        self._looks: dict[str, Any] | None = None
        self._steps = 0

    def start_test(self) -> None:
        """Drop the steps of the previous test, but keep the elements that it found."""
        self._first.clear()
        self._newest.clear()
        self._looks = None
        self._steps = self.left_out = 0

    def note(
        self,
        command: str,
        params: dict[str, Any],
        value: Any,
        *,
        error: str = "",
        started: float,
        ended: float,
        at: str | None,
    ) -> None:
        """Note a command with its answer, or its error; the times are in seconds since 1970."""
        if command in IGNORED:
            return
        error = hide_in_error(error[:_MAX_ERROR])
        if command in FINDS and not error:
            self._locators.remember(params, value)
        if is_look(command, params):
            self._note_look(
                command, params, value, error=error, started=started, ended=ended, at=at
            )
            return
        self._looks = None
        words, text = act(command, params)
        step = {
            "k": "step", "i": self._steps, "t": _milliseconds(started),
            "ms": _milliseconds(ended - started), "cmd": words, "on": self._locators.name(params),
            "text": text, "at": at, "error": error,
        }  # fmt: skip
        self._steps += 1
        self._add({name: each for name, each in step.items() if each not in ("", None)})

    def _note_look(
        self,
        command: str,
        params: dict[str, Any],
        value: Any,
        *,
        error: str,
        started: float,
        ended: float,
        at: str | None,
    ) -> None:
        if self._looks is None:
            self._looks = {"k": "look", "t": _milliseconds(started), "n": 0, "what": []}
            self._add(self._looks)
        looks, on = self._looks, self._locators.name(params)
        what = " of ".join(filter(None, (look(command, params), on)))
        if what not in looks["what"] and len(looks["what"]) < _MAX_KINDS:
            looks["what"].append(what)
        last = error or answer(command, params, value)
        newest = {"n": looks["n"] + 1, "until": _milliseconds(ended), "at": at}
        looks.update(newest, last=f"{what}: {last}" if last else what, failed=bool(error))

    def _add(self, line: dict[str, Any]) -> None:
        if len(self._first) < _FIRST:
            self._first.append(line)
            return
        self._newest.append(line)
        if len(self._newest) > _NEWEST:
            self._newest.popleft()
            self.left_out += 1

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield the steps and the lookups in their order."""
        yield from self._first
        yield from list(self._newest)


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
