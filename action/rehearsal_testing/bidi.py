"""Commands of WebDriver BiDi, which Selenium sends over a WebSocket."""

import contextlib
import logging
import socket
from collections.abc import Generator
from typing import Any

from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver

POLL_SECONDS = 0.002
"""How often Selenium looks for a reply. Its default of 0.1 s would double the time of tests."""

# A browser that does not answer within this time counts as crashed.
_REPLY_SECONDS = 20.0


def prepare_bidi(driver: WebDriver) -> None:
    """Set how Selenium waits for replies; call it before the first command."""
    # The package websocket would log each connection, and the end of each browser as an error.
    logging.getLogger("websocket").setLevel(logging.CRITICAL)
    if isinstance(driver.command_executor, RemoteConnection):
        driver.command_executor.client_config.websocket_interval = POLL_SECONDS
        driver.command_executor.client_config.websocket_timeout = _REPLY_SECONDS


def send_bidi(driver: WebDriver, method: str, parameters: dict[str, Any]) -> Any:
    """Send one command and return its result.

    Raises Selenium's WebDriverException if the browser refuses the command or does not answer,
    and others (of the websocket package, or OSError) if it has crashed.
    """
    # Opens the connection. Selenium's classes for the commands differ from version to version.
    _ = driver.script
    connection: Any = driver._websocket_connection  # noqa: SLF001
    return connection.execute(_command(method, parameters))


def close_bidi(driver: WebDriver) -> None:
    """Close the connection, if there is one."""
    connection: Any = driver._websocket_connection  # noqa: SLF001
    if connection is None:
        return
    # Wake the thread that reads, and let it end before the socket is closed. Otherwise it would
    # notice the end only after ten seconds.
    with contextlib.suppress(AttributeError, OSError):
        connection._ws.sock.sock.shutdown(socket.SHUT_RDWR)  # noqa: SLF001
        connection._ws_thread.join(timeout=_REPLY_SECONDS)  # noqa: SLF001
    connection.close()


def _command(
    method: str, parameters: dict[str, Any]
) -> Generator[dict[str, Any], dict[str, Any], dict[str, Any]]:
    return (yield {"method": method, "params": parameters})
