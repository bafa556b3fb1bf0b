import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rehearsal.audit.observations import Pages
from rehearsal.evidence.log import Log
from rehearsal.pipeline.audit import pages as module
from rehearsal.pipeline.audit.pages import MAX_ASSETS, observe_pages
from rehearsal.pipeline.audit.subject import Subject
from rehearsal.results.published_port import PublishedPort

from ...fakes import PLAN, fake_container

PAGE = """<!doctype html><link rel="stylesheet" href="site.css">
<script src="/site.js"></script><script src="https://assets.example/other.js"></script>
<img src="/moved.png" alt=""><img src="data:image/gif;base64,R0" alt="">"""


class App:
    """An app of some paths: each has a status, a type and a body, or a place it redirects to."""

    def __init__(self, answers: Mapping[str, tuple[int, str, str] | str], log: Log) -> None:
        self.answers = answers
        self.requests: list[tuple[str, Mapping[str, str]]] = []
        self._write = log.stream()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.requests.append((request.path, request.headers))  # type: ignore[arg-type]
        found = self.answers.get(request.path, (404, "text/html", "gone"))
        status, kind, body = found if isinstance(found, tuple) else (302, "text/html", "")
        self._write(f"{status} {request.path}\n".encode())
        request.send_response(status)
        request.send_header("Content-Type", kind)
        if isinstance(found, str):
            request.send_header("Location", found)
        request.send_header("Server", "Werkzeug/3.1" if "/werkzeug" in self.answers else "x")
        request.end_headers()
        request.wfile.write(body.encode())

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]


@contextmanager
def serving(app: App) -> Iterator[PublishedPort]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            app.answer(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield PublishedPort("127.0.0.1", server.server_port)
        finally:
            server.shutdown()


@pytest.fixture
def look(log: Log) -> Callable[..., tuple[Pages, App]]:
    """Return a function that looks at an app of these answers."""

    def observed(
        answers: Mapping[str, tuple[int, str, str] | str],
        path: str = "/",
        headers: Mapping[str, str] = {},
    ) -> tuple[Pages, App]:
        app = App(answers, log)
        with serving(app) as published:
            subject = Subject(
                plan=replace(PLAN, probe=replace(PLAN.probe, path=path, headers=headers)),
                context=None,  # type: ignore[arg-type]  # not needed
                container=replace(fake_container(), published=published),
                log=log,
                image="",
            )
            return observe_pages(subject), app

    return observed


Look = Callable[..., tuple[Pages, App]]


def test_pages__what_is_asked_for(look: Look) -> None:
    pages, app = look(
        {"/": (200, "text/html", "<h1>Lists</h1>"), "/healthz": (200, "", "ok")}, "/healthz"
    )
    token = pages.marks[0]
    assert token.startswith("rehearsal-")
    assert app.paths == [
        "/healthz", "/", f"/{token}", f"/{token}-%", "/healthz", "/", f"/{token}",
    ]  # fmt: skip
    assert [each.path for each in pages.all] == app.paths
    assert [headers["Host"] for _, headers in app.requests[4:]] == ["rehearsal.invalid"] * 3
    assert [each.status for each in pages.foreign] == [200, 200, 404]
    assert pages.debugger is None
    assert pages.assets == ()


def test_pages__ready_path_is_the_home_page(look: Look) -> None:
    pages, app = look({"/": (200, "text/html", "")})
    assert pages.ready == pages.home
    assert app.paths.count("/") == 2


def test_pages__redirects_are_followed_on_the_apps_own_host(look: Look) -> None:
    answers = {
        "/": "login/?next=/",
        "/login/?next=/": "/login/start",
        "/login/start": (200, "text/html", "<h1>Log in</h1>"),
        "/healthz": "https://lists.example/",
    }
    pages, _ = look(answers, "/healthz")
    assert [each.path for each in pages.home] == ["/", "/login/?next=/", "/login/start"]
    assert [each.status for each in pages.ready] == [302]
    assert "/login/start" in [each.path for each in pages.foreign]


def test_pages__redirects_end(look: Look) -> None:
    circle = {"/": "/a", "/a": "/b", "/b": "/a"}
    pages, _ = look(circle)
    assert [each.path for each in pages.ready] == ["/", "/a", "/b"]
    chain = {f"/{number}": f"/{number + 1}" for number in range(1, 30)}
    pages, _ = look({"/": "/1", **chain})
    assert len(pages.ready) == 6


def test_pages__below_a_path_prefix(look: Look) -> None:
    pages, app = look({"/app/healthz?full": (200, "text/html", "")}, "/app/healthz?full")
    assert pages.unknown[0].path == f"/app/{pages.marks[0]}"
    assert app.paths[0] == "/app/healthz?full"


def test_assets__of_the_app_itself(look: Look) -> None:
    answers = {
        "/app/": (200, "text/html; charset=utf-8", PAGE),
        "/app/site.css": (200, "text/css", "a {}"),
        "/moved.png": "/static/moved.png",
        "/static/moved.png": (200, "image/png", "x"),
    }
    pages, app = look(answers, "/app/")
    assert [(each.kind, each.plain.path, each.plain.status) for each in pages.assets] == [
        ("stylesheet", "/app/site.css", 200),
        ("script", "/site.js", 404),
        ("image", "/static/moved.png", 200),
    ]
    style, script, _ = pages.assets
    assert style.link == "site.css"
    assert style.compressed
    assert style.compressed.request_headers["Accept-Encoding"] == "gzip, br"
    assert style.plain.request_headers["Accept-Encoding"] == "identity"
    assert script.compressed is None
    assert app.paths.count("/app/site.css") == 2


def test_assets__of_the_ready_page_and_the_home_page_once_each(look: Look) -> None:
    home = '<link rel="stylesheet" href="/app/site.css"><img src="/logo.svg">'
    answers = {"/app/": (200, "text/html", PAGE), "/": (200, "text/html", home)}
    pages, _ = look(answers, "/app/")
    assert [each.plain.path for each in pages.assets] == [
        "/app/site.css", "/site.js", "/moved.png", "/logo.svg",
    ]  # fmt: skip


@pytest.mark.parametrize("page", [(401, "text/html", PAGE), (200, "text/plain", PAGE)])
def test_assets__of_no_other_answer(look: Look, page: tuple[int, str, str]) -> None:
    assert look({"/": page})[0].assets == ()


def test_assets__are_limited_in_number(look: Look) -> None:
    page = "".join(f'<img src="/{number}.png">' for number in range(MAX_ASSETS + 7))
    pages, _ = look({"/": (200, "text/html", page)})
    assert len(pages.assets) == MAX_ASSETS
    assert pages.left_out == 7


def test_assets__have_names_of_limited_length(look: Look) -> None:
    pages, _ = look({"/": (200, "text/html", f'<img src="/{"-" * 4000}.png">')})
    assert pages.assets == ()


def test_pages__time_is_limited(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TOTAL_TIMEOUT", 0.0)
    monkeypatch.setattr(module, "LOG_TIMEOUT", 0.0)
    pages, app = look({"/": (200, "text/html", PAGE)})
    assert app.paths == []
    assert pages.ready[0].error == "not asked: the time for requests was over"
    assert pages.foreign == ()


def test_headers__of_the_probe_are_sent_and_only_the_host_is_replaced(look: Look) -> None:
    given = {"Authorization": "Bearer x", "Host": "lists.example", "X-Forwarded-Host": "a.example"}
    _, app = look({"/": (200, "text/html", "")}, headers=given)
    own, foreign = app.requests[0][1], app.requests[-1][1]
    assert (own["Host"], own["X-Forwarded-Host"]) == ("lists.example", "a.example")
    assert (foreign["Host"], foreign["X-Forwarded-Host"]) == ("rehearsal.invalid",) * 2
    assert own["Authorization"] == foreign["Authorization"] == "Bearer x"


def test_logged__the_lines_about_what_was_refused(look: Look) -> None:
    pages, _ = look({"/": (200, "text/html", PAGE), "/site.js": (200, "text/javascript", "")})
    assert f"404 /{pages.marks[0]}" in pages.logged
    assert not [line for line in pages.logged if "site.js" in line]


def test_logged__nothing(
    look: Look, log: Log, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    del tmp_path
    monkeypatch.setattr(module, "LOG_TIMEOUT", 0.05)
    monkeypatch.setattr(log, "_append", lambda *_: None)
    assert look({"/": (200, "text/html", "")})[0].logged == ()


def test_debugger__is_asked_for_where_werkzeug_serves(look: Look) -> None:
    pages, app = look({"/werkzeug": (200, "text/html", "")})
    assert pages.debugger
    assert app.paths[-1] == "/?__debugger__=yes&cmd=resource&f=debugger.js"
