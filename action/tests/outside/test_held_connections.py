import errno
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from rehearsal.outside import held_connections
from rehearsal.outside.held_connections import TooManyFilesError, hold_connections
from rehearsal.results.published_port import PublishedPort

HEADERS = {"Host": "localhost", "Accept": "*/*"}
REQUEST = b"GET /ready HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n"


@pytest.fixture(params=["127.0.0.1", "::1"])
def listener(request: pytest.FixtureRequest) -> Iterator[socket.socket]:
    address = request.param
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, 0), family=family) as listener:
        listener.settimeout(5)
        yield listener


def port_of(listener: socket.socket) -> PublishedPort:
    return PublishedPort(*listener.getsockname()[:2])


def received(connection: socket.socket) -> bytes:
    """Return what is sent until the other side closes."""
    connection.settimeout(5)
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def test_hold_connections__some_idle_and_some_slow(listener: socket.socket) -> None:
    with ExitStack() as accepted:
        with hold_connections(port_of(listener), "/ready", HEADERS, idle=3, slow=2):
            connections = [accepted.enter_context(listener.accept()[0]) for _ in range(5)]
        sent = [received(each) for each in connections]
    assert sent[:3] == [b"", b"", b""]
    assert all(each and REQUEST.startswith(each) and len(each) < 10 for each in sent[3:])


def test_hold_connections__never_completes_a_request(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_connections, "BYTE_INTERVAL", 0.0)
    with hold_connections(port_of(listener), "/ready", HEADERS, idle=0, slow=1):
        connection, _ = listener.accept()
        connection.settimeout(5)
        sent = b""
        while len(sent) < len(REQUEST) - 1:
            sent += connection.recv(65536)
    with connection:
        assert sent + received(connection) == REQUEST[:-1]


def test_hold_connections__the_app_may_close_them(listener: socket.socket) -> None:
    with hold_connections(port_of(listener), "/", HEADERS, idle=2, slow=2):
        for _ in range(4):
            listener.accept()[0].close()


def test_hold_connections__nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        published = port_of(gone)
    with hold_connections(published, "/", HEADERS, idle=2, slow=2):
        pass


@pytest.mark.parametrize("code", [errno.EMFILE, errno.ENFILE])
def test_hold_connections__too_many_files(
    code: int, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[socket.socket] = []

    def limited(family: int) -> socket.socket:
        if len(opened) == 3:
            raise OSError(code, "no more")
        opened.append(real(family))
        return opened[-1]

    real = socket.socket
    monkeypatch.setattr(socket, "socket", limited)
    with (
        pytest.raises(TooManyFilesError),
        hold_connections(port_of(listener), "/", HEADERS, idle=4, slow=0),
    ):
        raise AssertionError
    assert [each.fileno() for each in opened] == [-1] * 3
