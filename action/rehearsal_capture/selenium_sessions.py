"""The Selenium sessions that are alive."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from rehearsal_capture.evidence import attach_snapshot, folder_of
from rehearsal_capture.selenium_session import KnownSession, Session
from rehearsal_capture.trace.clock import CLOCK
from rehearsal_capture.trace.recorder import RECORDER

# By ID.
_sessions: dict[str, KnownSession] = {}
# Those that the running test has used: others may be left open by tests before it.
_used: set[str] = set()


def watch(module: Any) -> None:
    """Note each session from its start to its end; `module` is Selenium's remote_connection.

    The connection is watched, not the driver: Selenium raises what a browser answers outside of
    it, so no traceback of a test has a line of ours.
    """
    connection = module.RemoteConnection
    send = connection.execute

    def execute(self: Any, command: Any, params: Any) -> Any:
        # Sending takes the ID out of the parameters.
        session = params.get("sessionId") if isinstance(params, dict) else None
        if command == "quit":
            with suppress(Exception):
                _snapshot_before_quit(session)
        given = dict(params) if isinstance(params, dict) else {}
        with suppress(Exception):
            RECORDER.before(command, given, session)
        started = CLOCK.time()
        try:
            response = send(self, command, params)
        except BaseException as error:
            with suppress(Exception):
                RECORDER.note(command, given, session, error, started)
            raise
        # Not more than an Exception: here a time limit may still end the test.
        with suppress(Exception):
            RECORDER.note(command, given, session or _new_session(response), response, started)
        with suppress(Exception):
            _note(self, command, session, response)
            if command == "getLog" and session in _sessions and params.get("type") == "browser":
                response["value"] = _sessions[session].read(response["value"])
        return response

    connection.execute = execute


def _new_session(response: Any) -> Any:
    """Return the ID in the answer to newSession."""
    value = response.get("value") if isinstance(response, dict) else None
    return value.get("sessionId") if isinstance(value, dict) else None


def _note(connection: Any, command: Any, session: Any, response: Any) -> None:
    if command == "newSession":
        value = response.get("value") or {}
        capabilities = value.get("capabilities") or value
        session = value.get("sessionId") or response.get("sessionId")
        name = capabilities.get("browserName", "")
    elif session in _sessions:
        name = _sessions[session].browser
    else:
        return
    if command == "quit":
        _sessions.pop(session, None)
    elif session:
        here = (threading.get_ident(), os.getpid())
        known = _sessions.setdefault(session, KnownSession(connection, name, here))
        known.connection, known.used_by = connection, here
        _used.add(session)


def _snapshot_before_quit(session: Any) -> None:
    """Keep what a browser shows that quits in a `finally` or `with`, while an exception passes."""
    error = sys.exc_info()[1]
    if error is not None and session in _sessions:
        attach_snapshot(error, Session(session, _sessions[session], forget))
        RECORDER.look_at_failure(session)


def forget(session: Any) -> None:
    """Leave a session out: somebody else keeps its evidence."""
    _sessions.pop(session, None)


def start_test(name: Callable[[], str]) -> None:
    """Begin to note which sessions a test uses; `name` returns its name."""
    _used.clear()
    for known in list(_sessions.values()):
        known.seen.clear()
    RECORDER.start_test(folder_of(name()))


def has_left_trace() -> bool:
    """Whether the running attempt has failed and left its trace."""
    return RECORDER.is_written


def end_test(name: Callable[[], str]) -> None:
    """End a test; keep its trace if it has passed, and that is wanted."""
    RECORDER.end_test(name, folder_of)


def open_sessions() -> list[Session]:
    """Return the sessions that the running test uses, in this thread, the oldest first."""
    here = (threading.get_ident(), os.getpid())
    found = [(name, each) for name, each in list(_sessions.items()) if name in _used]
    return [Session(name, known, forget) for name, known in found if known.used_by == here]
