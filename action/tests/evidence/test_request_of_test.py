from dataclasses import replace

import pytest

from rehearsal.evidence.request_of_test import request_of_test, with_path
from rehearsal.results.browser_trace import BrowserTrace, TraceRequest
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.tests import Failure


def request(what: str, start: float = 0.0, **changes: str) -> TraceRequest:
    """Make a request from a text like `POST 500`, or `GET net::ERR_FAILED`."""
    method, outcome = what.split()
    status = int(outcome) if outcome.isdigit() else 0
    return TraceRequest(
        start=start,
        seconds=0.2,
        method=method,
        address=f"http://localhost:1{changes.get('path', '/lists/new')}",
        status=status,
        error="" if status else outcome,
        kind=changes.get("kind", "document"),
    )


@pytest.mark.parametrize(
    "requests, chosen",
    [
        ([], None),
        ([request("GET 200"), request("GET 304")], None),
        ([request("POST 302"), request("GET 200")], 0),
        ([request("POST 302"), request("POST 200"), request("GET 200")], 1),
        ([request("POST 500"), request("POST 302")], 0),
        ([request("GET 500", kind="xhr"), request("GET 404")], 0),
        ([request("GET 500", kind="frame"), request("GET 404")], 0),
        ([request("GET net::ERR_CONNECTION_REFUSED"), request("POST 302")], 0),
        ([request("POST net::ERR_ABORTED"), request("GET 200")], None),
        ([request("GET 404"), request("POST 302")], 1),
        ([request("POST 302"), request("GET 404", kind="stylesheet")], 0),
        ([request("GET 200"), request("GET 404", kind="script")], 1),
        ([request("GET 404", kind="image"), request("GET 404", kind="other")], None),
        ([request("POST 403", kind="fetch"), request("GET 404", kind="image")], 0),
    ],
    ids=["none", "reads", "a change", "last change", "500 before a change", "500 of a script",
         "500 of a frame", "no answer", "ended by the browser", "refused before a change",
         "change before a part", "a part is missing", "icon", "refused"],
)  # fmt: skip
def test_request_of_test(requests: list[TraceRequest], chosen: int | None) -> None:
    found = request_of_test(BrowserTrace(requests=tuple(requests)))
    assert found is (None if chosen is None else requests[chosen])


@pytest.mark.parametrize(
    "address, shown",
    [
        ("http://localhost:8000/lists/new?a=1", "/lists/new?a=1"),
        ("http://localhost:80001/x", "http://localhost:80001/x"),
        ("http://localhost:9000/x", "http://localhost:9000/x"),
        ("http://localhost:8000.example/x", "http://localhost:8000.example/x"),
    ],
    ids=["the app", "a longer port", "another port", "another host"],
)
def test_with_path__only_of_a_request_to_the_app(address: str, shown: str) -> None:
    test = FailedTestEvidence(
        failure=Failure(name="t", message=""),
        request=replace(request("POST 500"), address=address),
    )
    found = with_path(test, "http://localhost:8000").request
    assert found == replace(request("POST 500"), address=shown)
    assert with_path(test, "") == test
