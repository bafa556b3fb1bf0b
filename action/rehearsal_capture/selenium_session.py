"""A Selenium session, and what its browser shows."""

from __future__ import annotations

import base64
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from rehearsal_capture.console_lines import chrome_line
from rehearsal_capture.driver_request import RefusedError, ask

# In seconds, for all that is asked of a browser: one that hangs may have failed the test.
_TIMEOUT = 10.0
_TO_RESTORE = 2.0
# In milliseconds, for one answer of the page.
_PAGE_LIMIT = 5000
_HANGS = "the browser does not answer"
_MAX_DIALOGS = 10
_MAX_MESSAGES = 5000


@dataclass
class KnownSession:
    """What is known of a session.

    `connection` sends its commands, `used_by` are the thread and the process that used it last.
    `seen` are the messages of the console that the running test has read, `kept_back` those that a
    snapshot has read and the test has not: the browser gives each message once.
    """

    connection: Any
    browser: str
    used_by: tuple[int, int]
    seen: list[Any] = field(default_factory=list)
    kept_back: list[Any] = field(default_factory=list)

    def read(self, messages: list[Any]) -> list[Any]:
        """Return what a test would read now if no snapshot had read messages before it."""
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

    @contextmanager
    def limited(self) -> Iterator[None]:
        """Have the driver give up, too, when the page does not answer.

        Until it does it answers nothing else, and the test's own `quit` would wait for minutes.
        Firefox's driver has no such limit; there `quit` waits for the page in any case.
        """
        before = None
        with suppress(Exception):
            if self._known.browser != "firefox":
                wanted = self._ask("getTimeouts")["pageLoad"]
                self._ask("setTimeouts", pageLoad=min(wanted, _PAGE_LIMIT))
                before = wanted
        try:
            yield
        finally:
            if before is not None:
                self._limit = time.monotonic() + _TO_RESTORE
                with suppress(Exception):
                    self._ask("setTimeouts", pageLoad=before)

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

        A driver that has waited for the page in vain is not asked again.
        """
        method, path = self._connection._commands[command]  # noqa: SLF001
        config = getattr(self._connection, "_client_config", None)
        url = getattr(config, "remote_server_addr", None) or self._connection._url  # noqa: SLF001
        left = self._limit - time.monotonic()
        if left <= 0:
            raise socket.timeout(_HANGS)
        path = path.replace("$sessionId", self._session)
        try:
            return ask(url, method, path, params, left)
        except RefusedError as error:
            if error.kind != "timeout":
                raise
            self._limit = 0.0
            raise socket.timeout(_HANGS) from error
        except socket.timeout:
            raise socket.timeout(_HANGS) from None
