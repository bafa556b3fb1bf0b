"""One GET over a plain socket, watched from its first byte to the end of its headers.

Of an answer that says what is wrong, the beginning of its body is read as well.
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
# How long the beginning of such a page is waited for once its headers are there, in seconds.
BODY_TIMEOUT = 0.25
ERROR_STATUSES = range(400, 600)
# How often a waiting request looks whether it is still wanted, in seconds.
POLL_INTERVAL = 0.05


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back: a status with headers (names in lower case), or why there was none.

    `body` is the beginning of an error's page; `first_byte` is how many seconds after the question
    the answer began, None where none did. `silent` says that the time ran out.
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
    unwanted: Callable[[], bool] = lambda: False,
) -> Answer:
    """Ask 127.0.0.1 for `path`, for `timeout` seconds at most, or until it is `unwanted`.

    An accepted connection means nothing (the engine's proxy accepts before the app listens), so
    a reset or an empty answer counts as refused.
    """
    request = f"GET {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items())
    begun = time.monotonic()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
            connection.sendall(f"{request}Connection: close\r\n\r\n".encode("latin-1"))
            reading = _ResponseReader(connection, begun + timeout, unwanted)
            answer = replace(_answer(reading.head()), first_byte=reading.first_byte(begun))
            return (
                replace(answer, body=reading.body()) if answer.status in ERROR_STATUSES else answer
            )
    except TimeoutError:
        return Answer(error=f"no answer within {timeout:.0f} s", timed_out=True)
    except ConnectionRefusedError:
        return Answer(error="connection refused")
    except ConnectionResetError:
        return Answer(error="connection reset before an answer")
    except OSError as error:
        return Answer(error=f"no connection ({error.strerror or error})")


def is_free(port: int) -> bool:
    """Whether nothing listens on 127.0.0.1 at this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            # Below 1024 the engine may listen where we may not: see whether anyone answers.
            return probe.connect_ex(("127.0.0.1", port)) != 0
        except OSError:
            return False
    return True


class _ResponseReader:
    """What has come over a connection so far."""

    def __init__(
        self, connection: socket.socket, limit: float, unwanted: Callable[[], bool]
    ) -> None:
        self._connection = connection
        self._limit = limit
        self._unwanted = unwanted
        self._came = b""
        self._began: float | None = None
        connection.settimeout(POLL_INTERVAL)

    def first_byte(self, since: float) -> float | None:
        """Return how many seconds after a reading of the clock the first byte came."""
        return None if self._began is None else self._began - since

    def head(self) -> bytes:
        """Read to the end of the headers. Raises TimeoutError."""
        while not HEAD_END.search(self._came) and len(self._came) < MAX_HEAD:
            # Looked at each time: one byte now and then would keep a time-out on the socket from
            # ever being reached.
            if time.monotonic() > self._limit:
                raise TimeoutError
            if self._unwanted():
                return b""
            if not self._more():
                break
        return self._came

    def body(self) -> str:
        """Return how the body begins, as far as it comes without being waited for."""
        limit = min(self._limit, time.monotonic() + BODY_TIMEOUT)
        parts = HEAD_END.split(self._came, maxsplit=1)
        start = len(self._came) - len(parts[1]) if len(parts) > 1 else len(self._came)
        try:
            while len(self._came) - start < MAX_BODY and time.monotonic() < limit:
                if not self._more():
                    break
        except OSError:  # Reset after its headers: they are an answer all the same.
            pass
        return self._came[start : start + MAX_BODY].decode(errors="replace")

    def _more(self) -> bool:
        """Take what there is within a tick; False when the other side has closed."""
        try:
            piece = self._connection.recv(4096)
        except TimeoutError:
            return True
        if piece and self._began is None:
            self._began = time.monotonic()
        self._came += piece
        return bool(piece)


def _answer(head: bytes) -> Answer:
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
