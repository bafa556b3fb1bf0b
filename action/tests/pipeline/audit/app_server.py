"""An app on a port of its own, for tests: each connection is handled by a function."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from rehearsal.results.published_port import PublishedPort

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
Handler = Callable[[socket.socket], None]


@contextmanager
def app_server(handle: Handler) -> Iterator[PublishedPort]:
    """Handle each connection in a thread; the connection is closed when `handle` returns."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, handle), daemon=True).start()
        try:
            yield PublishedPort(*listener.getsockname())
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, handle: Handler) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            connection.settimeout(30)
            threading.Thread(target=partial(_handle, connection, handle), daemon=True).start()


def _handle(connection: socket.socket, handle: Handler) -> None:
    with connection, suppress(OSError):
        handle(connection)


def read_head(connection: socket.socket) -> bytes:
    """Return what is received until the end of the headers, or of the connection."""
    received = b""
    while b"\r\n\r\n" not in received and (piece := connection.recv(65536)):
        received += piece
    return received


def read_body(connection: socket.socket, head: bytes, length: int) -> bytes:
    """Return `length` bytes after the headers, or fewer if the connection is closed."""
    body = head.partition(b"\r\n\r\n")[2]
    while len(body) < length and (piece := connection.recv(65536)):
        body += piece
    return body
