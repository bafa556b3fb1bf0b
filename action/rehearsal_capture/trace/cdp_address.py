"""Find the WebSocket of a Chrome on this machine."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from pathlib import Path

# In seconds.
_TIMEOUT = 2.0
_HOSTS = ("localhost", "127.0.0.1", "[::1]")


def find_websocket(address: str, version: str, profile: str | None) -> str:
    """Return the WebSocket's URL of the browser at HOST:PORT; raise whatever goes wrong.

    `profile` is the folder of its profile, by which it is told from another one on the same port.
    """
    host, _, port = address.rpartition(":")
    if host not in _HOSTS:
        raise ValueError("the browser is on another machine")
    connection = HTTPConnection(host.strip("[]"), int(port), timeout=_TIMEOUT)
    try:
        connection.request("GET", "/json/version")
        found = json.loads(connection.getresponse().read(1 << 16))
    finally:
        connection.close()
    # The driver may be in a container, and this port belong to another browser.
    if version and not str(found["Browser"]).endswith(f"/{version}"):
        raise ValueError("it is another browser")
    path = str(found["webSocketDebuggerUrl"]).partition("://")[2].partition("/")[2]
    if profile and _own_path(profile, port) not in (None, f"/{path}"):
        raise ValueError("it is another browser")
    return f"ws://{address}/{path}"


def _own_path(profile: str, port: str) -> str | None:
    """Return the path that Chrome listens on, as it writes it into its profile; None if unknown.

    The profile may be on another machine. Of a port that somebody has chosen Chrome writes nothing,
    so the file may be of an earlier browser with another port.
    """
    try:
        text = (Path(profile) / "DevToolsActivePort").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    written, _, path = text.partition("\n")
    return path.strip() if written.strip() == port else None
