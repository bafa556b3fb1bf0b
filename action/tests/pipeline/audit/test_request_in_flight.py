import socket
import threading

import pytest

from rehearsal.pipeline.audit.request_in_flight import FORM, hold_request

from .app_server import CONTINUE, OK, Handler, app_server, read_body, read_head

HEADERS = {"Host": "localhost", "Connection": "close"}


def answers_at_once(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(OK)


def reads_the_head(connection: socket.socket) -> None:
    """Answer when the headers are there, as Django refuses a POST without a token."""
    if read_head(connection).endswith(b"\r\n\r\n"):
        connection.sendall(OK)


def reads_the_body(connection: socket.socket) -> None:
    head = read_head(connection)
    if b"Expect: 100-continue" in head:
        connection.sendall(CONTINUE)
    if not head.startswith(b"POST") or read_body(connection, head, len(FORM)) == FORM:
        connection.sendall(OK)


def ignores_expect(connection: socket.socket) -> None:
    head = read_head(connection)
    if not head.startswith(b"POST") or read_body(connection, head, len(FORM)) == FORM:
        connection.sendall(OK)


def held(handle: Handler, *, page_seconds: float = 0.0) -> tuple[str, bool, str]:
    """Return what was in flight, whether it was taken, and the answer once it is complete."""
    with app_server(handle) as published:
        flight = hold_request(published, "/ready", HEADERS, page_seconds=page_seconds)
        if not flight:
            return "", False, ""
        assert not flight.held.ended
        flight.held.send(flight.rest)
        assert flight.held.wait(10)
        flight.held.close()
        return flight.description, flight.is_taken, str(flight.held.answer)


@pytest.mark.parametrize(
    "handle, expected",
    [
        (answers_at_once, ("", False, "")),
        (reads_the_head, ("GET /ready, of whose headers a half was sent", False)),
        (reads_the_body, ("POST /ready, of whose body a half was sent", True)),
        (ignores_expect, ("POST /ready, of whose body a half was sent", False)),
    ],
)
def test_hold_request(handle: Handler, expected: tuple[object, ...]) -> None:
    assert held(handle)[: len(expected)] == expected
    assert held(handle)[2] in {"", "HTTP status 200"}


def test_hold_request__a_slow_page_is_asked_for() -> None:
    may_answer = threading.Event()

    def is_slow(connection: socket.socket) -> None:
        read_head(connection)
        may_answer.wait(30)
        connection.sendall(OK)

    with app_server(is_slow) as published:
        flight = hold_request(published, "/ready", HEADERS, page_seconds=0.4)
        assert flight
        assert (flight.description, flight.rest, flight.is_taken) == (
            "GET /ready, which was being answered",
            b"",
            True,
        )
        may_answer.set()
        assert flight.held.wait(30)
        assert flight.held.answer.status == 200
        flight.held.close()


def test_hold_request__a_page_that_is_no_longer_slow() -> None:
    assert held(reads_the_head, page_seconds=0.4) == ("", False, "")


def test_hold_request__nothing_of_a_page_that_would_delay_the_end() -> None:
    assert held(reads_the_head, page_seconds=4.0) == ("", False, "")


def test_hold_request__nobody_listens() -> None:
    with app_server(answers_at_once) as published:
        pass
    with pytest.raises(OSError, match="refused"):
        hold_request(published, "/", HEADERS, page_seconds=0.0)


def test_hold_request__a_server_that_closes_at_once() -> None:
    def closes(connection: socket.socket) -> None:
        connection.recv(1)

    assert held(closes) == ("", False, "")
