"""A connection to a browser by CDP or BiDi: its commands and events are JSON over a WebSocket."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

from rehearsal_capture.trace.websocket import WebSocket

Answer = Callable[[dict[str, Any]], None]
# In seconds.
_CONNECT = 2.0


class Connection:
    """A connection, with a thread of its own that ends with the browser.

    A browser that has gone, or does not answer, is quiet.
    """

    def __init__(self, url: str, opened: Callable[[], None], take: Answer) -> None:
        """Prepare it; `opened` is called when it is open, `take` with each event, in its thread."""
        self._url = url
        self._opened = opened
        self._take = take
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

    def send(self, method: str, params: dict[str, Any], answer: Answer | None = None) -> None:
        """Send a command, and do not wait; `answer` gets its reply in the thread."""
        with self._lock:
            self._count += 1
            number = self._count
            if answer is not None:
                self._answers[number] = answer
        try:
            if self._socket is not None:
                self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
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
            self._socket = WebSocket(self._url, _CONNECT)
            self._opened()
            while True:
                message = self._socket.receive()
                if message is None:
                    break
                self._receive(message)
        except Exception:  # noqa: BLE001, S110  (the browser has gone)
            pass
        finally:
            self._answers.clear()
            self.close()

    def _receive(self, data: bytes) -> None:
        try:
            message = json.loads(data)
            if message.get("id") is None:
                self._take(message)
            else:
                self._answers.pop(message["id"], _ignore)(message)
        except (KeyError, TypeError, ValueError, AttributeError):
            # It is too long, or other versions write it in another way.
            return


def _ignore(_: dict[str, Any]) -> None: ...
