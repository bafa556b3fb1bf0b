from dataclasses import replace

import pytest

from rehearsal.audit.checks.headers import headers

from ..answers import SOUND_HEADERS, answer, failed, observed, skipped
from ..recordings import recorded

ALL = {"headers:nosniff", "headers:frame", "headers:referrer"}


def lacking(name: str, value: str = "") -> set[str]:
    """Return what fails if a page has another value of a header."""
    changed = {key: text for key, text in {**SOUND_HEADERS, name: value}.items() if text}
    return set(failed(headers, observed(home=(answer(headers=changed),))))


def test_headers__all_there() -> None:
    assert not failed(headers, observed())


@pytest.mark.parametrize(
    "name, value, part",
    [
        ("x-content-type-options", "", "nosniff"),
        ("x-content-type-options", "none", "nosniff"),
        ("x-frame-options", "", "frame"),
        ("x-frame-options", "ALLOW-FROM https://partner.example", "frame"),
        ("referrer-policy", "", "referrer"),
        ("referrer-policy", "unsafe-url", "referrer"),
    ],
)
def test_headers__one_is_missing_or_says_nothing(name: str, value: str, part: str) -> None:
    assert lacking(name, value) == {f"headers:{part}"}


@pytest.mark.parametrize(
    "name, value",
    [
        ("x-content-type-options", "NoSniff"),
        ("x-content-type-options", "nosniff, nosniff"),
        ("x-frame-options", "sameorigin"),
        ("x-frame-options", "SAMEORIGIN, SAMEORIGIN"),
        ("referrer-policy", "no-referrer, strict-origin-when-cross-origin"),
    ],
)
def test_headers__other_values_that_do(name: str, value: str) -> None:
    assert not lacking(name, value)


@pytest.mark.parametrize(
    "policy, is_enough",
    [
        ("frame-ancestors 'none'", True),
        ("default-src 'self';frame-ancestors 'self' https://partner.example", True),
        ("default-src 'self'; Frame-Ancestors", True),
        ("default-src 'none', frame-ancestors 'self'", True),
        ("frame-ancestors *", False),
        ("frame-ancestors 'self' https:", False),
        ("default-src 'none'; frame-src 'none'", False),
    ],
)
def test_headers__a_content_security_policy_instead(policy: str, *, is_enough: bool) -> None:
    changed = {**SOUND_HEADERS, "x-frame-options": "", "content-security-policy": policy}
    found = failed(headers, observed(home=(answer(headers=changed),)))
    assert set(found) == (set() if is_enough else {"headers:frame"})


def test_headers__a_referrer_policy_in_the_page() -> None:
    changed = {**SOUND_HEADERS, "referrer-policy": ""}
    page = answer(body='<meta name="Referrer" content="same-origin">', headers=changed)
    assert not failed(headers, observed(home=(page,)))


def test_headers__every_page_is_looked_at() -> None:
    bare = answer("/app/", headers={"x-content-type-options": "nosniff"})
    found = failed(headers, observed(ready=(bare,)))
    assert set(found) == {"headers:frame", "headers:referrer"}
    assert "GET /app/" in found["headers:frame"].message


def test_headers__not_of_a_page_that_only_redirects() -> None:
    chain = (answer(status=302, body="", headers={}), answer("/login"))
    assert not failed(headers, observed(home=chain))


def test_headers__of_json_only_one() -> None:
    home = answer(body="{}", kind="application/json", headers={})
    assert set(failed(headers, observed(home=(home,)))) == {"headers:nosniff"}


@pytest.mark.parametrize(
    "path, body, kind",
    [
        ("/healthz", "ok", "text/plain"),
        ("/healthz", "<h1>ok</h1>", "text/html"),
        ("/up", "ok", "text/html"),
        ("/up", "{}", "application/json"),
    ],
)
def test_headers__not_of_a_health_page_that_alone_is_public(
    path: str, body: str, kind: str
) -> None:
    health = answer(path, body=body, kind=kind, headers={})
    refused = (answer(status=401, headers={}),)
    seen = observed(ready=(health,), home=refused)
    assert not failed(headers, seen)
    assert skipped(headers, seen) == "GET / is answered with 401"


def test_headers__not_of_the_health_page_beside_a_page() -> None:
    health = answer("/healthz", body="ok", kind="text/plain", headers={})
    assert not failed(headers, observed(ready=(health,)))


def cookies(*lines: str) -> str:
    """Return what is wrong with cookies that the page sets."""
    page = answer()
    sent = tuple(("set-cookie", line) for line in lines)
    found = failed(headers, observed(home=(replace(page, headers=(*page.headers, *sent)),)))
    assert set(found) <= {"headers:cookies"}
    return found["headers:cookies"].message if found else ""


@pytest.mark.parametrize(
    "line",
    [
        "sessionid=x; HttpOnly; Path=/; SameSite=Lax",
        "csrftoken=x; Path=/; SameSite=Lax",
        "XSRF-TOKEN=x; samesite=strict",
        "language=de; SameSite=Lax",
        "comment_author_1=me; SameSite=Lax",
        "session=; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/",
        "old=; Expires=Thu, 01-Jan-1970 00:00:01 GMT",
    ],
)
def test_cookies__fine(line: str) -> None:
    assert not cookies(line)


@pytest.mark.parametrize(
    "line, lacks",
    [
        ("sessionid=x; SameSite=Lax", "sessionid has no HttpOnly"),
        ("connect.sid=s%3Ax; Path=/; HttpOnly", "connect.sid has no SameSite"),
        ("PHPSESSID=x; path=/", "PHPSESSID has no SameSite and no HttpOnly"),
        ("_lists_session=x; path=/; HttpOnly", "_lists_session has no SameSite"),
        ("remember_web_1=x; SameSite=Lax", "remember_web_1 has no HttpOnly"),
        ("auth_token=x; SameSite=Lax", "auth_token has no HttpOnly"),
        ("language=de; Path=/", "language has no SameSite"),
    ],
)
def test_cookies__lack_an_attribute(line: str, lacks: str) -> None:
    assert cookies(line) == f"Cookies lack attributes: {lacks}."


def test_cookies__are_named_once_each() -> None:
    message = cookies("a=1", "b=2; SameSite=Lax", "a=2", "c=3")
    assert message == "Cookies lack attributes: a has no SameSite, c has no SameSite."


def test_cookies__no_value_in_the_evidence() -> None:
    pages = recorded("php")
    value = pages.home[-1].header("set-cookie").partition("=")[2].partition(";")[0]
    assert len(value) > 20
    found = failed(headers, observed(home=pages.home))
    assert "PHPSESSID=..." in "".join(found["headers:cookies"].evidence)
    assert value not in "".join(line for each in found.values() for line in each.evidence)
