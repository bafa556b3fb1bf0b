"""Record the traces of all browsers of this process, and write `trace.jsonl` of a failed test."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rehearsal_capture.trace.places import calling_place
from rehearsal_capture.trace.session_trace import SessionTrace

VERSION = 1
FILE = "trace.jsonl"
# `retry` records only retries, `off` nothing; any other value records always.
_MODE = "REHEARSAL_TRACE"
_MAX_SESSIONS = 20


class Recorder:
    """Records the commands of each Selenium session during the current attempt of a test."""

    def __init__(self) -> None:
        self._sessions: dict[str, SessionTrace] = {}
        self._process = os.getpid()
        self._started = time.time()
        self._attempt = 1
        self._is_paused = False

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Record nothing in this context: reading the evidence sends commands, too."""
        before, self._is_paused = self._is_paused, True
        try:
            yield
        finally:
            self._is_paused = before

    def start_attempt(self, number: int) -> None:
        """Start an attempt of a test; `number` is 1 for the first one."""
        self._attempt = number
        self.start_test()

    def start_test(self) -> None:
        """Drop what was recorded, because another test or attempt starts."""
        self._started = time.time()
        for session in list(self._sessions.values()):
            session.start_test()

    def is_on(self) -> bool:
        """Whether commands are recorded now."""
        mode = os.environ.get(_MODE, "")
        return not self._is_paused and mode != "off" and (mode != "retry" or self._attempt > 1)

    def note(
        self, command: str, params: dict[str, Any], session: str | None, reply: Any, started: float
    ) -> None:
        """Record one command; `reply` is what the driver answered, or the exception of sending.

        `started` is in seconds since 1970.
        """
        if not session or not self.is_on():
            return
        value, error = _read_reply(reply)
        self._trace_of(session, value if command == "newSession" else None).note(
            command, params, value, error=error, started=started, ended=time.time(),
            at=calling_place(),
        )  # fmt: skip

    def _trace_of(self, session: str, opened: Any) -> SessionTrace:
        if self._process != os.getpid():
            # A fork: the browsers of its parent are not its own.
            self._sessions, self._process = {}, os.getpid()
        if session not in self._sessions:
            while len(self._sessions) >= _MAX_SESSIONS:
                del self._sessions[next(iter(self._sessions))]
            capabilities = (opened or {}).get("capabilities") or opened or {}
            browser = f"{capabilities.get('browserName', '')} "
            browser += str(capabilities.get("browserVersion", "")).partition(".")[0]
            number = 1 + max((each.number for each in self._sessions.values()), default=0)
            self._sessions[session] = SessionTrace(number, browser.strip())
        return self._sessions[session]

    def write(self, folder: Path, test: str, suffix: str = "") -> None:
        """Write `trace.jsonl` of the running test, unless its browsers did nothing. Raises OSError.

        `suffix` is added to the name, before the dot.
        """
        lines: list[dict[str, Any]] = []
        for session in list(self._sessions.values()):
            own = list(session.lines())
            if own:
                head = {"v": VERSION, "test": test, "attempt": self._attempt, "pid": os.getpid(),
                        "browser": session.browser, "b": session.number,
                        "start": round(self._started * 1000)}  # fmt: skip
                if session.left_out:
                    head["left-out"] = session.left_out
                lines.append(head)
                lines += ({**each, "b": session.number} for each in own)
        if lines:
            folder.mkdir(parents=True, exist_ok=True)
            text = "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in lines)
            file = folder / FILE.replace(".", f"{suffix}.")
            file.write_text(text, encoding="utf-8", errors="replace")


def _read_reply(reply: Any) -> tuple[Any, str]:
    """Return the value of a reply, and its error: its kind and the first line of its message."""
    if isinstance(reply, BaseException):
        return None, f"{type(reply).__name__}: {reply}".partition("\n")[0]
    value = reply.get("value") if isinstance(reply, dict) else None
    status = reply.get("status") if isinstance(reply, dict) else None
    # Selenium hands on the body of an error as text.
    if status and isinstance(value, str):
        try:
            value = json.loads(value)["value"]
        except (ValueError, KeyError, TypeError):
            return None, str(value).partition("\n")[0]
    if status and isinstance(value, dict) and "error" in value:
        kind = str(value["error"])
        # Chrome repeats the kind, and the locator as JSON.
        message = str(value.get("message") or "").partition("\n")[0].partition(': {"method"')[0]
        return None, message if message.startswith(kind) else f"{kind}: {message}".rstrip(": ")
    return value, ""


RECORDER = Recorder()
