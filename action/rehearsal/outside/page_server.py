"""Show the pages of an evidence to a browser on this machine, and to nobody else."""

import hmac
import re
import secrets
import shutil
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath
from typing import Any, ClassVar
from urllib.parse import quote, unquote

from rehearsal.outside.page_files import PageFiles
from rehearsal.regex import regex
from rehearsal.results.file_names import PAGE_FILE
from rehearsal.results.traced_attempt import ANY_TRACE_PAGE

LOOPBACK = "127.0.0.1"
# By these names a browser on this machine reaches it, or through a tunnel. Another name is that of
# a page elsewhere that wants to read the evidence (DNS rebinding).
HOSTS = frozenset({LOOPBACK, "localhost", "[::1]"})
# Anybody could have made a downloaded artifact. Its pages run in an origin of their own, so that a
# script in one of them reads none of the other files, and can send nothing.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src 'self' data:; media-src 'self'; font-src data:; base-uri 'none'; form-action 'none'; "
    "sandbox allow-scripts allow-downloads allow-popups allow-popups-to-escape-sandbox"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
# The page, those of its shards, and the traces.
OUR_PAGE = regex(rf"(?:shards/[^/]+/)?(?:index\.html|tests/[^/]+/{ANY_TRACE_PAGE})", re.ASCII)
PAGE, TEXT, OTHER = "text/html", "text/plain", "application/octet-stream"
# What a browser shows by itself. The page that a test saw is text: its scripts must not run.
TYPES: Mapping[str, str] = {
    **{f".{kind}": f"image/{kind}" for kind in ("png", "gif", "webp", "avif", "bmp", "jpeg")},
    ".jpg": "image/jpeg",
    ".webm": "video/webm",
    ".mp4": "video/mp4",
    **dict.fromkeys((".html", ".txt", ".log", ".json", ".jsonl", ".xml", ".md", ".index"), TEXT),
}
# In seconds: how long a request may take to arrive.
PATIENCE = 30


class PageServer(ThreadingHTTPServer):
    """Serves files on a free port of the loopback address, below a path that nobody can guess.

    Other users of this machine reach the port, too, and the evidence is private. `when_asked` is
    called before each answer to somebody who knows the path.
    """

    daemon_threads = True

    def __init__(self, files: PageFiles) -> None:
        super().__init__((LOOPBACK, 0), _Handler)
        self.files = files
        self.token = secrets.token_urlsafe(16)
        self.when_asked: Callable[[], object] = lambda: None

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])

    def address(self, name: str) -> str:
        """Return the URL of a file."""
        return f"http://{LOOPBACK}:{self.port}/{self.token}/{quote(name)}"

    def run(self, when_ready: Callable[[], object]) -> None:
        """Serve until the user presses Ctrl-C."""
        thread = threading.Thread(target=self.serve_forever, daemon=True)
        with suppress(KeyboardInterrupt):
            thread.start()
            when_ready()
            thread.join()
        self.shutdown()

    def handle_error(self, *_: Any) -> None:
        """Do nothing: a browser that closes a connection is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    server: PageServer
    timeout: ClassVar[int] = PATIENCE
    server_version = "rehearse"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer with a file."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer with the headers of a file."""
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        if not _is_local(self.headers.get_all("Host", [])):
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return
        try:
            name = self._name()
            file, size = self.server.files.open(name)
        except (OSError, ValueError):
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.server.when_asked()
        with file:
            self._send_headers(HTTPStatus.OK, _type_of(PurePosixPath(name)), size)
            if with_body:
                shutil.copyfileobj(file, self.wfile)

    def _name(self) -> str:
        """Return the name of the requested file. Raises FileNotFoundError."""
        path = self.path.partition("?")[0].partition("#")[0]
        _, token, *rest = path.split("/", 2) if path.startswith("/") else ("", "", "")
        if not rest or not hmac.compare_digest(token.encode(), self.server.token.encode()):
            raise FileNotFoundError(path)
        return unquote(rest[0], errors="surrogateescape") or PAGE_FILE

    def send_error(self, code: int, *_: Any) -> None:
        """Answer with the name of an error: never with what was asked for."""
        body = f"{HTTPStatus(code).phrase}\n".encode()
        self._send_headers(code, TEXT, len(body))
        if self.command != "HEAD":
            self.wfile.write(body)

    def _send_headers(self, code: int, kind: str, size: int) -> None:
        self.send_response(code)
        charset = "; charset=utf-8" if kind.startswith("text/") else ""
        self.send_header("Content-Type", f"{kind}{charset}")
        self.send_header("Content-Length", str(size))
        if kind == OTHER:
            self.send_header("Content-Disposition", "attachment")
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Print nothing: paths have the names of tests, and the terminal has the address."""


def _type_of(path: PurePosixPath) -> str:
    return PAGE if OUR_PAGE.fullmatch(str(path)) else TYPES.get(path.suffix.lower(), OTHER)


def _is_local(hosts: list[str]) -> bool:
    """Whether the one Host header names this machine; a tunnel has a port of its own."""
    if len(hosts) != 1:
        return False
    name, colon, port = hosts[0].rpartition(":")
    is_port = bool(colon) and port.isascii() and port.isdigit()
    return (name if is_port else hosts[0]).lower() in HOSTS
