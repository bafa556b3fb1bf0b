"""The request that says most about a failed test."""

from dataclasses import replace

from rehearsal.results.browser_trace import BrowserTrace, TraceRequest
from rehearsal.results.evidence_index import FailedTestEvidence

CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# What a page is made of, and what its scripts ask for; of icons and fonts no test is red.
MAIN_KINDS = frozenset({"", "document", "frame", "xhr", "fetch"})
PARTS = frozenset({"script", "stylesheet"})
SERVER_ERROR = 500
# The browser itself ended it, as it does when it goes to the next page.
ABORTED = "net::ERR_ABORTED"


def request_of_test(trace: BrowserTrace) -> TraceRequest | None:
    """Return the last request that the app could not answer, or else the last of another weight.

    That is one that was refused or changes something, and then a part of a page that is missing.
    """
    weighed = [(_weight(each), number) for number, each in enumerate(trace.requests)]
    weight, number = max(weighed, default=(0, 0))
    return trace.requests[number] if weight else None


def with_path(test: FailedTestEvidence, app_url: str) -> FailedTestEvidence:
    """Return a test whose request has only its path if it went to the app, at `app_url`."""
    request = test.request
    if not app_url or not request or not request.address.startswith(f"{app_url}/"):
        return test
    address = request.address.removeprefix(app_url)
    return replace(test, request=replace(request, address=address))


def _weight(request: TraceRequest) -> int:
    if request.error == ABORTED:
        return 0
    is_main = request.kind in MAIN_KINDS or request.method in CHANGES
    if is_main and (request.error or request.status >= SERVER_ERROR):
        return 3
    if is_main and (request.failed or request.method in CHANGES):
        return 2
    return 1 if request.failed and request.kind in PARTS else 0
