"""One GET request over a plain socket, with a time limit until the end of the headers.

For an error status, the beginning of the body is read as well.
"""

import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from rehearsal.outside.http_response import Answer, Response
from rehearsal.results.published_port import PublishedPort

# How long to wait for an error page once its headers are there, in seconds.
PAGE_TIMEOUT = 0.25
# How often a waiting request checks whether it should stop, in seconds.
POLL_INTERVAL = 0.05
RECEIVED_AT_ONCE = 1 << 16
TIMED_OUT = "timed out"


def get(
    published: PublishedPort,
    path: str,
    headers: Mapping[str, str],
    *,
    timeout: float,
    should_stop: Callable[[], bool] = lambda: False,
) -> Answer:
    """Request `path` of an app; give up after `timeout` seconds or when `should_stop()`.

    An accepted connection proves nothing, since the engine's proxy accepts before the app listens:
    a reset connection or an empty response is an error, as a refused connection is.
    """
    begun = time.monotonic()
    try:
        with socket.create_connection(published.socket_address, timeout=timeout) as connection:
            connection.sendall(request_head("GET", path, headers))
            return _read_answer(_Reader(connection, should_stop), begun, timeout)
    except TimeoutError:
        return Answer(error=_describe_ending(TIMED_OUT, "", timeout), timed_out=True)
    except ConnectionRefusedError:
        return Answer(error="connection refused")
    except ConnectionResetError:
        return Answer(error="connection reset without an answer")
    except OSError as error:
        return Answer(error=f"no connection ({error.strerror or error})")


def request_head(method: str, path: str, headers: Mapping[str, str]) -> bytes:
    """Return the request line and the headers as they are sent, with the empty line after them."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


class _Reader:
    """Reads from a connection piece by piece."""

    def __init__(self, connection: socket.socket, should_stop: Callable[[], bool]) -> None:
        self._connection = connection
        self._should_stop = should_stop
        self.first_byte_at: float | None = None
        connection.settimeout(POLL_INTERVAL)

    def read(self, take: Callable[[bytes], bool], *, deadline: float) -> str:
        """Read until `take(piece)` returns True; otherwise return what ended the reading."""
        while True:
            # A time-out of the socket alone would start anew with each byte.
            if time.monotonic() > deadline:
                return TIMED_OUT
            if self._should_stop():
                return "request stopped"
            try:
                piece = self._connection.recv(RECEIVED_AT_ONCE)
            except TimeoutError:
                continue
            except OSError:
                return "connection reset"
            if not piece:
                return "connection closed"
            self.first_byte_at = self.first_byte_at or time.monotonic()
            if take(piece):
                return ""


def _read_answer(reader: _Reader, begun: float, timeout: float) -> Answer:
    response = Response()
    ending = reader.read(response.add, deadline=begun + timeout)
    if not ending and not response.is_enough:
        deadline = min(begun + timeout, time.monotonic() + PAGE_TIMEOUT)
        reader.read(response.add_page, deadline=deadline)
    return replace(
        response.answer or Answer(error=_describe_ending(ending, response.progress, timeout)),
        first_byte=None if reader.first_byte_at is None else reader.first_byte_at - begun,
        timed_out=ending == TIMED_OUT,
    )


def _describe_ending(ending: str, progress: str, timeout: float) -> str:
    if ending == TIMED_OUT:
        only = f": only {progress}" if progress else ""
        return f"no {'complete ' if only else ''}answer within {timeout:.0f} s{only}"
    return f"{ending} {f'after {progress}' if progress else 'without an answer'}"
