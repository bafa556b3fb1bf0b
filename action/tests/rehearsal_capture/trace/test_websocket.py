import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from rehearsal_capture.trace.websocket import MAX_MESSAGE, WebSocket, WebSocketError


def frame(kind: int, data: bytes, *, final: bool = True) -> bytes:
    head = bytes([kind | (0x80 if final else 0)])
    if len(data) < 126:
        return head + bytes([len(data)]) + data
    if len(data) < 1 << 16:
        return head + b"\x7e" + struct.pack("!H", len(data)) + data
    return head + b"\x7f" + struct.pack("!Q", len(data)) + data


class Server:
    """Answers one client with `frames`, and keeps what the client sends."""

    def __init__(self, frames: bytes, answer: bytes = b"HTTP/1.1 101 Switching\r\n\r\n") -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._answer = answer + frames
        self.url = f"ws://127.0.0.1:{self._listener.getsockname()[1]}/devtools"
        self.head = self.received = b""
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        client, _ = self._listener.accept()
        with client:
            while not self.head.endswith(b"\r\n\r\n"):
                self.head += client.recv(1)
            client.sendall(self._answer)
            while data := client.recv(65536):
                self.received += data

    def close(self) -> None:
        self._thread.join()
        self._listener.close()


@pytest.fixture
def servers() -> Iterator[list[Server]]:
    found: list[Server] = []
    yield found
    for each in found:
        each.close()


def unmasked(data: bytes) -> list[bytes]:
    """Return the payloads of a client's short frames."""
    found = []
    while data:
        size = data[1] & 0x7F
        if size == 126:
            size, data = int.from_bytes(data[2:4], "big"), data[2:]
        key, payload, data = data[2:6], data[6 : 6 + size], data[6 + size :]
        found.append(bytes(byte ^ key[index % 4] for index, byte in enumerate(payload)))
    return found


def test_receive__messages_of_all_lengths(servers: list[Server]) -> None:
    long, longer = b"b" * 300, b"c" * 70_000
    parts = frame(1, b"one, ", final=False) + frame(9, b"ping") + frame(0, b"two")
    server = Server(frame(1, b"a") + frame(1, long) + frame(1, longer) + parts + frame(8, b""))
    servers.append(server)
    client = WebSocket(server.url, 30)
    client.send("hello")
    client.send("x" * 300)
    assert [client.receive() for _ in range(5)] == [b"a", long, longer, b"one, two", None]
    client.close()
    server.close()
    assert server.head.startswith(b"GET /devtools HTTP/1.1\r\n")
    # The page would refuse a client with an origin.
    assert b"Origin" not in server.head
    assert unmasked(server.received) == [b"hello", b"x" * 300, b"ping"]


def test_receive__gives_the_beginning_of_a_message_that_is_too_long(servers: list[Server]) -> None:
    server = Server(frame(1, b"x" * (MAX_MESSAGE + 1)) + frame(1, b"next"))
    servers.append(server)
    client = WebSocket(server.url, 30)
    received = [client.receive(), client.receive()]
    client.close()
    assert received == [b"x" * 64, b"next"]


def test_connect__to_a_server_that_refuses(servers: list[Server]) -> None:
    server = Server(b"", b"HTTP/1.1 403 Forbidden\r\n\r\n")
    servers.append(server)
    with pytest.raises(WebSocketError, match="403 Forbidden"):
        WebSocket(server.url, 30)
