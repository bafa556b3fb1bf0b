import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from rehearsal.outside.http_probe import MAX_BODY, Answer, get

Behaviour = Callable[[socket.socket], None]


@contextmanager
def server(behave: Behaviour) -> Iterator[int]:
    """Serve one connection on a port of its own, in the way of `behave`."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                behave(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        thread.join(5)


def says(*pieces: bytes, pause: float = 0.0) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        connection.recv(65536)
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)

    return behave


def reset(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hold(connection: socket.socket) -> None:
    """Answer nothing until the other side goes."""
    while connection.recv(65536):
        pass


def drip(piece: bytes) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        connection.recv(65536)
        with suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                connection.sendall(piece)
                time.sleep(0.005)

    return behave


def ask(behave: Behaviour, *, timeout: float = 5.0) -> Answer:
    with server(behave) as port:
        return get(port, "/", {"Host": "localhost"}, timeout=timeout)


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@pytest.mark.parametrize(
    "behave, status",
    [
        pytest.param(says(OK), 200, id="at once"),
        pytest.param(says(b"HTTP/1.0 404 Not Found\r\n\r\n"), 404, id="old HTTP"),
        pytest.param(says(b"HTTP/1.1 500\r\n\r\n"), 500, id="no reason"),
        pytest.param(says(b"HTTP/1.1 200 OK\n\nbody"), 200, id="bare newlines"),
        pytest.param(says(b"HTTP/1.1 503 Busy\r\nA: 1\r\n"), 503, id="closed within the headers"),
        pytest.param(says(*(bytes([b]) for b in OK), pause=0.001), 200, id="byte by byte"),
        pytest.param(says(b"HTTP/1.1 200 OK\r\n", b"\r\n", pause=0.1), 200, id="slow head"),
        pytest.param(says(b"", OK, pause=0.1), 200, id="slow answer"),
    ],
)
def test_get__returns_the_status(behave: Behaviour, status: int) -> None:
    answer = ask(behave)
    assert (answer.status, answer.error) == (status, "")
    assert str(answer) == f"HTTP status {status}"


@pytest.mark.parametrize(
    "behave, words",
    [
        pytest.param(reset, "connection reset before an answer", id="reset"),
        pytest.param(says(), "closed without an answer", id="empty close"),
        pytest.param(says(b"SSH-2.0-OpenSSH_9.2\r\n"), "not HTTP", id="another protocol"),
        pytest.param(says(b"\x15\x03\x01\x00\x02\x02\x46"), "not HTTP", id="TLS alert"),
        pytest.param(says(b"HTTP/1.1 9999 OK\r\n\r\n"), "not HTTP", id="no status"),
    ],
)
def test_get__says_why_there_is_no_response(behave: Behaviour, words: str) -> None:
    answer = ask(behave)
    assert answer.status == 0
    assert words in answer.error
    assert str(answer) == answer.error


def test_get__connection_refused() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        answer = get(unused.getsockname()[1], "/", {}, timeout=1)
    assert answer.error == "connection refused"


def test_get__does_not_read_an_endless_body() -> None:
    def send_endlessly(connection: socket.socket) -> None:
        connection.recv(65536)
        with suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                connection.sendall(b"x" * 65536)

    started = time.monotonic()
    assert ask(send_endlessly).status == 200
    assert time.monotonic() - started < 2


def test_get__reads_endless_headers_up_to_a_limit() -> None:
    def send_endlessly(connection: socket.socket) -> None:
        connection.recv(65536)
        with suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                connection.sendall(b"X-A: " + b"x" * 8000 + b"\r\n")

    assert ask(send_endlessly).status == 200


@pytest.mark.parametrize(
    "behave",
    [hold, drip(b"x"), drip(b"X: 1\r\n")],
    ids=["silence", "a line that never ends", "headers that never end"],
)
def test_get__gives_up_after_its_timeout(behave: Behaviour) -> None:
    with server(behave) as port:
        started = time.monotonic()
        answer = get(port, "/", {}, timeout=0.2)
        took = time.monotonic() - started
    assert answer.error.startswith("no answer within")
    assert 0.2 <= took < 1


@pytest.mark.parametrize("behave", [hold, drip(b"x")], ids=["silence", "drip"])
def test_get__stops_when_told_to(behave: Behaviour) -> None:
    """A container that has ended answers no more, whatever the engine's proxy holds open."""
    started = time.monotonic()
    with server(behave) as port:
        answer = get(port, "/", {}, timeout=3, should_stop=lambda: time.monotonic() > started + 0.2)
        took = time.monotonic() - started
    assert answer.error == "connection closed without an answer"
    assert took < 1.5


def test_get__sends_one_request_with_the_given_headers() -> None:
    asked: list[bytes] = []

    def listen(connection: socket.socket) -> None:
        asked.append(connection.recv(65536))
        connection.sendall(OK)

    with server(listen) as port:
        get(port, "/a?b=c", {"Host": "localhost:1", "X-Ü": "é"}, timeout=5)
    assert asked == [
        "GET /a?b=c HTTP/1.1\r\nHost: localhost:1\r\nX-Ü: é\r\nConnection: close\r\n\r\n".encode(
            "latin-1"
        )
    ]


def test_get__does_not_follow_redirects() -> None:
    answer = ask(says(b"HTTP/1.1 301 Moved\r\nLOCATION:  https://localhost/ \r\n\r\n"))
    assert answer.status == 301
    assert answer.headers == {"location": "https://localhost/"}


@pytest.mark.parametrize("end", [b"\r\n", b"\n"], ids=["crlf", "lf"])
def test_get__the_body_does_not_contain_headers(end: bytes) -> None:
    head = end.join((b"HTTP/1.1 302 Found", b"Location: /a", b"", b"Location: /b"))
    assert ask(says(head)).headers == {"location": "/a"}


PAGE = b"<h1>Bad Request (400)</h1>"


def error(body: bytes = PAGE, status: bytes = b"400 Bad") -> bytes:
    return b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html\r\n\r\n" + body


@pytest.mark.parametrize(
    "pieces",
    [(error(),), (error(b""), PAGE), tuple(bytes([b]) for b in error())],
    ids=["at once", "headers first", "byte by byte"],
)
def test_get__reads_the_beginning_of_an_error_page(pieces: tuple[bytes, ...]) -> None:
    answer = ask(says(*pieces, pause=0.001))
    assert (answer.status, answer.body) == (400, PAGE.decode())


def test_get__does_not_read_the_body_of_a_success() -> None:
    assert ask(says(OK)).body == ""


def test_get__does_not_wait_for_a_slow_error_page() -> None:
    def stall(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(error(b"<h1>"))
        hold(connection)

    started = time.monotonic()
    answer = ask(stall)
    assert (answer.status, answer.body) == (400, "<h1>")
    assert time.monotonic() - started < 2


def test_get__cuts_an_endless_error_page() -> None:
    def send_endlessly(connection: socket.socket) -> None:
        connection.recv(65536)
        with suppress(OSError):
            connection.sendall(error(b""))
            while True:
                connection.sendall(b"x" * 65536)

    answer = ask(send_endlessly)
    assert answer.status == 400
    assert answer.body == "x" * MAX_BODY


def test_get__an_incomplete_error_page_is_an_answer() -> None:
    def cut(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(error(b"<h1>", b"500 No"))
        time.sleep(0.05)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    assert ask(cut).status == 500


def test_get__measures_the_first_byte() -> None:
    answer = ask(says(b"", b"HTTP/1.1 200 OK\r\n", b"\r\n", pause=0.1))
    assert answer.first_byte is not None
    assert 0.1 <= answer.first_byte < 1


def test_get__timed_out_only_without_a_response() -> None:
    with server(hold) as port:
        assert get(port, "/", {}, timeout=0.1).timed_out
    assert not ask(reset).timed_out
    assert not ask(says()).timed_out
    assert ask(says()).first_byte is None
