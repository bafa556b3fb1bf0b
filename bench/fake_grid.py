"""A Selenium Grid without browsers: it only waits, as one whose browsers run elsewhere."""

import contextlib
import json
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# In seconds, for each browser that starts, and for each page.
SECONDS = 0.5
TITLE = "Slow"


class _Grid(BaseHTTPRequestHandler):
    """Answers as WebDriver has it: each answer is an object with a value."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/session":
            time.sleep(SECONDS)
            self._answer({"sessionId": uuid.uuid4().hex, "capabilities": {"browserName": "chrome"}})
        elif self.path.endswith("/url"):
            time.sleep(SECONDS)
            self._answer(None)
        else:
            self._answer(None)

    def do_GET(self) -> None:
        self._answer(TITLE if self.path.endswith("/title") else None)

    def do_DELETE(self) -> None:
        self._answer(None)

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Print nothing."""

    def _answer(self, value: object) -> None:
        body = json.dumps({"value": value}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def fake_grid() -> Iterator[str]:
    """Serve it on loopback, and yield its URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Grid) as server:
        # Connections that clients keep must not hold up the end.
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
