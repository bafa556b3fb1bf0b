"""A connection to an engine by its socket."""

import socket
from http.client import HTTPConnection


class SocketConnection(HTTPConnection):
    """HTTP by the UNIX socket at `path`."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=60)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
