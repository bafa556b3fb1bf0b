"""A connection to a browser by CDP or BiDi: its commands and events are JSON over a WebSocket."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rehearsal_capture.trace.clock import CLOCK
from rehearsal_capture.trace.websocket import WebSocket

if TYPE_CHECKING:
    # Python 3.8 cannot evaluate it.
    Answer = Callable[[dict[str, Any]], None]
# In seconds.
_CONNECT = 2.0
_PAUSE = 0.005
# The beginning of an answer.
_ANSWER = re.compile(rb'\{(?:"type":"\w+",)?"id":(\d+)[,}]')


class Connection:
    """A connection, with a thread of its own that ends with the browser.

    A browser that has gone, or does not answer, is quiet.
    """

    def __init__(
        self,
        find: Callable[[], str],
        opened: Callable[[], None],
        take: Answer,
        skipped: tuple[bytes, ...] = (),
    ) -> None:
        """Prepare it; these are called in its thread.

        `find` returns the URL, `opened` is called when it is open, and `take` with each event,
        but not with those that begin with `skipped`.
        """
        self._find = find
        self._opened = opened
        self._take = take
        self._skipped = skipped
        self._socket: WebSocket | None = None
        self._lock = threading.Lock()
        self._count = 0
        self._answers: dict[int, Answer] = {}
        self._thread = threading.Thread(target=self._run, name="rehearsal trace", daemon=True)

    def start(self) -> None:
        """Connect in the thread, and do not wait."""
        self._thread.start()

    def is_alive(self) -> bool:
        """Whether the connection is open, or will be."""
        return self._thread.is_alive()

    def wait(self, condition: Callable[[], bool], deadline: float) -> None:
        """Wait until a condition holds or the connection has ended, at most until `deadline`."""
        while self.is_alive() and CLOCK.monotonic() < deadline and not condition():
            time.sleep(_PAUSE)

    def send(
        self, method: str, params: dict[str, Any], answer: Answer | None = None, **more: str
    ) -> None:
        """Send a command, and do not wait; `answer` gets its reply in the thread."""
        with self._lock:
            self._count += 1
            number = self._count
            if answer is not None:
                self._answers[number] = answer
        message = {"id": number, "method": method, "params": params, **more}
        try:
            if self._socket is not None:
                self._socket.send(json.dumps(message))
            else:
                self._answers.pop(number, None)
        except OSError:
            self._answers.pop(number, None)

    def close(self) -> None:
        """End the connection and its thread."""
        if self._socket is not None:
            self._socket.close()

    def forget(self) -> None:
        """Drop the connection in a fork: it is the parent's."""
        if self._socket is not None:
            self._socket.forget()

    def _run(self) -> None:
        try:
            self._socket = WebSocket(self._find(), _CONNECT)
            self._opened()
            while True:
                message = self._socket.receive()
                if message is None:
                    break
                if message and not message.startswith(self._skipped):
                    self._receive(message)
        except Exception:  # noqa: BLE001, S110  (the browser has gone, or is another one)
            pass
        finally:
            self._answers.clear()
            self.close()

    def _receive(self, data: bytes) -> None:
        try:
            message = json.loads(data)
        except ValueError:
            # It is too long. Somebody may wait for it, so it counts as an error.
            found = _ANSWER.match(data)
            message = {"id": int(found[1])} if found else {}
        try:
            if message.get("id") is not None:
                self._answers.pop(message["id"], _ignore)(message)
            elif message:
                self._take(message)
        except (KeyError, TypeError, ValueError, AttributeError):
            # An event that other versions write in another way.
            return


def _ignore(_: dict[str, Any]) -> None: ...
