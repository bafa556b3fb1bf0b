"""Ask a browser's driver something, with a time limit: Selenium's own connection has none."""

from __future__ import annotations

import base64
import json
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

_ERRORS = 400


class RefusedError(Exception):
    """What the driver says of an error: its kind, such as `timeout`, and a line of text."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


def ask(url: str, method: str, path: str, params: dict[str, Any], timeout: float) -> Any:
    """Return the value that the driver at `url` answers; the timeout is in seconds.

    Raises RefusedError, socket.timeout, and whatever else goes wrong.
    """
    server = urlsplit(url)
    kind = HTTPSConnection if server.scheme == "https" else HTTPConnection
    connection = kind(server.hostname or "localhost", server.port, timeout=timeout)
    # As Selenium sends it: a Grid refuses a request without the charset.
    content_type = "application/json;charset=UTF-8"
    headers = {"Accept": "application/json", "Content-Type": content_type}
    if server.username:
        login = f"{server.username}:{server.password or ''}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(login).decode()}"
    try:
        body = json.dumps(params) if method == "POST" else None
        connection.request(method, server.path.rstrip("/") + path, body, headers)
        response = connection.getresponse()
        value = json.loads(response.read())["value"]
    finally:
        connection.close()
    if response.status >= _ERRORS:
        error = str(value.get("error"))
        raise RefusedError(error, str(value.get("message") or error).partition("\n")[0])
    return value
