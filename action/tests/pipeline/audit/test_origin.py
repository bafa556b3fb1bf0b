import pytest

from rehearsal.pipeline.audit.origin import Origin, origin_of
from rehearsal.results.published_port import PublishedPort


def origin(**headers: str) -> Origin:
    """Return the origin of an app that is published on 49153 and listens on 8000."""
    given = {name.replace("_", "-").title(): value for name, value in headers.items()}
    return origin_of(PublishedPort("127.0.0.1", 49153), 8000, {"Host": "localhost:49153", **given})


@pytest.mark.parametrize(
    "link, path",
    [
        ("/static/site.css", "/static/site.css"),
        ("site.css?v=1#top", "/app/site.css?v=1"),
        ("../site.css", "/site.css"),
        ("", "/app/lists"),
        ("http://localhost:49153/a", "/a"),
        ("//localhost:49153", "/"),
        # A server in a container knows its own port only, or writes none.
        ("http://localhost:8000/a", "/a"),
        ("http://LOCALHOST/a", "/a"),
    ],
)
def test_path_of__the_apps_own(link: str, path: str) -> None:
    assert origin().path_of(link, "/app/lists") == path


@pytest.mark.parametrize(
    "link",
    [
        "https://localhost:49153/a",
        "http://localhost:9000/a",
        "http://assets.example/a",
        "//assets.example/a",
        "data:text/css,a{}",
        "javascript:void(0)",
        "http://localhost:port/a",
        "http://[::1/a",
    ],
)
def test_path_of__leads_elsewhere(link: str) -> None:
    assert origin().path_of(link, "/app/lists") == ""


@pytest.mark.parametrize(
    "base, path",
    [
        ("/other/", "/other/site.css"),
        ("static/", "/app/static/site.css"),
        ("http://localhost:49153/x/", "/x/site.css"),
        ("https://assets.example/", ""),
        ("", "/app/site.css"),
    ],
)
def test_path_of__with_a_base(base: str, path: str) -> None:
    assert origin().path_of("site.css", "/app/lists", base) == path


def test_origin__as_the_headers_of_the_probe_name_it() -> None:
    own = origin(host="lists.example", x_forwarded_proto="https")
    assert own.path_of("https://lists.example/a", "/") == "/a"
    assert own.path_of("http://localhost:49153/a", "/") == ""
    assert origin(x_forwarded_proto="gopher").path_of("gopher://localhost/a", "/") == ""
    local = origin_of(PublishedPort("::1", 49153), 8000, {"Host": "[::1]:49153"})
    assert local.path_of("http://[::1]:49153/a", "/") == "/a"
