"""One whole request and its response, limited in time and in size."""

import io
import socket
import time
from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse
from typing import Any, cast
from urllib.parse import quote

from rehearsal.audit.exchange import Exchange
from rehearsal.outside.http_response import INTERIM_STATUSES
from rehearsal.results.published_port import PublishedPort

# In bytes, of the content. A page or static file that is longer is judged by its beginning.
MAX_BODY = 512 << 10
# In bytes, of all that is received: headers, and the sizes of chunks, come on top of the content.
MAX_RECEIVED = 2 * MAX_BODY
# What a browser sends as it is; all other characters of a path it escapes.
URL_CHARACTERS = "!#$%&'()*+,/:;=?@[]~"


def ask(
    published: PublishedPort, path: str, headers: Mapping[str, str], *, timeout: float
) -> Exchange:
    """Send GET for a path and its query, and return what was answered within `timeout` seconds.

    Whatever the app answers, nothing is raised.
    """
    path = quote(path, safe=URL_CHARACTERS)
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    begun = time.monotonic()
    answer: dict[str, Any]
    try:
        with socket.create_connection(published.socket_address, timeout=timeout) as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
            answer = _receive(_Source(connection, deadline=begun + timeout), timeout)
    except OSError as error:
        answer = {"error": f"no connection ({error.strerror or error})"}
    return Exchange(
        path=path, request_headers=dict(headers), seconds=time.monotonic() - begun, **answer
    )


class _Source(io.RawIOBase):
    """What a connection receives until the deadline, or until it is too much; then it ends."""

    def __init__(self, connection: socket.socket, *, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline
        self._left = MAX_RECEIVED
        self._reader = io.BufferedReader(self)
        self.ended_by = ""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Receive into a buffer; return how many bytes, 0 at the end."""
        seconds = self._deadline - time.monotonic()
        if seconds <= 0 or self._left <= 0:
            self.ended_by = "time" if seconds <= 0 else "size"
            return 0
        self._connection.settimeout(seconds)
        try:
            received = self._connection.recv_into(buffer, min(len(buffer), self._left))
        except TimeoutError:
            self.ended_by = "time"
            return 0
        except OSError:  # A reset connection ends as a closed one does.
            return 0
        self._left -= received
        return received

    def makefile(self, _mode: str) -> Any:
        """Return the one reader of this connection, as `HTTPResponse` asks a socket for it."""
        return self._reader


def _receive(source: _Source, timeout: float) -> dict[str, Any]:
    """Return the fields of the exchange that are about the response."""
    try:
        response = _read_head(source)
    except (HTTPException, OSError, ValueError) as error:
        return {"error": _describe(error, source, timeout)}
    if source.ended_by:
        return {"error": _describe(None, source, timeout)}
    with response:
        body, broken_off = _read_body(response, source)
    return {
        "status": response.status,
        "headers": tuple(
            # A value may be folded (RFC 9112, 5.2).
            (name.lower(), " ".join(part.strip() for part in value.splitlines()))
            for name, value in response.getheaders()
        ),
        "body": body,
        "error": broken_off,
    }


def _read_head(source: _Source) -> HTTPResponse:
    """Return the response with its headers; interim ones come before it (RFC 9110, 15.2)."""
    while True:
        # All that the response wants of a socket is its file.
        response = HTTPResponse(cast("socket.socket", source), method="GET")
        response.begin()
        if response.status not in INTERIM_STATUSES:
            return response
        # Otherwise its end would close the connection.
        response.fp = None  # type: ignore[assignment]  # as HTTPResponse does itself


def _read_body(response: HTTPResponse, source: _Source) -> tuple[bytes, str]:
    """Return the beginning of the content, and why it is not whole unless that is our limit."""
    body = bytearray()
    try:
        if response.chunked:
            while len(body) < MAX_BODY and (piece := response.read1(MAX_BODY - len(body))):
                body += piece
            is_whole = True
        else:
            body += response.read(MAX_BODY)
            is_whole = not response.length or len(body) == MAX_BODY
    except (HTTPException, ValueError):  # The end, or what is no size, in place of a chunk.
        is_whole = False
    if is_whole or source.ended_by:
        return bytes(body), ""
    return bytes(body), f"the content broke off after {len(body)} bytes"


def _describe(error: Exception | None, source: _Source, timeout: float) -> str:
    if source.ended_by == "time":
        return f"no complete answer within {timeout:.1f} s"
    if source.ended_by == "size":
        return f"headers longer than {MAX_RECEIVED >> 10} KiB"
    if isinstance(error, ConnectionError):
        return "connection closed without an answer"
    return f"an answer that is not HTTP ({type(error).__name__})"
