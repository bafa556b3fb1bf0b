import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from rehearsal.audit.exchange import Exchange
from rehearsal.outside.http_exchange import MAX_BODY, MAX_RECEIVED, ask
from rehearsal.results.published_port import PublishedPort

HEADERS = {"Host": "localhost", "Connection": "close"}
OK = b"HTTP/1.1 200 OK\r\n"
# In seconds: as good as never.
ENDLESS = 60
PLENTY = 20.0
Serve = Callable[[socket.socket, bytes], object]


@contextmanager
def serving(serve: Serve) -> Iterator[PublishedPort]:
    """Serve one connection, once the request is there."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run() -> None:
            with suppress(OSError):
                connection, _ = server.accept()
                with connection:
                    serve(connection, connection.recv(1 << 16))

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield PublishedPort("127.0.0.1", server.getsockname()[1])
        thread.join(PLENTY)


def answer_to(*pieces: bytes, path: str = "/", timeout: float = PLENTY) -> Exchange:
    def serve(connection: socket.socket, _: bytes) -> None:
        for piece in pieces:
            connection.sendall(piece)

    with serving(serve) as published:
        return ask(published, path, HEADERS, timeout=timeout)


def test_ask__a_whole_answer() -> None:
    answer = answer_to(
        b"HTTP/1.1 404 Not Found\r\nSet-Cookie: a=1\r\nX-Long: one,\r\n\ttwo\r\n",
        b"set-cookie: b=2\r\n\r\n",
        b"no ",
        b"page\xff",
        path="/x?y=1",
    )
    assert (answer.path, answer.status, answer.body) == ("/x?y=1", 404, b"no page\xff")
    assert answer.all("set-cookie") == ("a=1", "b=2")
    assert answer.header("x-long") == "one, two"
    assert answer.request_headers == HEADERS
    assert answer.error == ""
    assert 0 < answer.seconds < PLENTY


def test_ask__sends_the_path_as_a_browser_does() -> None:
    received: list[bytes] = []

    def echo(connection: socket.socket, request: bytes) -> None:
        received.append(request)
        connection.sendall(OK + b"\r\n")

    with serving(echo) as published:
        answer = ask(published, "/\xfc/a b\r\nX: y?z=%2F&w=%", HEADERS, timeout=PLENTY)
    assert received[0].splitlines() == [
        b"GET /%C3%BC/a%20b%0D%0AX:%20y?z=%2F&w=% HTTP/1.1",
        b"Host: localhost",
        b"Connection: close",
        b"",
    ]
    assert answer.path == "/%C3%BC/a%20b%0D%0AX:%20y?z=%2F&w=%"


def test_ask__chunks_and_a_length() -> None:
    chunked = OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
    assert answer_to(chunked).body == b"abcde"
    # What comes after the content is no part of it.
    assert answer_to(OK + b"Content-Length: 3\r\n\r\nabcdef").body == b"abc"


def test_ask__interim_answers_come_first() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    answer = answer_to(b"HTTP/1.1 100 Continue\r\n\r\n", early, early, OK + b"\r\n", b"abc")
    assert (answer.status, answer.header("link"), answer.body) == (200, "", b"abc")


@pytest.mark.parametrize(
    "head, sent, received",
    [
        (b"Content-Length: 10\r\n\r\n", b"abc", b"abc"),
        (b"Transfer-Encoding: chunked\r\n\r\n", b"3\r\nabc\r\n", b"abc"),
        (b"Transfer-Encoding: chunked\r\n\r\n", b"a\r\nabc", b"abc"),
        (b"Transfer-Encoding: chunked\r\n\r\n", b"3\r\nabc\r\nno size\r\n", b"abc"),
    ],
)
def test_ask__a_content_that_breaks_off(head: bytes, sent: bytes, received: bytes) -> None:
    answer = answer_to(OK + head, sent)
    assert (answer.status, answer.body) == (200, received)
    assert answer.error == "the content broke off after 3 bytes"


@pytest.mark.parametrize(
    "sent, error",
    [
        (b"", "connection closed without an answer"),
        (b"no http\r\n\r\n", "an answer that is not HTTP (BadStatusLine)"),
        (b"\x16\x03\x01\r\n", "an answer that is not HTTP (BadStatusLine)"),
        (OK + b"A: b\r\n" * 200, "an answer that is not HTTP (HTTPException)"),
        (OK + b"A: " + b"b" * 70_000 + b"\r\n\r\n", "an answer that is not HTTP (LineTooLong)"),
    ],
)
def test_ask__no_answer(sent: bytes, error: str) -> None:
    answer = answer_to(sent)
    assert (answer.status, answer.headers, answer.error) == (0, (), error)


def test_ask__nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        published = PublishedPort("127.0.0.1", server.getsockname()[1])
    answer = ask(published, "/", HEADERS, timeout=PLENTY)
    assert answer.status == 0
    assert answer.error == "no connection (Connection refused)"


def test_ask__a_reset_is_an_end() -> None:
    def serve(connection: socket.socket, _: bytes) -> None:
        connection.sendall(OK + b"Content-Length: 10\r\n\r\nabc")
        linger = b"\1\0\0\0\0\0\0\0"
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    with serving(serve) as published:
        answer = ask(published, "/", HEADERS, timeout=PLENTY)
    assert answer.status in {0, 200}
    assert answer.error


def endless(*head: bytes, piece: bytes, pause: float = 0.0) -> Serve:
    """Return a server that sends its head, and then the same piece until the client is gone."""

    def serve(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"".join(head))
        limit = time.monotonic() + ENDLESS
        while time.monotonic() < limit:
            connection.sendall(piece)
            time.sleep(pause)

    return serve


def silent(connection: socket.socket, _: bytes) -> None:
    connection.settimeout(ENDLESS)
    connection.recv(1)


@pytest.mark.parametrize(
    "serve",
    [
        silent,
        endless(OK, piece=b"A: b\r\n", pause=0.2),
        endless(piece=b"HTTP/1.1 103 Early Hints\r\n\r\n", pause=0.01),
    ],
)
def test_ask__time_is_limited_until_the_end(serve: Serve) -> None:
    with serving(serve) as published:
        begun = time.monotonic()
        answer = ask(published, "/", HEADERS, timeout=0.5)
        assert time.monotonic() - begun < ENDLESS / 2
    assert (answer.status, answer.error) == (0, "no complete answer within 0.5 s")


def test_ask__a_stream_of_events_is_cut_without_an_error() -> None:
    serve = endless(
        OK, b"Content-Type: text/event-stream\r\n\r\n", piece=b"data: x\n\n", pause=0.01
    )
    with serving(serve) as published:
        answer = ask(published, "/", HEADERS, timeout=0.5)
    assert (answer.status, answer.error) == (200, "")
    assert answer.body.startswith(b"data: x\n\n")


def test_ask__size_is_limited() -> None:
    with serving(endless(OK, b"\r\n", piece=b"x" * 4096)) as published:
        answer = ask(published, "/", HEADERS, timeout=PLENTY)
    assert (answer.status, len(answer.body), answer.error) == (200, MAX_BODY, "")


def test_ask__size_of_interim_answers_is_limited() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: " + b"x" * 60_000 + b"\r\n\r\n"
    with serving(endless(piece=early)) as published:
        answer = ask(published, "/", HEADERS, timeout=PLENTY)
    assert (answer.status, answer.error) == (0, f"headers longer than {MAX_RECEIVED >> 10} KiB")
