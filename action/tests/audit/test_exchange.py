from rehearsal.audit.exchange import MAX_SHOWN, Exchange

PAGE = Exchange(
    path="/x?y",
    request_headers={"Host": "app", "Authorization": "planted", "Accept-Encoding": "identity"},
    status=404,
    headers=(
        ("content-type", "Text/HTML; charset=utf-8"),
        ("vary", "a"),
        ("vary", "b"),
        ("set-cookie", "a=1; expires=Thu, 01 Jan 1970 00:00:00 GMT"),
        ("set-cookie", "b=2"),
    ),
    body=b"<h1>\xff</h1>\nno",
)


def test_header__joins_what_came_several_times() -> None:
    assert PAGE.header("Vary") == "a, b"
    assert PAGE.header("etag") == ""
    assert PAGE.all("Set-Cookie") == ("a=1; expires=Thu, 01 Jan 1970 00:00:00 GMT", "b=2")


def test_content_type__has_no_parameters() -> None:
    assert PAGE.content_type == "text/html"
    assert PAGE.is_html
    assert not Exchange(path="/", status=200).is_html


def test_evidence__request_and_response() -> None:
    assert PAGE.evidence("Vary") == ("> GET /x?y", "> Host: app", "< 404", "< vary: a", "< vary: b")
    assert len(PAGE.evidence()) == 8
    assert not [line for line in PAGE.evidence() if "planted" in line or "identity" in line]
    assert PAGE.evidence("etag", body=True)[-2:] == ("<h1>\ufffd</h1>", "no")


def test_evidence__has_the_attributes_of_a_cookie_only() -> None:
    assert PAGE.evidence("set-cookie")[-2:] == (
        "< set-cookie: a=...; expires=Thu, 01 Jan 1970 00:00:00 GMT", "< set-cookie: b=...",
    )  # fmt: skip


def test_evidence__a_cookie_without_a_name_is_all_value() -> None:
    cookie = Exchange(path="/", status=200, headers=(("set-cookie", "planted; Path=/"),))
    assert cookie.evidence()[-1] == "< set-cookie: =...; Path=/"


def test_evidence__a_content_that_broke_off() -> None:
    cut = Exchange(path="/", status=200, error="the content broke off after 3 bytes")
    assert cut.evidence() == ("> GET /", "< 200", "< the content broke off after 3 bytes")


def test_evidence__shows_the_beginning_of_a_body() -> None:
    lines = Exchange(path="/", status=200, body=b"x" * 1000).evidence(body=True)
    assert lines[-1] == "x" * MAX_SHOWN


def test_evidence__an_error_stands_in_place_of_a_status() -> None:
    assert Exchange(path="/", error="connection refused").evidence() == (
        "> GET /", "< connection refused",
    )  # fmt: skip
