"""The driver of one user context, with a stand-in for the browser's driver process."""

import socket
import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest
from selenium.common.exceptions import InvalidSessionIdException
from selenium.webdriver import ChromeOptions, Remote
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.remote_connection import RemoteConnection

from rehearsal_testing import context_driver as module
from rehearsal_testing.context_driver import ContextDriver, context_driver


class Connection(RemoteConnection):
    """Answer each command, and note it."""

    def __init__(self) -> None:
        super().__init__(client_config=ClientConfig("http://driver.test"))
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def execute(self, command: str, params: dict[str, Any]) -> dict[str, Any]:
        self.sent.append((command, params))
        if command == "newSession":
            value: Any = {"sessionId": "the session", "capabilities": {"browserName": "chrome"}}
        elif command in {Command.W3C_GET_WINDOW_HANDLES, Command.CLOSE}:
            value = ["first", "own"]
        elif command == Command.W3C_EXECUTE_SCRIPT:
            value = "http://app.test"
        else:
            value = None
        return {"value": value}


class OwnChrome(Remote):
    """As a local browser, it has more attributes than a remote one."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(command_executor=connection, options=ChromeOptions())
        self._is_remote = False
        self.service = "the service"


@pytest.fixture
def connection() -> Connection:
    return Connection()


@pytest.fixture
def ended() -> list[str]:
    return []


@pytest.fixture
def driver(connection: Connection, ended: list[str]) -> ContextDriver:
    return context_driver(
        OwnChrome(connection),
        user_context="context",
        hidden_windows=frozenset({"first"}),
        open_window=lambda kind: f"a new {kind}",
        cookies=None,
        end_context=lambda: ended.append("context"),
    )


def test_driver__is_of_the_browsers_class_and_session(driver: ContextDriver) -> None:
    assert isinstance(driver, OwnChrome)
    assert type(driver).__name__ == "OwnChrome"
    assert driver.session_id == "the session"
    assert driver.name == "chrome"
    assert driver.service == "the service"
    assert not driver._is_remote
    assert driver.switch_to._driver.session_id == "the session"
    assert driver.switch_to is not driver._base.switch_to


def test_windows__are_those_of_the_context(driver: ContextDriver, connection: Connection) -> None:
    assert driver.window_handles == ["own"]
    driver.switch_to.new_window("window")
    assert connection.sent[-1][1]["handle"] == "a new window"
    assert not driver.changed


@pytest.mark.parametrize("way", ["method", "command", "with"])
def test_quit__ends_the_context_and_not_the_browser(
    driver: ContextDriver, connection: Connection, ended: list[str], way: str
) -> None:
    if way == "method":
        driver.quit()
        driver.quit()
    elif way == "command":
        driver.execute("quit")
    else:
        with driver:
            pass
    assert ended == ["context"]
    assert "quit" not in [command for command, _ in connection.sent]
    with pytest.raises(InvalidSessionIdException, match="has quit"):
        driver.get("http://app.test")


def test_quit__lets_the_reader_of_bidi_end_before_its_socket_is_closed(
    driver: ContextDriver,
) -> None:
    """The websocket package waits ten seconds for a reader that has not noticed the end."""
    ours, theirs = socket.socketpair()
    reader = threading.Thread(target=ours.recv, args=(1,))
    reader.start()
    was_reading: list[bool] = []
    connection = SimpleNamespace(
        _ws=SimpleNamespace(sock=SimpleNamespace(sock=ours)),
        _ws_thread=reader,
        close=lambda: was_reading.append(reader.is_alive()),
    )
    driver._websocket_connection = cast("Any", connection)
    with ours, theirs:
        driver.quit()
    assert was_reading == [False]


def test_quit__of_a_crashed_browser_is_no_error(connection: Connection) -> None:
    def crash() -> None:
        raise OSError("the connection is closed")

    driver = context_driver(
        OwnChrome(connection),
        user_context="context",
        hidden_windows=frozenset(),
        open_window=str,
        cookies=None,
        end_context=crash,
    )
    driver.quit()
    assert driver.changed


@pytest.mark.parametrize(
    "command,changed",
    [
        ("get", False),
        ("setTimeouts", False),
        ("addCookie", False),
        ("actions", False),
        ("addVirtualAuthenticator", True),
        ("setNetworkConditions", True),
        ("executeCdpCommand", True),
    ],
)
def test_changed__after_what_the_next_test_might_notice(
    driver: ContextDriver, command: str, *, changed: bool
) -> None:
    driver.execute(command, {"cmd": "Network.enable", "params": {}})
    assert driver.changed == changed


def test_cdp__means_the_context(driver: ContextDriver, connection: Connection) -> None:
    for command in ("Browser.grantPermissions", "Network.enable"):
        driver.execute("executeCdpCommand", {"cmd": command, "params": {"a": 1}})
    assert [parameters["params"] for _, parameters in connection.sent[-2:]] == [
        {"browserContextId": "context", "a": 1},
        {"a": 1},
    ]


def test_permission__means_the_context(
    driver: ContextDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr(module, "send_bidi", lambda *arguments: sent.append(arguments))
    driver.execute("setPermissions", {"descriptor": {"name": "camera"}, "state": "denied"})
    assert sent[0][1:] == (
        "permissions.setPermission",
        {
            "descriptor": {"name": "camera"},
            "state": "denied",
            "origin": "http://app.test",
            "userContext": "context",
        },
    )
    assert not driver.changed


def test_cookies__go_to_the_context(driver: ContextDriver, connection: Connection) -> None:
    class Cookies:
        def execute(self, command: str, _parameters: object) -> list[dict[str, str]]:
            return [{"name": command}]

    driver._cookies = Cookies()  # type: ignore[assignment]
    before = len(connection.sent)
    assert driver.get_cookies() == [{"name": "getCookies"}]
    assert len(connection.sent) == before
