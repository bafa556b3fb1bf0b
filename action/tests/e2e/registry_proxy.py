"""What stands before a registry, as proxies do, and may do harm."""

import http.client
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .registry import Registry

# Headers of one connection, not of the message.
_OWN = frozenset({"connection", "content-length", "transfer-encoding"})
# How a connection begins that wants to be encrypted.
_TLS = b"\x16\x03"


@dataclass(kw_only=True)
class RegistryProxy:
    """One at `host`; `seen` holds method and path of every request.

    `before` is called with method and path of each request; what it returns, if anything, is the
    status that is answered instead. `after` is called when the registry has answered.
    """

    host: str
    before: Callable[[str, str], int | None] = lambda _method, _path: None
    after: Callable[[str, str], None] = lambda _method, _path: None
    seen: list[tuple[str, str]] = field(default_factory=list)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = upstream
        self.stand = RegistryProxy(host=f"localhost:{self.server_address[1]}")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    raw_requestline: bytes

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def parse_request(self) -> bool:
        """Refuse TLS as a registry without it does: with words that a client understands."""
        if self.raw_requestline.startswith(_TLS):
            self.wfile.write(b"HTTP/1.0 400 Bad Request\r\n\r\n")
            self.close_connection = True
            return False
        return super().parse_request()

    def handle_any(self) -> None:
        body, stand = self._body(), self.server.stand
        stand.seen.append((self.command, self.path))
        if status := stand.before(self.command, self.path):
            self._answer(status, {"Content-Type": "text/html"}, b"<h1>Bad Gateway</h1>\n")
            return
        upstream = http.client.HTTPConnection(self.server.upstream, timeout=60)
        headers = {
            name: ", ".join(self.headers.get_all(name) or ())
            for name in self.headers
            if name.lower() not in _OWN
        }
        upstream.request(self.command, self.path, body=body, headers=headers)
        answer = upstream.getresponse()
        data = answer.read()
        stand.after(self.command, self.path)
        self._answer(answer.status, dict(answer.getheaders()), data)
        upstream.close()

    # The names are those that http.server looks for.
    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pieces = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _answer(self, status: int, headers: Mapping[str, str], data: bytes) -> None:
        head = self.command == "HEAD"
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in _OWN:
                self.send_header(name, value)
        length = headers.get("Content-Length", "0") if head else str(len(data))
        self.send_header("Content-Length", length)
        self.end_headers()
        if not head:
            self.wfile.write(data)


@contextmanager
def registry_proxy(registry: Registry) -> Iterator[RegistryProxy]:
    """Stand before a registry until the block ends."""
    server = _Server(registry.host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.stand
    finally:
        server.shutdown()
        server.server_close()
