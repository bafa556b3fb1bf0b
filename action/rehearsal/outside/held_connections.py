"""Connections to an app that are held open: idle ones, and requests sent byte by byte."""

import errno
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress

from rehearsal.outside.http_probe import request_head
from rehearsal.results.published_port import PublishedPort

# Seconds between two bytes of a request: its shortest form takes many seconds.
BYTE_INTERVAL = 0.25
# Seconds until the app has accepted the connections; the engine's proxy accepts them first.
SETTLE = 0.25
# The process or the machine has as many files open as it may.
TOO_MANY_FILES = (errno.EMFILE, errno.ENFILE)


class TooManyFilesError(Exception):
    """This machine lets us open no more connections."""


@contextmanager
def hold_connections(
    published: PublishedPort, path: str, headers: Mapping[str, str], *, idle: int, slow: int
) -> Iterator[None]:
    """Hold `idle` connections open, and `slow` ones that send a GET request byte by byte.

    All are closed afterwards. Connections that the app closes or does not accept are not opened
    again. Raises `TooManyFilesError`.
    """
    # Without its last byte no request is ever complete.
    request = request_head("GET", path, headers)[:-1]
    done = threading.Event()
    with ExitStack() as opened:
        connections = []
        for _ in range(idle + slow):
            connection = opened.enter_context(_connect(published))
            connections.append(connection)
        sender = threading.Thread(
            target=_send_slowly, args=(connections[idle:], request, done), daemon=True
        )
        sender.start()
        # The thread ends before the connections are closed: another file could have their number.
        opened.callback(sender.join)
        opened.callback(done.set)
        done.wait(SETTLE)
        yield


def _connect(published: PublishedPort) -> socket.socket:
    """Return a socket that connects to the app, or will have failed to; do not wait for that."""
    family = socket.AF_INET6 if published.is_ipv6 else socket.AF_INET
    try:
        connection = socket.socket(family)
    except OSError as error:
        if error.errno in TOO_MANY_FILES:
            raise TooManyFilesError from None
        raise
    connection.setblocking(False)
    connection.connect_ex(published.socket_address)
    return connection


def _send_slowly(connections: list[socket.socket], request: bytes, done: threading.Event) -> None:
    for byte in request:
        for connection in connections:
            # Not connected yet, or closed by the app, which may have had enough of it.
            with suppress(OSError):
                connection.send(bytes([byte]))
        if done.wait(BYTE_INTERVAL):
            return
