"""A request to the app that is sent in parts."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress

from rehearsal.outside.http_response import Answer, Response
from rehearsal.results.published_port import PublishedPort

CONNECT_TIMEOUT = 1.0
# How often a wait looks whether it should end, in seconds.
POLL_INTERVAL = 0.02
RECEIVED_AT_ONCE = 1 << 16


class HeldRequest:
    """A request of which the caller sends one part after the other, and its response."""

    def __init__(self, published: PublishedPort, first: bytes) -> None:
        """Connect, and send the first part. Raises OSError."""
        self._connection = socket.create_connection(
            published.socket_address, timeout=CONNECT_TIMEOUT
        )
        self._response = Response()
        self._error = ""
        self.send(first)

    @property
    def ended(self) -> bool:
        """Whether there is a final answer, or the connection was closed without one."""
        return bool(self._error) or self._response.answer is not None

    @property
    def interim_status(self) -> int:
        """The status of the last interim answer, 0 if there was none."""
        return self._response.interim_status

    @property
    def answer(self) -> Answer:
        """The final answer, or what there was instead."""
        return self._response.answer or Answer(error=self._error or "no answer")

    def send(self, part: bytes) -> None:
        """Send a part of the request; if the connection is closed, `wait` learns of it."""
        with suppress(OSError):
            self._connection.sendall(part)

    def wait(self, seconds: float, *, until: Callable[[], bool] = lambda: False) -> bool:
        """Read for at most `seconds`, or until `until()`; return whether the request has ended."""
        deadline = time.monotonic() + seconds
        while not self.ended and not until() and (left := deadline - time.monotonic()) > 0:
            try:
                self._connection.settimeout(min(left, POLL_INTERVAL))
                piece = self._connection.recv(RECEIVED_AT_ONCE)
            except TimeoutError:
                continue
            except OSError:
                self._error = "the connection was reset"
                break
            if piece:
                self._response.add(piece)
            else:
                self._error = "the connection was closed"
        return self.ended

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
