import socket

from rehearsal.outside.held_request import HeldRequest
from rehearsal.results.published_port import PublishedPort

from .test_http_probe import CONTINUE, OK, Behaviour, hold, reset, server


def held(port: int, first: bytes = b"first") -> HeldRequest:
    return HeldRequest(PublishedPort("127.0.0.1", port), first)


def in_parts(connection: socket.socket) -> None:
    """Say that the first part was read, and answer when the second one is there."""
    connection.recv(5)
    connection.sendall(CONTINUE)
    rest = connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Rest: %b\r\n\r\n" % rest)


def test_held_request__answered_when_it_is_complete() -> None:
    with server(in_parts) as port:
        request = held(port)
        assert not request.wait(5, until=lambda: request.interim_status == 100)
        assert request.interim_status == 100
        assert not request.ended
        assert str(request.answer) == "no answer"
        request.send(b"second")
        assert request.wait(5)
        assert request.answer.status == 200
        assert request.answer.headers == {"x-rest": "second"}
        request.close()


def test_held_request__waits_no_longer_than_asked() -> None:
    with server(hold) as port:
        request = held(port)
        assert not request.wait(0.05)
        assert not request.wait(60, until=lambda: True)
        request.close()


def says_and_closes(said: bytes) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(said)

    return behave


def ended(behave: Behaviour) -> str:
    with server(behave) as port:
        request = held(port)
        assert request.wait(5)
        request.send(b"for nobody")
        request.close()
        return str(request.answer)


def test_held_request__how_it_ends() -> None:
    assert ended(says_and_closes(OK)) == "HTTP status 200"
    assert ended(says_and_closes(b"")) == "the connection was closed"
    assert ended(says_and_closes(b"HTTP/1.1 2")) == "the connection was closed"
    assert ended(reset()) == "the connection was reset"
    assert ended(says_and_closes(b"220 mail\r\n")).startswith("an answer that is not HTTP")
