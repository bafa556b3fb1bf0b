"""Ask the app for the styles and scripts that one of its pages links to."""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException, HTTPResponse

from rehearsal.results.published_port import PublishedPort

# In seconds, for each piece of an answer.
TIMEOUT = 2.0
# In bytes. Links to styles and scripts are near the beginning of a page.
MAX_PAGE = 256 << 10
MAX_LINKS = 20
# The attribute of a tag that names another file of the page. Not of pictures: no test fails for a
# missing icon, and an app makes other pictures for some users only.
LINK_ATTRIBUTES = {"link": "href", "script": "src"}
# A browser refuses a style or script of this type.
HTML = "text/html"
GONE = (404, 410)
OK = 200


def answered_links(
    published: PublishedPort, path: str, headers: Mapping[str, str], *, seconds: float
) -> Iterator[str]:
    """Yield `STATUS PATH` for each style and script of the page at `path` that the app lacks.

    Instead of a status it is `an HTML page` where the app answers with its own page, and `served`
    where it has the file.

    Only paths on the same host are asked for, once each, and nothing after `seconds`. An app that
    does not answer yields nothing.
    """
    limit = time.monotonic() + seconds
    try:
        page, _ = _get(published, path, headers, limit)
    except (OSError, HTTPException, ValueError):
        return
    for link in _links(page.decode(errors="replace")):
        if time.monotonic() > limit:
            return
        try:
            _, response = _get(published, link, headers, limit)
        except (OSError, HTTPException, ValueError):
            continue
        if response.status in GONE:
            yield f"{response.status} {link}"
        elif response.status == OK:
            is_page = HTML in response.headers.get("Content-Type", "")
            yield f"{'an HTML page' if is_page else 'served'} {link}"


def _get(
    published: PublishedPort, path: str, headers: Mapping[str, str], limit: float
) -> tuple[bytes, HTTPResponse]:
    """Return what came until `limit` (of the monotonic clock): an answer may never end."""
    connection = HTTPConnection(published.address, published.port, timeout=TIMEOUT)
    try:
        connection.request("GET", path, headers=dict(headers))
        response = connection.getresponse()
        body = bytearray()
        while len(body) < MAX_PAGE and time.monotonic() < limit:
            if not (piece := response.read1(MAX_PAGE - len(body))):
                break
            body += piece
        return bytes(body), response
    finally:
        connection.close()


def _links(page: str) -> list[str]:
    collector = _Collector()
    # Python before 3.14 raises it for a declaration that it does not know, like `<![x[`.
    with suppress(AssertionError):
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
        if link and (tag != "link" or "stylesheet" in (values.get("rel") or "").lower().split()):
            self.found.append(link)
