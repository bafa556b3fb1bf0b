import pytest

from rehearsal.results.published_port import PublishedPort


@pytest.mark.parametrize(
    "address, server, is_ipv6",
    [
        ("127.0.0.1", "localhost:8000", False),
        ("127.0.0.2", "127.0.0.2:8000", False),
        ("10.0.0.5", "10.0.0.5:8000", False),
        ("::1", "[::1]:8000", True),
    ],
)
def test_published_port__is_named_as_in_a_url(address: str, server: str, is_ipv6: bool) -> None:
    published = PublishedPort(address, 8000)
    assert (published.server, published.url) == (server, f"http://{server}")
    assert published.is_ipv6 is is_ipv6
