"""A request of which the app has begun to answer, or to read, when the container is stopped."""

from collections.abc import Mapping

from rehearsal.dataclass import dataclass
from rehearsal.outside.held_request import HeldRequest
from rehearsal.outside.http_probe import request_head
from rehearsal.results.published_port import PublishedPort

# A page that takes so many seconds is still under way when the signal arrives.
SLOW_PAGE = 0.2
# A slower one would itself delay the end of the container.
TOO_SLOW_PAGE = 2.0
# How long to wait until the server has read a part, in seconds, and answers if it does so at once.
READING = 0.1
CONTINUE_TIMEOUT = 0.3
CONTINUE = 100

FORM = b"rehearsal=in+flight"
FORM_HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Content-Length": str(len(FORM)),
    # The server says when it, or the app, begins to read the body (RFC 9110, 10.1.1).
    "Expect": "100-continue",
}


@dataclass(frozen=True, kw_only=True)
class RequestInFlight:
    """A request that has no answer yet, and the `rest` of it, which is to be sent.

    `description` has method and path. With `is_taken` it is known that the app, or its server, has
    taken the request: then it must be answered.
    """

    held: HeldRequest
    rest: bytes
    description: str
    is_taken: bool


def hold_request(
    published: PublishedPort, path: str, headers: Mapping[str, str], *, page_seconds: float
) -> RequestInFlight | None:
    """Return a request in flight, or None if the app answers those that are tried at once.

    `page_seconds` is how long a GET of the page takes at least. Raises OSError.
    """
    if page_seconds > TOO_SLOW_PAGE:
        return None
    if page_seconds >= SLOW_PAGE:
        return _slow_page(published, path, headers, page_seconds)
    return _half_body(published, path, headers) or _half_head(published, path, headers)


def _slow_page(
    published: PublishedPort, path: str, headers: Mapping[str, str], seconds: float
) -> RequestInFlight | None:
    """Ask for a page; by half of its time the app has taken the request, busy machine or not."""
    held = HeldRequest(published, request_head("GET", path, headers))
    if held.wait(seconds / 2):
        held.close()
        return None
    return RequestInFlight(
        held=held, rest=b"", description=f"GET {path}, which was being answered", is_taken=True
    )


def _half_body(
    published: PublishedPort, path: str, headers: Mapping[str, str]
) -> RequestInFlight | None:
    half = len(FORM) // 2
    held = HeldRequest(published, request_head("POST", path, {**headers, **FORM_HEADERS}))
    held.wait(CONTINUE_TIMEOUT, until=lambda: held.interim_status == CONTINUE)
    held.send(FORM[:half])
    if held.wait(READING):
        # A server may wait for this connection to be closed before it ends.
        held.close()
        return None
    return RequestInFlight(
        held=held,
        rest=FORM[half:],
        description=f"POST {path}, of whose body a half was sent",
        is_taken=held.interim_status == CONTINUE,
    )


def _half_head(
    published: PublishedPort, path: str, headers: Mapping[str, str]
) -> RequestInFlight | None:
    request = request_head("GET", path, headers)
    half = len(request) // 2
    held = HeldRequest(published, request[:half])
    if held.wait(READING):
        held.close()
        return None
    return RequestInFlight(
        held=held,
        rest=request[half:],
        description=f"GET {path}, of whose headers a half was sent",
        # Many a good server closes such a connection, since no request has reached the app.
        is_taken=False,
    )
