"""A request and its response, as data."""

from collections.abc import Iterator, Mapping
from dataclasses import field

from rehearsal.dataclass import dataclass

# Characters of a body that evidence shows.
MAX_SHOWN = 300
HTML_TYPES = ("text/html", "application/xhtml+xml")
# All others are those of any client, or the caller's own, like a token.
SHOWN_REQUEST_HEADERS = ("host", "accept-encoding")
NO_ENCODING = "identity"


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request to the app and its response.

    `path` has its query. `status` is 0 if there was no response. `headers` are the response's, with
    names in lower case, each as often as it came. `body` is the beginning of the content, as it
    came. `seconds` counts to its end. `error` says why there is no response, or that its content
    broke off.
    """

    path: str
    request_headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    seconds: float = 0.0
    error: str = ""

    def header(self, name: str) -> str:
        """Return the values of a header, joined by commas as HTTP allows; empty if there is none.

        Not for Set-Cookie, whose values have commas of their own: see `all`.
        """
        return ", ".join(self.all(name))

    def all(self, name: str) -> tuple[str, ...]:
        """Return each value of a header."""
        return tuple(value for key, value in self.headers if key == name.lower())

    @property
    def content_type(self) -> str:
        """The type of the content, in lower case and without parameters."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def is_html(self) -> bool:
        """Whether the response is a page."""
        return self.content_type in HTML_TYPES

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    def evidence(self, *names: str, body: bool = False) -> tuple[str, ...]:
        """Return the request and the response as lines: all headers, or those that are named.

        Values of cookies are left out.
        """
        return tuple(self._lines({name.lower() for name in names}, body=body))

    def _lines(self, names: set[str], *, body: bool) -> Iterator[str]:
        yield f"> {self.method} {self.path}"
        for name, value in self.request_headers.items():
            if name.lower() in SHOWN_REQUEST_HEADERS and value != NO_ENCODING:
                yield f"> {name}: {value}"
        if self.status:
            yield f"< {self.status}"
        for name, value in self.headers:
            if not names or name in names:
                shown = _without_value(value) if name == "set-cookie" else value
                yield f"< {name}: {shown}"
        if self.error:
            yield f"< {self.error}"
        if body and self.body:
            yield from self.text[:MAX_SHOWN].splitlines()


def _without_value(cookie: str) -> str:
    """Return a cookie without its value, which is all of its first part if it has no name."""
    first, end, attributes = cookie.partition(";")
    name, equals, _ = first.partition("=")
    return f"{name if equals else ''}=...{end}{attributes}"
