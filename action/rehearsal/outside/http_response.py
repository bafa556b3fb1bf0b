"""An HTTP/1 response as it arrives: interim answers, the final headers, or another protocol."""

from collections.abc import Mapping
from dataclasses import field, replace

from rehearsal.dataclass import dataclass
from rehearsal.outside.error_page import is_complete, page_text
from rehearsal.regex import regex

STATUS_LINE = regex(rb"HTTP/\d(?:\.\d)? +([1-9]\d\d)(?=\s|$)")
HEAD_END = regex(rb"\r?\n\r?\n")
# The longest end of the headers, in bytes.
LONGEST_END = 4
# In bytes. Source: kMaxHeaderBufSize in Chromium, net/http/http_stream_parser.h.
MAX_HEAD = 256 << 10
# Interim answers come before the final one (RFC 9110, 15.2). After 101 the connection speaks
# another protocol, so no other answer follows.
INTERIM_STATUSES = frozenset(range(100, 200)) - {101}
ERROR_STATUSES = range(400, 600)
# How much of the first line of another protocol a message quotes, in bytes.
MAX_QUOTED = 60
# A TLS record: its type, then the major version 3.
TLS_RECORD = regex(rb"[\x14-\x17]\x03[\x00-\x04]")
# The SETTINGS frame with which each HTTP/2 server begins (RFC 9113, 3.4 and 4.1).
HTTP2_SETTINGS = regex(rb"\x00[\x00-\xff]{2}\x04\x00\x00\x00\x00\x00")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A response: a status with headers (names in lower case), or the error that prevented it.

    `body` is the beginning of an error page. `first_byte` is how many seconds after the request the
    response began, or None. `timed_out` says that no complete response came in time.
    """

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    error: str = ""
    first_byte: float | None = None
    timed_out: bool = False

    def __str__(self) -> str:
        return f"HTTP status {self.status}" if self.status else self.error


class Response:
    """Collects the bytes of a response."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._searched = 0
        # The status of the last interim answer.
        self.interim_status = 0
        self._final: Answer | None = None
        self._is_http = True

    def add(self, piece: bytes) -> bool:
        """Add bytes; return whether the headers are complete, or cannot be HTTP."""
        self._received += piece
        while not self._final and self._is_http:
            if not self._searched:  # Empty lines before the status line are ignored.
                del self._received[: len(self._received) - len(self._received.lstrip(b"\r\n"))]
            self._is_http = b"HTTP/".startswith(self._received[:5])
            end = HEAD_END.search(self._received, max(0, self._searched - LONGEST_END))
            length = end.end() if end else len(self._received)
            if length > MAX_HEAD:
                line = _quote_line(bytes(self._received))
                self._final = Answer(error=f"headers longer than {MAX_HEAD >> 10} KiB ({line})")
            elif not end:
                self._searched = len(self._received)
                return not self._is_http
            elif self._is_http:
                self._take_head(bytes(self._received[: end.start()]), length)
        return True

    def add_page(self, piece: bytes) -> bool:
        """Add bytes after the headers; return whether enough is there to say what they are."""
        self._received += piece
        return self.is_enough

    @property
    def is_enough(self) -> bool:
        """Whether more bytes would not change the answer."""
        if not self._is_http:
            return b"\n" in self._received or len(self._received) >= MAX_QUOTED
        final = self._final
        if not final or final.status not in ERROR_STATUSES:
            return True
        return is_complete(bytes(self._received), final.headers)

    @property
    def answer(self) -> Answer | None:
        """The answer, or None if its headers are not complete."""
        if not self._is_http:
            return Answer(error=_describe_protocol(bytes(self._received)))
        if not self._final or self._final.status not in ERROR_STATUSES:
            return self._final
        body = page_text(bytes(self._received), self._final.headers)
        return replace(self._final, body=body)

    @property
    def progress(self) -> str:
        """What came before the answer was complete, or empty."""
        if self._received:
            return f"a part of the headers ({_quote_line(bytes(self._received))})"
        return (
            f"an interim answer (HTTP status {self.interim_status})" if self.interim_status else ""
        )

    def _take_head(self, head: bytes, length: int) -> None:
        status = STATUS_LINE.match(head)
        if not status:
            self._is_http = False
            return
        del self._received[:length]
        self._searched = 0
        if int(status[1]) in INTERIM_STATUSES:
            self.interim_status = int(status[1])
        else:
            self._final = Answer(status=int(status[1]), headers=_parse_headers(head))


def _parse_headers(head: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    name = ""
    for line in head.decode("latin-1").split("\n")[1:]:
        if line[:1] in {" ", "\t"}:  # A folded line continues the value (RFC 9112, 5.2).
            if name:
                headers[name] = f"{headers[name]} {line.strip()}".strip()
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower() if colon else ""
        if name:
            headers[name] = value.strip()
    return headers


def _describe_protocol(received: bytes) -> str:
    if TLS_RECORD.match(received):
        return "an answer in TLS: the app speaks https on this port"
    if HTTP2_SETTINGS.match(received):
        return "an answer in HTTP/2, which browsers do not speak without TLS"
    return f"an answer that is not HTTP: it begins with {_quote_line(received)}"


def _quote_line(received: bytes) -> str:
    return repr(received.split(b"\n", 1)[0][:MAX_QUOTED].rstrip().decode(errors="replace"))
