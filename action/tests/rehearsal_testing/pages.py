"""A site for real browsers, and the runners of the tests that open it."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PYTEST = ["-m", "pytest", "-p", "no:cacheprovider", "-p", "rehearsal_testing.plugin"]
DJANGO = ["-m", "django", "test", "--settings=settings"]
# settings.py beside the tests.
SETTINGS = "SECRET_KEY = 'x'\nDATABASES = {}\nUSE_TZ = True\n"


class PageHandler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        """Answer a request; each site has its own pages."""
        raise NotImplementedError

    def send_page(self, body: str, status: int = 200, **headers: str) -> None:
        """Send a page; a header's name has `_` for `-`."""
        content = body.encode()
        self.send_response(status)
        defaults = {"Content_Type": "text/html; charset=utf-8"}
        for name, value in {**defaults, **headers, "Content_Length": str(len(content))}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        # A browser that ends may not wait for its page.
        with contextlib.suppress(ConnectionError):
            self.wfile.write(content)

    def log_message(self, *_: object) -> None: ...


@contextlib.contextmanager
def serve(
    handler: type[BaseHTTPRequestHandler],
    address: tuple[str, int] = ("127.0.0.1", 0),
    server_class: type[ThreadingHTTPServer] = ThreadingHTTPServer,
) -> Iterator[str]:
    """Run a server in a thread; the value is its URL with the name localhost."""
    with server_class(address, handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
