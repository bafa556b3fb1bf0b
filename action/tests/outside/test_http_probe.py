import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from rehearsal.outside import http_probe
from rehearsal.outside.error_page import MAX_BODY
from rehearsal.outside.http_probe import get
from rehearsal.outside.http_response import MAX_HEAD, Answer
from rehearsal.results.published_port import PublishedPort

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


def reset(said: bytes = b"") -> Behaviour:
    def behave(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(said)
        time.sleep(0.05)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return behave


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
        return get(PublishedPort("127.0.0.1", port), "/", {"Host": "localhost"}, timeout=timeout)


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
PROCESSING = b"HTTP/1.1 102 Processing\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
SWITCHING = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"


def bytewise(data: bytes, size: int = 1) -> Behaviour:
    return says(*(data[at : at + size] for at in range(0, len(data), size)), pause=0.0002)


def with_headers(length: int) -> bytes:
    """Return an answer whose headers, from status line to empty line, have this many bytes."""
    start, end = b"HTTP/1.1 200 OK\r\nX-Long: ", b"\r\n\r\n"
    return start + b"x" * (length - len(start) - len(end)) + end


@pytest.mark.parametrize(
    "behave, status",
    [
        pytest.param(says(OK), 200, id="at once"),
        pytest.param(says(b"HTTP/1.0 404 Not Found\r\n\r\n"), 404, id="HTTP/1.0"),
        pytest.param(says(b"HTTP/1.0 200 OK\r\n\r\nhi"), 200, id="no length"),
        pytest.param(says(CHUNKED), 200, id="chunked"),
        pytest.param(says(b"HTTP/1.1 500\r\n\r\n"), 500, id="no reason"),
        pytest.param(says(b"HTTP/1.1 200 \r\n\r\n"), 200, id="empty reason"),
        pytest.param(says(b"HTTP/1.1 200 OK\n\nbody"), 200, id="bare line feeds"),
        pytest.param(says(b"HTTP/1.1 200 OK\r\nA: 1\n\r\nbody"), 200, id="both line ends"),
        pytest.param(says(b"\r\n\r\n", OK, pause=0.01), 200, id="empty lines first"),
        pytest.param(bytewise(OK), 200, id="byte by byte"),
        pytest.param(bytewise(HINTS + OK, 2), 200, id="two bytes each"),
        pytest.param(says(b"HTTP/1.1 200 OK\r\n", b"\r\n", pause=0.1), 200, id="slow head"),
        pytest.param(says(b"", OK, pause=0.1), 200, id="slow answer"),
        pytest.param(says(OK[:-1]), 200, id="closed within the body"),
        pytest.param(says(HINTS + OK), 200, id="early hints"),
        pytest.param(says(CONTINUE, OK, pause=0.01), 200, id="continue"),
        pytest.param(says(PROCESSING, PROCESSING, OK, pause=0.1), 200, id="still processing"),
        pytest.param(says(HINTS + CONTINUE + PROCESSING + OK), 200, id="several interim answers"),
        pytest.param(says(CONTINUE.replace(b"\r", b"") + OK), 200, id="interim, bare line feeds"),
        pytest.param(says(HINTS + b"HTTP/1.1 503 Busy\r\n\r\n"), 503, id="interim, then an error"),
        pytest.param(says(SWITCHING), 101, id="101 is final"),
        pytest.param(says(with_headers(64 << 10)), 200, id="64 KiB of headers"),
        pytest.param(says(with_headers(MAX_HEAD - 1) + b"body"), 200, id="below the limit"),
        pytest.param(says(with_headers(MAX_HEAD) + b"body"), 200, id="at the limit"),
    ],
)
def test_get__returns_the_status(behave: Behaviour, status: int) -> None:
    answer = ask(behave)
    assert (answer.status, answer.error) == (status, "")
    assert str(answer) == f"HTTP status {status}"


@pytest.mark.parametrize(
    "behave, message",
    [
        pytest.param(reset(), "connection reset without an answer", id="reset"),
        pytest.param(says(), "connection closed without an answer", id="empty close"),
        pytest.param(says(b"\r\n"), "connection closed without an answer", id="an empty line"),
        pytest.param(
            says(HINTS),
            "connection closed after an interim answer (HTTP status 103)",
            id="closed after an interim answer",
        ),
        pytest.param(
            says(CONTINUE + OK[:20]),
            "connection closed after a part of the headers ('HTTP/1.1 200 OK')",
            id="closed within the headers",
        ),
        pytest.param(
            says(b"HTTP/1."),
            "connection closed after a part of the headers ('HTTP/1.')",
            id="closed within the status line",
        ),
        pytest.param(
            reset(b"HTTP/1.1 200 OK\r\n"),
            "connection reset after a part of the headers ('HTTP/1.1 200 OK')",
            id="reset within the headers",
        ),
        pytest.param(
            says(with_headers(MAX_HEAD + 1)),
            "headers longer than 256 KiB ('HTTP/1.1 200 OK')",
            id="above the limit",
        ),
        pytest.param(
            says(b"SSH-2.0-OpenSSH_9.2\r\n"),
            "an answer that is not HTTP: it begins with 'SSH-2.0-OpenSSH_9.2'",
            id="SSH",
        ),
        pytest.param(
            says(b"220 mail.example ESMTP\r\n"),
            "an answer that is not HTTP: it begins with '220 mail.example ESMTP'",
            id="SMTP",
        ),
        pytest.param(
            says(b"<html>", b"<p>" * 40, pause=0.01),
            f"an answer that is not HTTP: it begins with '<html>{'<p>' * 18}'",
            id="HTTP/0.9",
        ),
        pytest.param(
            says(b"HTTP/1.1 9999 OK\r\n\r\n"),
            "an answer that is not HTTP: it begins with 'HTTP/1.1 9999 OK'",
            id="no status",
        ),
        pytest.param(
            says(b"\x15\x03\x01\x00\x02\x02\x46"),
            "an answer in TLS: the app speaks https on this port",
            id="TLS",
        ),
        pytest.param(
            says(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + bytes(18)),
            "an answer in HTTP/2, which browsers do not speak without TLS",
            id="HTTP/2",
        ),
    ],
)
def test_get__says_why_there_is_no_response(behave: Behaviour, message: str) -> None:
    answer = ask(behave)
    assert (answer.status, answer.error) == (0, message)
    assert str(answer) == message


@pytest.mark.parametrize(
    "banner", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\x15\x03\x01\x00\x02"], ids=["a line", "bytes"]
)
def test_get__does_not_wait_for_another_protocol(banner: bytes) -> None:
    def greet(connection: socket.socket) -> None:
        connection.sendall(banner)
        hold(connection)

    started = time.monotonic()
    assert ask(greet).error.startswith("an answer ")
    assert time.monotonic() - started < 2


def test_get__connection_refused() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        answer = get(PublishedPort(*unused.getsockname()), "/", {}, timeout=1)
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


def test_get__does_not_read_endless_headers() -> None:
    def send_endlessly(connection: socket.socket) -> None:
        connection.recv(65536)
        with suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                connection.sendall(b"X-A: " + b"x" * 8000 + b"\r\n")

    assert ask(send_endlessly).error.startswith("headers longer than 256 KiB")


HEADERS = " only a part of the headers ('HTTP/1.1 200 OK')"


@pytest.mark.parametrize(
    "behave, message",
    [
        pytest.param(hold, "no answer within 0 s", id="silence"),
        pytest.param(drip(b"x"), f"no complete answer within 0 s:{HEADERS}", id="an endless line"),
        pytest.param(drip(b"X: 1\r\n"), f"no complete answer within 0 s:{HEADERS}", id="headers"),
        pytest.param(
            says(*[PROCESSING] * 1000, pause=0.005),
            "no complete answer within 0 s: only an interim answer (HTTP status 102)",
            id="interim answers",
        ),
    ],
)
def test_get__gives_up_after_its_timeout(behave: Behaviour, message: str) -> None:
    with server(behave) as port:
        started = time.monotonic()
        answer = get(PublishedPort("127.0.0.1", port), "/", {}, timeout=0.2)
        took = time.monotonic() - started
    assert (answer.error, answer.timed_out) == (message, True)
    assert 0.2 <= took < 1


@pytest.mark.parametrize("behave", [hold, drip(b"x")], ids=["silence", "drip"])
def test_get__stops_when_told_to(behave: Behaviour) -> None:
    """A container that has ended answers no more, whatever the engine's proxy holds open."""
    started = time.monotonic()
    with server(behave) as port:
        answer = get(
            PublishedPort("127.0.0.1", port),
            "/",
            {},
            timeout=3,
            should_stop=lambda: time.monotonic() > started + 0.2,
        )
        took = time.monotonic() - started
    assert answer.error.startswith("request stopped ")
    assert took < 1.5


def test_get__sends_one_request_with_the_given_headers() -> None:
    asked: list[bytes] = []

    def listen(connection: socket.socket) -> None:
        asked.append(connection.recv(65536))
        connection.sendall(OK)

    with server(listen) as port:
        get(
            PublishedPort("127.0.0.1", port),
            "/a?b=c",
            {"Host": "localhost:1", "X-Ü": "é"},
            timeout=5,
        )
    assert asked == ["GET /a?b=c HTTP/1.1\r\nHost: localhost:1\r\nX-Ü: é\r\n\r\n".encode("latin-1")]


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
    answer = ask(reset(error(b"<h1>", b"500 No")))
    assert (answer.status, answer.body) == (500, "<h1>")


def test_get__does_not_wait_after_a_whole_error_page() -> None:
    """Many servers keep the connection open, although the probe asks them to close it."""

    def keep_open(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy")
        hold(connection)

    with server(keep_open) as port, pytest.MonkeyPatch.context() as patch:
        patch.setattr(http_probe, "PAGE_TIMEOUT", 30.0)
        started = time.monotonic()
        assert get(PublishedPort("127.0.0.1", port), "/", {}, timeout=30).body == "busy"
    assert time.monotonic() - started < 10


def test_get__measures_the_first_byte() -> None:
    answer = ask(says(b"", b"HTTP/1.1 200 OK\r\n", b"\r\n", pause=0.1))
    assert answer.first_byte is not None
    assert 0.1 <= answer.first_byte < 1


def test_get__timed_out_only_without_a_response() -> None:
    with server(hold) as port:
        assert get(PublishedPort("127.0.0.1", port), "/", {}, timeout=0.1).timed_out
    assert not ask(reset()).timed_out
    assert not ask(says()).timed_out
    assert ask(says()).first_byte is None
