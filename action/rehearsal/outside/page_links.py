"""Ask the app for the styles and scripts that one of its pages links to."""

import time
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException, HTTPResponse

# In seconds, for each answer.
TIMEOUT = 2.0
# In bytes. Links to styles and scripts are near the beginning of a page.
MAX_PAGE = 256 << 10
MAX_LINKS = 20
# The attribute of a tag that names another file of the page.
LINK_ATTRIBUTES = {"link": "href", "script": "src", "img": "src"}
# In an error page instead of the file, a browser finds this type and refuses it.
HTML = "text/html"
FIRST_ERROR = 400


def refused_links(
    port: int, path: str, headers: Mapping[str, str], *, seconds: float
) -> Iterator[str]:
    """Yield `STATUS PATH` for each file of the page at `path` that a browser cannot use.

    Only paths on the same host are asked for, once each, and nothing after `seconds`. An app that
    does not answer yields nothing.
    """
    limit = time.monotonic() + seconds
    try:
        page, _ = _get(port, path, headers)
    except (OSError, HTTPException, ValueError):
        return
    for link in _links(page.decode(errors="replace")):
        if time.monotonic() > limit:
            return
        try:
            _, response = _get(port, link, headers)
        except (OSError, HTTPException, ValueError):
            continue
        if response.status >= FIRST_ERROR or HTML in response.headers.get("Content-Type", ""):
            yield f"{response.status} {link}"


def _get(port: int, path: str, headers: Mapping[str, str]) -> tuple[bytes, HTTPResponse]:
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        connection.request("GET", path, headers=dict(headers))
        response = connection.getresponse()
        return response.read(MAX_PAGE), response
    finally:
        connection.close()


def _links(page: str) -> list[str]:
    collector = _Collector()
    collector.feed(page)
    paths = (link.partition("?")[0].partition("#")[0] for link in collector.found)
    own = (path for path in paths if path.startswith("/") and not path.startswith("//"))
    return [path for path in dict.fromkeys(own) if path.isprintable()][:MAX_LINKS]


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        link = values.get(LINK_ATTRIBUTES.get(tag, ""))
        # A link to another page (canonical, next) is no file of this one.
        if link and (
            tag != "link" or {"stylesheet", "icon"} & set((values.get("rel") or "").split())
        ):
            self.found.append(link)
