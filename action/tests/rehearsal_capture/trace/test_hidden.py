import pytest

from rehearsal_capture.trace.hidden import hide_in_address, hide_in_error, hide_in_script


@pytest.mark.parametrize(
    "address, shown",
    [
        ("http://localhost:8888/lists/new?page=2", "http://localhost:8888/lists/new?page=2"),
        ("http://user:pa55@localhost/x", "http://localhost/x"),
        ("/login?token=abc&next=/a", "/login?token=•••&next=/a"),
        ("/?q=a-value-that-is-long", "/?q=•••"),
        ("/cb#access_token=abc&page=1", "/cb#access_token=•••&page=1"),
        ("/reset/MQ/c8x2kd-1a2b3c4d5e6f7a8b9c0d/", "/reset/MQ/•••/"),
        ("/blog/a-long-title-without-digits/", "/blog/a-long-title-without-digits/"),
        ("data:text/html,<p>secret", "data:text/html"),
        ("/#/reset/1a2b3c4d5e6f7a8b9c0d", "/#/reset/•••"),
        ("/join?1a2b3c4d5e6f7a8b9c0d&page", "/join?•••&page"),
        ("/?a=1;token=abc", "/?a=1;token=•••"),
        ("/pay?cvc=123&pin=1&shipping=2", "/pay?cvc=•••&pin=•••&shipping=2"),
        ("/cart;jsessionid=1A2B/pay", "/cart;jsessionid=•••/pay"),
        ("http://[", "•••"),
    ],
)
def test_hide_in_address(address: str, shown: str) -> None:
    assert hide_in_address(address) == shown


@pytest.mark.parametrize(
    "path",
    [
        "/static/app.3f2a9c1b7d4e.css",
        "/static/bootstrap-5.3.3.min.3f2a9c1b7d4e.css",
        "/static/admin/jquery.3f2a9c1b7d4e.min.js",
        "/static/Inter-Bold.3f2a9c1b7d4e.woff2",
        "/static/large-logo.3f2a9c1b7d4e.svg",
        "/assets/TheAboutView-BX3k9d2L.js",
        "/assets/_plugin-vue_export-helper-B_3k-d2L.js",
        "/vendors~main.3f2a9c1b.chunk.js.map",
        "/main.0123456789abcdef0123.js",
        "/_next/static/chunks/main-app-0123456789abcdef.js",
    ],
)
def test_hide_in_address__the_hash_of_a_static_file_is_shown(path: str) -> None:
    for address in (path, f"http://localhost:8888{path}?page=2"):
        assert hide_in_address(address) == address


@pytest.mark.parametrize(
    "path, shown",
    [
        ("/invite/S3CRETT0KENabcdefgh1.html", "/invite/•••"),
        ("/files/S3CRETT0KENabcdefgh1.pdf", "/files/•••"),
        ("/files/report-3f2a9c1b7d4e5f60.pdf", "/files/•••"),
        ("/s/S3CRETT0KENabcdefgh1.js", "/s/•••"),
        ("/s/3f2a9c1b7d4e5f607182.js", "/s/•••"),
        ("/s/x7Kq9ZpL2mVtR4-BX3k9d2L.js", "/s/•••"),
        ("/s/xaKqyZpLcmVtR-BX3k9d2L.js", "/s/•••"),
        ("/s/eyJhbGciOiJI.eyJzdWIi0iIx.abcdefgh.js", "/s/•••"),
        ("/media/abcdefab-abcd-4abc-abcd-7d4e3f2a9c1b.png", "/media/•••"),
        ("/media/receipt-3f2a9c1b7d4e5f607182.png", "/media/receipt-•••.png"),
        (f"/assets/application-{'0123456789abcdef' * 4}.css", "/assets/application-•••.css"),
        ("/reset/3f2a9c1b7d4e5f607182/app.3f2a9c1b7d4e.css", "/reset/•••/app.3f2a9c1b7d4e.css"),
        ("/app.3f2a9c1b7d4e.css/3f2a9c1b7d4e5f607182", "/•••/•••"),
        ("/?token=app.3f2a9c1b7d4e.css", "/?token=•••"),
    ],
)
def test_hide_in_address__no_token_passes_as_the_hash_of_a_static_file(
    path: str, shown: str
) -> None:
    assert hide_in_address(path) == shown


@pytest.mark.parametrize(
    "script, shown",
    [
        ("return document.title", "return document.title"),
        ("localStorage.setItem('token', \"a'b\")", "localStorage.setItem('•••', '•••')"),
        ("x = `a\nb`;\n  y()", "x = '•••'; y()"),
        (r"say('it\'s')", "say('•••')"),
        ("// don't\nlogin('pa55')", "// don'•••' login('•••')"),
        ('say("a\\\nb")', "say('•••')"),
        ("a" * 1000, f"{'a' * 199}…"),
    ],
)
def test_hide_in_script(script: str, shown: str) -> None:
    assert hide_in_script(script) == shown


def test_hide_in_script__text_that_never_ends() -> None:
    assert "s3cret" not in hide_in_script("say('s3cret" + "x" * 2000)


def test_hide_in_address__long_text_takes_no_time() -> None:
    # Each letter more made it slower: 100 000 of them took two minutes of a test.
    assert len(hide_in_address("http://localhost/#" + "a" * 1_000_000)) <= 500
    for name in ("a.b-" * 120, "aA" * 240, "1-" * 240):
        assert hide_in_address(f"/{name}!.js") == f"/{name}!.js"


@pytest.mark.parametrize(
    "error, shown",
    [
        ("no such element", "no such element"),
        (
            "Reached error page: about:neterror?e=connectionFailure&u=http%3A//x/%3Ftoken%3D1&c=a",
            "Reached error page: about:neterror?e=connectionFailure&u=•••&c=a",
        ),
        ("cannot open http://me:pa55@x/?token=abc now", "cannot open http://x/?token=••• now"),
    ],
)
def test_hide_in_error(error: str, shown: str) -> None:
    assert hide_in_error(error) == shown
