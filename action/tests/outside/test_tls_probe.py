import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from rehearsal.outside.tls_probe import speaks_tls
from rehearsal.results.published_port import PublishedPort


@pytest.fixture
def tls_port() -> Iterator[PublishedPort]:
    """A TLS server without a certificate: it says in TLS that it has no cipher suite in common."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection, suppress(ssl.SSLError):
                context.wrap_socket(connection, server_side=True)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield PublishedPort(*listener.getsockname())
    thread.join(5)


def test_speaks_tls(tls_port: PublishedPort) -> None:
    assert speaks_tls(tls_port)


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n"],
    ids=["nothing", "HTTP", "SSH"],
)
def test_speaks_tls__false_for_others(answer: bytes) -> None:
    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1024)
            connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        assert not speaks_tls(PublishedPort(*listener.getsockname()))
        thread.join()


def test_speaks_tls__false_if_nothing_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert not speaks_tls(PublishedPort(*unused.getsockname()))
