"""A Selenium session, and what its browser shows."""

from __future__ import annotations

import base64
import json
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from rehearsal_capture.console_lines import chrome_line

# In seconds, for all that is asked of a browser: one that hangs may have failed the test.
_TIMEOUT = 10.0
_MAX_DIALOGS = 10
_MAX_MESSAGES = 5000
_ERRORS = 400


@dataclass
class KnownSession:
    """What is known of a session.

    What sends its commands, which browser it is, which thread and process used it last. `seen` are
    the messages of the console that the running test has read, `kept_back` those that a look has
    read and the test has not: the browser gives each of them once.
    """

    connection: Any
    browser: str
    used_by: tuple[int, int]
    seen: list[Any] = field(default_factory=list)
    kept_back: list[Any] = field(default_factory=list)

    def read(self, messages: list[Any]) -> list[Any]:
        """Return what a test would read now if no look had read messages before it."""
        found = [*self.kept_back, *messages]
        self.kept_back.clear()
        self.seen = [*self.seen, *found][-_MAX_MESSAGES:]
        return found


class Session:
    """A session, and how to ask its browser, without its driver and with a time limit."""

    def __init__(self, session: str, known: KnownSession, forget: Callable[[str], None]) -> None:
        self._session = session
        self._known = known
        self._forget = forget
        self._connection = known.connection
        self._limit = time.monotonic() + _TIMEOUT

    def forget(self) -> None:
        """Leave the session out from now on."""
        self._forget(self._session)

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
        if self._known.browser != "firefox":
            readers = {"console.log": self._console, **readers}
        return readers

    def _console(self) -> bytes:
        new = self._ask("getLog", type="browser")
        self._known.kept_back = [*self._known.kept_back, *new][-_MAX_MESSAGES:]
        lines = map(chrome_line, [*self._known.seen, *new])
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
