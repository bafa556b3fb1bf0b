"""The words are those of the real programs: versions of November 2026."""

from dataclasses import replace

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.derived_facts import derive_facts
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.refused_connections import refused_connection
from rehearsal.diagnosis.rules import diagnose
from rehearsal.verdict import Verdict

URLLIB3 = (
    "requests.exceptions.ConnectionError: HTTPConnectionPool(host='localhost', port=8000): Max "
    'retries exceeded with url: {} (Caused by NewConnectionError("HTTPConnection(host='
    "'localhost', port=8000): Failed to establish a new connection: [Errno 111] Connection "
    'refused"))'
)
NODE = "  [cause]: Error: connect ECONNREFUSED {}"


def facts(text: str, source: str = "tests/output.log", host: str = "localhost:32801") -> Facts:
    lines = {"request": ("port 8888", "path /", f"host {host}"), source: ("starting", text)}
    return Facts(verdict=Verdict.TESTS_FAILED, lines=lines)


@pytest.mark.parametrize(
    "text, address",
    [
        (NODE.format("127.0.0.1:8000"), "127.0.0.1:8000"),
        (NODE.format("::1:8000"), "[::1]:8000"),
        (URLLIB3.format("/"), "localhost:8000"),
        (
            (
                "socket.rb:1214:in `__connect_nonblock': Failed to open TCP connection to "
                "localhost:8000 (Connection refused - connect(2) for 127.0.0.1:8000)"
            ),
            "localhost:8000",
        ),
        (
            "curl: (7) Failed to connect to localhost port 8000 after 0 ms: Couldn't connect",
            "localhost:8000",
        ),
        (
            "Error: page.goto: net::ERR_CONNECTION_REFUSED at http://localhost:8000/",
            "localhost:8000",
        ),
        (
            "Reached about:neterror?e=connectionFailure&u=http%3A//localhost%3A8000/",
            "localhost:8000",
        ),
    ],
)
def test_refused_connection__elsewhere(text: str, address: str) -> None:
    lines = (f"elsewhere {address}", "server localhost:32801")
    assert refused_connection(facts(text)) == lines
    assert refused_connection(facts(text, "failures")) == lines


@pytest.mark.parametrize(
    "tried, server, kind",
    [
        ("127.0.0.1:32801", "127.0.0.2:32801", "unpublished"),
        ("127.0.0.1:8000", "10.0.0.5:32801", "unpublished"),
        ("127.0.0.2:8000", "127.0.0.2:32801", "elsewhere"),
        ("10.0.0.5:8000", "10.0.0.5:32801", "elsewhere"),
        ("10.0.0.6:8000", "10.0.0.5:32801", ""),
        ("127.0.0.1:40000", "10.0.0.5:32801", ""),
        ("10.0.0.5:32801", "10.0.0.5:32801", ""),
    ],
)
def test_refused_connection__with_publish_address(tried: str, server: str, kind: str) -> None:
    expected = (f"{kind} {tried}", f"server {server}") if kind else ()
    assert refused_connection(facts(NODE.format(tried), host=server)) == expected


@pytest.mark.parametrize(
    "known",
    [
        facts("hello"),
        facts(NODE.format("127.0.0.1:32801")),
        facts(NODE.format("127.0.0.1:5432")),
        facts(NODE.format("127.0.0.1:40000")),
        facts(NODE.format("10.0.0.1:8000")),
        facts(URLLIB3.format("/session/0f/url")),
        facts(NODE.format("127.0.0.1:8000"), host="example.com"),
    ],
    ids=["nothing", "the app", "database", "random port", "far", "driver", "another host"],
)
def test_refused_connection__none(known: Facts) -> None:
    assert refused_connection(known) == ()


@pytest.mark.parametrize("port", [4444, 5433, 8025, 9092, 9222, 9515, 11211])
def test_refused_connection__of_another_program(port: int) -> None:
    """A driver, a mail catcher, a database: the input host-port would put the app there."""
    other = NODE.format(f"127.0.0.1:{port}")
    assert refused_connection(facts(other)) == ()
    known = facts(f"{other}\n{NODE.format('127.0.0.1:8000')}")
    assert refused_connection(known)[0] == "elsewhere 127.0.0.1:8000"


def test_tests_wrong_address__ipv6() -> None:
    known = facts(NODE.format("::1:32801"))
    known = replace(known, lines={**known.lines, **derive_facts(known, None)})
    (found,) = diagnose(known, CAUSES)
    assert found.title == (
        "The tests open [::1]:32801, over IPv6: the app is reached at localhost:32801 over IPv4"
    )
    assert found.paste.endswith("test-env: NODE_OPTIONS=--dns-result-order=ipv4first")


def test_tests_wrong_host__told_instead_of_a_wrong_port() -> None:
    known = facts(NODE.format("127.0.0.1:8000"), host="10.0.0.5:32801")
    known = replace(known, lines={**known.lines, **derive_facts(known, None)})
    (found,) = diagnose(known, CAUSES)
    assert found.title == (
        "The tests open 127.0.0.1:8000, and the app is at 10.0.0.5:32801: publish-address says so"
    )
    assert not found.paste


@pytest.mark.parametrize(
    "companions, host, text, found",
    [
        (
            ("remote-browser grid:4444",),
            "localhost:32801",
            "WebDriverException: Message: unknown error: net::ERR_CONNECTION_REFUSED",
            ["remote-browser-address"],
        ),
        # The browser is on the runner, like the tests.
        ((), "localhost:32801", "Message: unknown error: net::ERR_CONNECTION_REFUSED", []),
        # The app has an address that other machines can open.
        (
            ("remote-browser grid:4444",),
            "192.0.2.7:32801",
            "Message: unknown error: net::ERR_CONNECTION_REFUSED",
            [],
        ),
        # The tests open something else.
        (
            ("remote-browser grid:4444",),
            "localhost:32801",
            "about:neterror?e=connectionFailure&u=http%3A//localhost%3A8000/&c=UTF-8",
            ["tests-wrong-address"],
        ),
    ],
)
def test_remote_browser(
    companions: tuple[str, ...], host: str, text: str, found: list[str]
) -> None:
    given = facts(text, host=host)
    given = replace(given, lines={**given.lines, "companions": companions})
    given = replace(given, lines={**given.lines, **derive_facts(given, None)})
    assert [each.id for each in diagnose(given, CAUSES)] == found
