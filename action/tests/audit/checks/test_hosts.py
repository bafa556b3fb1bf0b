from typing import Any

import pytest

from rehearsal.audit.checks.hosts import host_check, logging
from rehearsal.audit.exchange import Exchange
from rehearsal.audit.observations import Observations

from ..answers import FOREIGN, UNKNOWN, answer, failed, findings, observed, skipped

REFUSED = "connection closed without an answer"


def foreign(body: str = "", status: int = 200, kind: str = "text/html", **headers: str) -> Exchange:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return answer("/", status, body, kind, headers=named, request_headers=FOREIGN)


def django(*answers: Exchange, **changes: Any) -> Observations:
    return observed(django=True, foreign=answers, **changes)


@pytest.mark.parametrize(
    "answer_",
    [
        foreign(status=302, location="http://rehearsal.invalid/login"),
        foreign(status=302, location="//rehearsal.invalid:8000/login"),
        foreign(link="<https://rehearsal.invalid/feed>; rel=alternate"),
        foreign('<a href="http://rehearsal.invalid/lists">'),
        foreign('<form action="https://rehearsal.invalid/">'),
        foreign("<base href=//rehearsal.invalid/>"),
        foreign('<link rel="canonical" href="HTTP://REHEARSAL.INVALID/">'),
        foreign('<meta property="og:url" content="http://rehearsal.invalid/">'),
        foreign('<meta http-equiv="refresh" content="0; url=http://rehearsal.invalid/">'),
        foreign('{"next": "http://rehearsal.invalid/lists"}', kind="application/json"),
    ],
)
@pytest.mark.parametrize("is_django", [False, True])
def test_host_check__the_foreign_host_in_a_link(answer_: Exchange, *, is_django: bool) -> None:
    found = failed(host_check, observed(django=is_django, foreign=(answer_,)))
    assert found["host-check"].message == (
        "The answer to GET / links to the host that the request names."
    )
    assert "rehearsal.invalid" in found["host-check"].evidence[-1].lower()
    assert "> Host: rehearsal.invalid" in found["host-check"].evidence


@pytest.mark.parametrize(
    "answer_",
    [
        foreign("<h1>Lists</h1>"),
        foreign("<p>Blocked host: rehearsal.invalid. See http://rehearsal.invalid/.</p>"),
        foreign('<a href="http://rehearsal.invalid.example/">'),
        foreign('<a href="/login?next=/rehearsal.invalid">'),
        foreign('{"host": "rehearsal.invalid"}', kind="application/json"),
        foreign(status=302, location="/login"),
        foreign(status=301, location="https://lists.example/"),
        Exchange(path="/", error=REFUSED),
    ],
)
def test_host_check__answers_of_other_apps(answer_: Exchange) -> None:
    assert not failed(host_check, observed(foreign=(answer_,)))


@pytest.mark.parametrize(
    "answers",
    [
        # A health page may be answered before the host is compared.
        (foreign("ok"), answer(UNKNOWN, 400)),
        (foreign(status=400),),
        (foreign(status=421),),
        (Exchange(path="/", error=REFUSED),),
    ],
)
def test_host_check__django_refuses(answers: tuple[Exchange, ...]) -> None:
    assert not failed(host_check, django(*answers))


def test_host_check__django_answers() -> None:
    # The path that nobody has is not found with any host.
    found = failed(host_check, django(foreign("<h1>Lists</h1>"), answer(UNKNOWN, 404)))
    assert found["host-check"].message == "Django answers GET / for the host rehearsal.invalid."
    assert "ALLOWED_HOSTS" in found["host-check"].hint


def test_host_check__django_behind_a_login_refuses() -> None:
    chain = (answer(status=302, body=""), answer("/login"))
    assert not failed(host_check, django(foreign(status=302), answer("/login", 400), home=chain))


def test_host_check__no_time_was_left() -> None:
    assert skipped(host_check, django()) == "the app took too long for the pages before"


def test_logging__a_line_with_the_path_or_the_host() -> None:
    assert not failed(logging, observed(logged=('"GET /rehearsal-c0ffee HTTP/1.1" 404 -',)))
    assert not failed(logging, observed(logged=("Blocked host: rehearsal.invalid",)))


def test_logging__lines_that_may_be_about_something_else() -> None:
    (finding,) = findings(logging, observed(logged=("GET * 404",)))
    assert str(finding.outcome) == "passed"
    assert "none has the path or the host" in finding.message
    assert finding.evidence == ("GET * 404",)


def test_logging__nothing() -> None:
    found = failed(logging, observed(logged=()))
    assert found["logging"].message == (
        "GET /rehearsal-c0ffee was answered with 404, and the container logged nothing."
    )


def test_logging__nothing_was_refused() -> None:
    seen = observed(
        logged=(), unknown=(answer(UNKNOWN),), malformed=answer(UNKNOWN), foreign=(answer(),)
    )
    assert skipped(logging, seen) == "the app refused none of the requests"
