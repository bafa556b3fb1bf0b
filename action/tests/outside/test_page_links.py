import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rehearsal.outside.page_links import MAX_LINKS, answered_links
from rehearsal.results.published_port import PublishedPort

PAGE = """<!doctype html><link rel="stylesheet" href="/static/gone.css?v=1">
<link rel="stylesheet" href="/static/fine.css"><link rel="canonical" href="/other">
<link rel="shortcut icon" href="/icon.svg"><script src="/static/page.js"></script>
<img src="//elsewhere.example/x.png"><img src="https://elsewhere.example/y.png">
<script src="relative.js"></script><link rel="stylesheet" href="/static/gone.css#x">"""
ANSWERS = {
    "/": (200, "text/html", PAGE),
    "/static/fine.css": (200, "text/css", "a {}"),
    # A single-page app answers with its page, whatever is asked for.
    "/static/page.js": (200, "text/html; charset=utf-8", "<!doctype html>"),
}
# In seconds: as good as never.
ENDLESS = 60
Answers = Callable[[str], tuple[int, str, str]]


FOUND = 302


@contextmanager
def serving(
    answers: Answers, then: Callable[[BaseHTTPRequestHandler], None] = lambda _: None
) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, content_type, body = answers(self.path)
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("X-Host", self.headers["Host"])
            if status == FOUND:
                self.send_header("Location", body)
            self.end_headers()
            with suppress(OSError):  # The client has enough.
                self.wfile.write(body.encode())
                then(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


def found(
    answers: Answers,
    seconds: float = 30,
    then: Callable[[BaseHTTPRequestHandler], None] = lambda _: None,
) -> list[str]:
    with serving(answers, then) as port:
        return list(
            answered_links(
                PublishedPort("127.0.0.1", port), "/", {"Host": "localhost"}, seconds=seconds
            )
        )


def test_answered_links__errors_and_pages_instead_of_files() -> None:
    refused = found(lambda path: ANSWERS.get(path, (404, "text/html", "gone")))
    assert refused == [
        "404 /static/gone.css",
        "served /static/fine.css",
        "an HTML page /static/page.js",
    ]


@pytest.mark.parametrize("status", [302, 401, 403, 500, 503])
def test_answered_links__other_answers_say_nothing_of_missing_files(status: int) -> None:
    assert found(lambda path: (200 if path == "/" else status, "text/html", PAGE)) == []


def test_answered_links__of_a_page_that_never_ends() -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        for _ in range(10 * ENDLESS):
            handler.wfile.write(b" ")
            time.sleep(0.1)

    begun = time.monotonic()
    assert found(lambda _: (200, "text/html", PAGE), seconds=1, then=drip) == []
    assert time.monotonic() - begun < ENDLESS


def test_answered_links__of_a_page_with_many() -> None:
    page = "".join(f'<script src="/{number}.js"></script>' for number in range(1000))
    refused = found(lambda path: (200, "text/html", page) if path == "/" else (404, "a/b", ""))
    assert len(refused) == MAX_LINKS


def test_answered_links__ends_in_time() -> None:
    assert found(lambda path: ANSWERS.get(path, (404, "text/html", "gone")), seconds=-1) == []


@pytest.mark.parametrize(
    "body", ["", "\0\xff<link rel='stylesheet' href='/a b\n.css'>", "<link <", "<![x[y]]>", "<![1"]
)
def test_answered_links__of_an_odd_page(body: str) -> None:
    assert found(lambda _: (200, "text/html", body)) == []


def test_answered_links__no_app() -> None:
    with serving(lambda _: (200, "", "")) as port:
        pass
    assert list(answered_links(PublishedPort("127.0.0.1", port), "/", {}, seconds=5)) == []
