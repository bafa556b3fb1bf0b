"""The trace of one browser during one test."""

from __future__ import annotations

from typing import Any

from rehearsal_capture.trace.commands import FINDS, IGNORED, act, answer, is_look, look
from rehearsal_capture.trace.hidden import cut, hide_in_error
from rehearsal_capture.trace.kept_lines import KeptLines
from rehearsal_capture.trace.locators import Locators

# How many lines are kept.
_STEPS, _REQUESTS, _CONSOLE = 500, 1000, 500
# A browser that has not shown a page yet, or will show none any more.
_NO_PAGE = (act("newSession", {})[0], act("quit", {})[0])
# How many different lookups of one line are named; all are counted.
_MAX_KINDS = 10
_MAX_ERROR = 500


class SessionTrace:
    """The trace of one browser, as lines of JSON.

    Each step is one line. All lookups between two steps are one line, however often a wait repeats
    them. Times are in milliseconds since 1970. What the browser itself tells comes from another
    thread.
    """

    def __init__(self, number: int, browser: str) -> None:
        self.number = number
        self.browser = browser
        self.started = 0
        self.user_context: str | None = None
        self.window: str | None = None
        self._locators = Locators()
        self._kept = {"steps": KeptLines(_STEPS), "requests": KeptLines(_REQUESTS),
                      "console": KeptLines(_CONSOLE)}  # fmt: skip
        self._looks: dict[str, Any] | None = None
        self._failure: dict[str, Any] | None = None
        self._steps = 0

    def start_test(self, milliseconds: int) -> None:
        """Drop the lines of the previous test, but keep the elements that it found."""
        self.started = milliseconds
        for kept in self._kept.values():
            kept.clear()
        self._looks = self._failure = None
        self._steps = 0

    def left_out(self) -> dict[str, int]:
        """Return how many lines of each kind are left out, without those that are complete."""
        return {name: each.left_out for name, each in self._kept.items() if each.left_out}

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
    ) -> dict[str, Any] | None:
        """Note a command with its answer, or its error; the times are in seconds since 1970.

        Return the line if it is a step.
        """
        if command in IGNORED:
            return None
        error = hide_in_error(cut(error, _MAX_ERROR))
        if command in FINDS and not error:
            self._locators.remember(params, value)
        if is_look(command, params):
            self._note_look(
                command, params, value, error=error, started=started, ended=ended, at=at
            )
            return None
        self._looks = None
        words, text = act(command, params)
        step = {
            "k": "step", "i": self._steps, "t": _milliseconds(started),
            "ms": _milliseconds(ended - started), "cmd": words, "on": self._locators.name(params),
            "text": text, "at": at, "error": error,
        }  # fmt: skip
        self._steps += 1
        step = {name: each for name, each in step.items() if each not in ("", None)}
        self._kept["steps"].add(step)
        return step

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
            self._kept["steps"].add(self._looks)
        looks, on = self._looks, self._locators.name(params)
        what = " of ".join(filter(None, (look(command, params), on)))
        if what not in looks["what"] and len(looks["what"]) < _MAX_KINDS:
            looks["what"].append(what)
        last = error or answer(command, params, value)
        newest = {"n": looks["n"] + 1, "until": _milliseconds(ended), "at": at}
        looks.update(newest, last=f"{what}: {last}" if last else what, failed=bool(error))

    def add(self, user_context: str, line: dict[str, Any]) -> None:
        """Add a request or a message of the console, unless it belongs to another test."""
        if line["t"] >= self.started and self.user_context in (None, user_context):
            self._kept["requests" if line["k"] == "net" else "console"].add(line)

    def last_step(self) -> dict[str, Any] | None:
        """Return the line of the last step after which there may be a page."""
        lines = self._kept["steps"].lines()
        last = next((each for each in reversed(lines) if each["k"] == "step"), None)
        return last if last is not None and last["cmd"] not in _NO_PAGE else None

    def note_failure(self, seconds: float) -> dict[str, Any]:
        """Return the line of the page as it is when a test fails, for others to add to."""
        self._failure = {"k": "failure", "t": _milliseconds(seconds)}
        return self._failure

    def live_lines(self) -> list[dict[str, Any]]:
        """Return the lines themselves: others may still add to them."""
        lines = [line for kept in self._kept.values() for line in kept.lines()]
        return [*lines, self._failure] if self._failure else lines

    def lines(self) -> list[dict[str, Any]]:
        """Return copies of the steps and the lookups, then what the browser told."""
        return [dict(each) for each in self.live_lines()]


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
