"""Record what all browsers of this process do during a test."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rehearsal_capture.trace.attempts import attempt_suffix, next_attempt
from rehearsal_capture.trace.browser_trace import BrowserTrace
from rehearsal_capture.trace.clock import CLOCK
from rehearsal_capture.trace.commands import is_step
from rehearsal_capture.trace.hidden import cut, hide_in_error
from rehearsal_capture.trace.pages import Pages
from rehearsal_capture.trace.places import calling_place
from rehearsal_capture.trace.replies import read_reply
from rehearsal_capture.trace.trace_file import write_trace

VERSION = 1
# `retry` records only retries, `off` nothing; any other value records always. With `always` the
# traces of passed tests are written, too.
_MODE = "REHEARSAL_TRACE"
_MAX_SESSIONS = 20
# In characters.
_MAX_REASON = 500
# In seconds: how long the writer waits for what the browsers still have to tell.
_SETTLE = 5.0


class Recorder:
    """Records the commands of each Selenium session during the current attempt of a test."""

    def __init__(self) -> None:
        self._sessions: dict[str, BrowserTrace] = {}
        self._pages = Pages()
        self._process = os.getpid()
        self._started = CLOCK.time()
        self._attempt = 1
        self._is_numbered = False
        # Of each thread: a browser may start in another one while the test goes on.
        self._pause = threading.local()
        self._lock = threading.Lock()
        # Whether the running attempt has left a trace, or would have if it had done anything.
        self.is_written = False

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Record nothing of this thread in this context: reading the evidence sends commands."""
        before, self._pause.is_on = self._is_paused(), True
        try:
            yield
        finally:
            self._pause.is_on = before

    def _is_paused(self) -> bool:
        return bool(getattr(self._pause, "is_on", False))

    def start_attempt(self, number: int) -> None:
        """Start an attempt of a test whose number is known; it is 1 for the first one."""
        self._begin(number)
        self._is_numbered = True

    def start_test(self, folder: Path) -> None:
        """Start an attempt, unless `start_attempt` has; `folder` has what earlier ones left."""
        if not self._is_numbered:
            self._begin(next_attempt(folder))

    def _begin(self, attempt: int) -> None:
        """Drop what was recorded."""
        self._attempt, self._is_numbered, self.is_written = attempt, False, False
        self._started = CLOCK.time()
        self._pages.clear()
        for session in list(self._sessions.values()):
            session.start_test(self._started)

    @property
    def suffix(self) -> str:
        """What the names of this attempt's files have before the dot."""
        return attempt_suffix(self._attempt)

    def is_on(self) -> bool:
        """Whether commands are recorded now."""
        return self._is_wanted() and not self._is_paused()

    def _is_wanted(self) -> bool:
        mode = os.environ.get(_MODE, "")
        return mode != "off" and (mode != "retry" or self._attempt > 1)

    def _is_for_all(self) -> bool:
        """Whether the traces of tests that pass are wanted, too."""
        return os.environ.get(_MODE, "") == "always"

    def look_last(self, session: str | None) -> None:
        """Keep what the last step of a session led to, if the traces of all tests are wanted.

        For a browser or a user context that is about to end.
        """
        if session in self._sessions and self._is_for_all():
            self._sessions[session].look_last(self._pages)

    def look_at_failure(self, session: str | None) -> None:
        """Keep what a session shows of which the test is about to fail, before it ends."""
        if session in self._sessions and self.is_on():
            self._sessions[session].look_at_failure(self._pages)

    def end_test(self, name: Callable[[], str], folder: Callable[[str], Path]) -> None:
        """End an attempt; write its trace if it has passed, and the traces of all tests are wanted.

        `name` returns the name of the test, `folder` its folder. Raises OSError.
        """
        try:
            if self._is_for_all() and self.is_on() and not self.is_written:
                for session in list(self._sessions):
                    self.look_last(session)
                self.write(folder(name()), name(), passed=True)
        finally:
            self._begin(1)

    def use_context(self, session: str | None, user_context: str) -> None:
        """Of a browser that tests share, record only the pages of this user context from now on."""
        if session in self._sessions:
            self._sessions[session].trace.user_context = user_context

    def before(self, command: str, params: dict[str, Any], session: str | None) -> None:
        """Prepare to record a command that is about to be sent."""
        if session in self._sessions and self.is_on():
            if command == "quit":
                self.look_last(session)
            if is_step(command, params):
                self._sessions[session].await_window(command)
            if command == "sendKeysToElement":
                self._sessions[session].ask_field(params)

    def note(
        self, command: str, params: dict[str, Any], session: str | None, reply: Any, started: float
    ) -> None:
        """Record one command; `reply` is what the driver answered, or the exception of sending.

        `started` is in seconds since 1970.
        """
        if not session or os.environ.get(_MODE, "") == "off":
            return
        value, error = read_reply(reply)
        browser = self._browser(session, value if command == "newSession" else None)
        if not error:
            browser.follow_windows(command, params)
        if self._is_wanted():
            browser.listen(is_retry=self._attempt > 1)
        if self.is_on():
            step = browser.trace.note(
                command, params, value, error=error, started=started, ended=CLOCK.time(),
                at=calling_place(),
            )  # fmt: skip
            if step is not None:
                if command == "sendKeysToElement" and not error:
                    browser.show_typed(params, step)
                without_limit = self._attempt > 1 or self._is_for_all()
                browser.look(command, step, self._pages, is_retry=without_limit)

    def start_process(self) -> None:
        """Begin anew in a fork: the browsers of its parent are not its own.

        Another thread of the parent may have held a lock when it forked, so nothing of it is used.
        """
        for each in self._sessions.values():
            each.forget()
        self._sessions, self._process, self._pages = {}, os.getpid(), Pages()
        self._lock = threading.Lock()

    def _browser(self, session: str, opened: Any) -> BrowserTrace:
        if self._process != os.getpid():
            self.start_process()
        with self._lock:
            if session not in self._sessions:
                while len(self._sessions) >= _MAX_SESSIONS:
                    self._sessions.pop(next(iter(self._sessions))).close()
                numbers = (each.trace.number for each in self._sessions.values())
                capabilities = (opened or {}).get("capabilities") or opened or {}
                browser = BrowserTrace(1 + max(numbers, default=0), capabilities, self._started)
            else:
                browser = self._sessions.pop(session)
            # The one that was used last stands last: that of all tests outlives those of one.
            self._sessions[session] = browser
            return browser

    def write(
        self,
        folder: Path,
        test: str,
        *,
        error: BaseException | None = None,
        passed: bool = False,
    ) -> None:
        """Write the trace of the running attempt, unless its browsers did nothing. Raises OSError.

        A second failure in the same attempt writes it again, with what has happened since. `error`
        is why the attempt failed.
        """
        self.is_written = True
        with self._lock:
            browsers = sorted(self._sessions.values(), key=lambda each: each.trace.number)
        deadline = CLOCK.monotonic() + _SETTLE
        for browser in browsers:
            if error is not None and self.is_on():
                browser.look_at_failure(self._pages)
            browser.settle(deadline)
        head = {"v": VERSION, "test": test, "attempt": self._attempt, "pid": os.getpid(),
                "start": round(self._started * 1000), **_outcome(error, passed)}  # fmt: skip
        traces = [each.trace for each in browsers]
        write_trace(folder, self.suffix, head, traces, self._pages)


def _outcome(error: BaseException | None, passed: bool) -> dict[str, Any]:
    """Return what the first line says of how the attempt ended."""
    if error is not None:
        words = " ".join(f"{type(error).__name__}: {_text(error)}".partition("\n")[0].split())
        return {"reason": cut(hide_in_error(words), _MAX_REASON)}
    return {"passed": True} if passed else {}


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  (an exception of the project, which has a fault itself)
        return ""


RECORDER = Recorder()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=RECORDER.start_process)
