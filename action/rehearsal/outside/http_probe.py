"""One GET request over a plain socket, with a time limit until the end of the headers.

For an error status, the beginning of the body is read as well.
"""

import re
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})(?: |\r|\n|$)")
HEAD_END = re.compile(rb"\r?\n\r?\n")
MAX_HEAD = 65536
# Error pages say what they are in their first lines.
MAX_BODY = 4096
# How long to wait for the body once the headers are there, in seconds.
BODY_TIMEOUT = 0.25
ERROR_STATUSES = range(400, 600)
# How often a waiting request checks whether it should stop, in seconds.
POLL_INTERVAL = 0.05


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A response: a status with headers (names in lower case), or the error that prevented it.

    `body` is the beginning of an error page. `first_byte` is how many seconds after the request the
    response began, or None. `timed_out` says that no response came in time.
    """

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    error: str = ""
    first_byte: float | None = None
    timed_out: bool = False

    def __str__(self) -> str:
        return f"HTTP status {self.status}" if self.status else self.error


def get(
    port: int,
    path: str,
    headers: Mapping[str, str],
    *,
    timeout: float,
    should_stop: Callable[[], bool] = lambda: False,
) -> Answer:
    """Request `path` from 127.0.0.1; give up after `timeout` seconds or when `should_stop()`.

    An accepted connection proves nothing, since the engine's proxy accepts before the app listens:
    a reset connection or an empty response is an error, as a refused connection is.
    """
    request = f"GET {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items())
    begun = time.monotonic()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
            connection.sendall(f"{request}Connection: close\r\n\r\n".encode("latin-1"))
            reader = _ResponseReader(connection, begun + timeout, should_stop)
            answer = replace(_parse_head(reader.head()), first_byte=reader.first_byte(begun))
            body = reader.body() if answer.status in ERROR_STATUSES else ""
            return replace(answer, body=body)
    except TimeoutError:
        return Answer(error=f"no answer within {timeout:.0f} s", timed_out=True)
    except ConnectionRefusedError:
        return Answer(error="connection refused")
    except ConnectionResetError:
        return Answer(error="connection reset before an answer")
    except OSError as error:
        return Answer(error=f"no connection ({error.strerror or error})")


class _ResponseReader:
    """Read a response piece by piece."""

    def __init__(
        self, connection: socket.socket, deadline: float, should_stop: Callable[[], bool]
    ) -> None:
        self._connection = connection
        self._deadline = deadline
        self._should_stop = should_stop
        self._received = b""
        self._first_byte_at: float | None = None
        connection.settimeout(POLL_INTERVAL)

    def first_byte(self, since: float) -> float | None:
        """Return how many seconds after `since`, a time of the clock, the first byte came."""
        return None if self._first_byte_at is None else self._first_byte_at - since

    def head(self) -> bytes:
        """Read to the end of the headers. Raises TimeoutError."""
        while not HEAD_END.search(self._received) and len(self._received) < MAX_HEAD:
            # A time-out of the socket alone would start anew with each byte.
            if time.monotonic() > self._deadline:
                raise TimeoutError
            if self._should_stop():
                return b""
            if not self._receive():
                break
        return self._received

    def body(self) -> str:
        """Return the beginning of the body, as far as it comes soon."""
        deadline = min(self._deadline, time.monotonic() + BODY_TIMEOUT)
        parts = HEAD_END.split(self._received, maxsplit=1)
        start = len(self._received) - len(parts[1]) if len(parts) > 1 else len(self._received)
        try:
            while len(self._received) - start < MAX_BODY and time.monotonic() < deadline:
                if not self._receive():
                    break
        except OSError:  # Reset after the headers, which are an answer all the same.
            pass
        return self._received[start : start + MAX_BODY].decode(errors="replace")

    def _receive(self) -> bool:
        """Receive what comes within the poll interval; False if the other side has closed."""
        try:
            piece = self._connection.recv(4096)
        except TimeoutError:
            return True
        if piece and self._first_byte_at is None:
            self._first_byte_at = time.monotonic()
        self._received += piece
        return bool(piece)


def _parse_head(head: bytes) -> Answer:
    if not head:
        return Answer(error="connection closed without an answer")
    status = STATUS_LINE.match(head)
    if not status:
        return Answer(error="an answer that is not HTTP")
    lines = HEAD_END.split(head, maxsplit=1)[0].decode("latin-1").split("\n")[1:]
    pairs = (line.partition(":") for line in lines)
    return Answer(
        status=int(status[1]),
        headers={name.strip().lower(): value.strip() for name, _, value in pairs},
    )
