"""The Selenium sessions that are alive, and what their browsers show."""

from __future__ import annotations

import base64
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from rehearsal_capture.console_lines import chrome_line
from rehearsal_capture.evidence import look_now

# By ID: what sends the session's commands, whose thread used it last, and in which process.
_sessions: dict[str, tuple[Any, str, int, int]] = {}
# Those that the running test has used: others may be left open by tests before it.
_used: set[str] = set()
# In seconds, for all that is asked of a browser: one that hangs may have failed the test.
_TIMEOUT = 10.0
_MAX_DIALOGS = 10
_ERRORS = 400


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
                _look_before_the_end(session)
        response = send(self, command, params)
        # A fault costs the evidence alone.
        with suppress(Exception):
            _note(self, command, session, response)
        return response

    connection.execute = execute


def _note(connection: Any, command: Any, session: Any, response: Any) -> None:
    if command == "newSession":
        value = response.get("value") or {}
        capabilities = value.get("capabilities") or value
        session = value.get("sessionId") or response.get("sessionId")
        name = capabilities.get("browserName", "")
    elif session in _sessions:
        name = _sessions[session][1]
    else:
        return
    if command == "quit":
        _sessions.pop(session, None)
    elif session:
        _sessions[session] = (connection, name, threading.get_ident(), os.getpid())
        _used.add(session)


def _look_before_the_end(session: Any) -> None:
    """Look at a browser that ends in a `finally` or `with`, while an exception passes through."""
    error = sys.exc_info()[1]
    if error is not None and session in _sessions:
        look_now(error, Session(session, *_sessions[session][:2]))


def forget(session: Any) -> None:
    """Leave a session out: somebody else keeps its evidence."""
    _sessions.pop(session, None)


def start_test() -> None:
    """Begin to note which sessions a test uses."""
    _used.clear()


def open_sessions() -> list[Session]:
    """Return the sessions that the running test uses, in this thread, the oldest first."""
    here = (threading.get_ident(), os.getpid())
    found = [(name, each) for name, each in list(_sessions.items()) if name in _used]
    return [Session(name, *each[:2]) for name, each in found if each[2:] == here]


class Session:
    """A session, and how to ask its browser, without its driver and with a time limit."""

    def __init__(self, session: str, connection: Any, browser: str) -> None:
        self._session = session
        self._connection = connection
        self._browser = browser
        self._limit = time.monotonic() + _TIMEOUT

    def forget(self) -> None:
        """Leave the session out from now on."""
        forget(self._session)

    def close_dialogs(self) -> list[str]:
        """Dismiss the dialogs that are open, which hide the page, and return their texts."""
        texts: list[str] = []
        # Until none is open; but a script may open one after the other for ever.
        with suppress(Exception):
            while len(texts) < _MAX_DIALOGS:
                texts.append(str(self._ask("w3cGetAlertText")))
                self._ask("w3cDismissAlert")
        return texts

    def readers(self) -> dict[str, Callable[[], bytes]]:
        """Return how to read each file of the evidence; the console first, which others add to."""
        readers: dict[str, Callable[[], bytes]] = {
            "address.txt": lambda: self._text("getCurrentUrl") + b"\n",
            "screenshot.png": lambda: base64.b64decode(self._ask("screenshot")),
            "page.html": lambda: self._text("getPageSource"),
        }
        # Firefox tells its console by BiDi only, and the session would have to ask for that.
        if self._browser != "firefox":
            readers = {"console.log": self._console, **readers}
        return readers

    def _console(self) -> bytes:
        lines = map(chrome_line, self._ask("getLog", type="browser"))
        return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")

    def _text(self, command: str) -> bytes:
        return str(self._ask(command)).encode("utf-8", "replace")

    def _ask(self, command: str, **params: Any) -> Any:
        """Return what the browser answers. Raises whatever goes wrong, socket.timeout at the limit.

        Not by Selenium's own connection, which tries again for minutes.
        """
        method, path = self._connection._commands[command]  # noqa: SLF001
        config = getattr(self._connection, "_client_config", None)
        base = getattr(config, "remote_server_addr", None) or self._connection._url  # noqa: SLF001
        server = urlsplit(base)
        kind = HTTPSConnection if server.scheme == "https" else HTTPConnection
        left = self._limit - time.monotonic()
        if left <= 0:
            raise socket.timeout
        connection = kind(server.hostname or "localhost", server.port, timeout=left)
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if server.username:
            login = f"{server.username}:{server.password or ''}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(login).decode()}"
        try:
            target = server.path.rstrip("/") + path.replace("$sessionId", self._session)
            body = json.dumps(params) if method == "POST" else None
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            value = json.loads(response.read())["value"]
        finally:
            connection.close()
        if response.status >= _ERRORS:
            said = value.get("message") or value.get("error")
            raise RuntimeError(str(said).partition("\n")[0])
        return value
