"""One GET over a plain socket, watched from its first byte to the end of its headers."""

import re
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})(?: |\r|\n|$)")
HEAD_END = re.compile(rb"\r?\n\r?\n")
HEAD_LIMIT = 65536
# How often a waiting request looks whether it is still wanted, in seconds.
TICK = 0.05


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back: a status with headers (names in lower case), or why there was none."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""

    def __str__(self) -> str:
        return f"HTTP status {self.status}" if self.status else self.refusal


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
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
            connection.sendall(f"{request}Connection: close\r\n\r\n".encode("latin-1"))
            return _answer(_head(connection, time.monotonic() + timeout, unwanted))
    except TimeoutError:
        return Answer(refusal=f"no answer within {timeout:.0f} s")
    except OSError as error:
        return Answer(refusal=f"connection refused ({error.strerror or error})")


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


def _head(connection: socket.socket, limit: float, unwanted: Callable[[], bool]) -> bytes:
    head = b""
    connection.settimeout(TICK)
    while not HEAD_END.search(head) and len(head) < HEAD_LIMIT:
        # Looked at each time: one byte now and then would keep a time-out on the socket from
        # ever being reached.
        if time.monotonic() > limit:
            raise TimeoutError
        if unwanted():
            return b""
        try:
            piece = connection.recv(4096)
        except TimeoutError:
            continue
        if not piece:
            break
        head += piece
    return head


def _answer(head: bytes) -> Answer:
    if not head:
        return Answer(refusal="connection closed without an answer")
    status = STATUS_LINE.match(head)
    if not status:
        return Answer(refusal="an answer that is not HTTP")
    lines = HEAD_END.split(head)[0].decode("latin-1").split("\n")[1:]
    pairs = (line.partition(":") for line in lines)
    return Answer(
        status=int(status[1]),
        headers={name.strip().lower(): value.strip() for name, _, value in pairs},
    )
