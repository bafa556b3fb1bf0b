"""A WebSocket client: text messages over an unencrypted connection to this machine."""

from __future__ import annotations

import base64
import os
import socket
import struct
import threading
from urllib.parse import urlsplit

# In bytes: a longer message is read and left out.
MAX_MESSAGE = 4 << 20
HEAD = 64
_MAX_HEAD = 1 << 16
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10
_FINAL, _MASKED, _SHORT, _LENGTH_16, _LENGTH_64 = 0x80, 0x80, 125, 126, 127


class WebSocketError(Exception):
    """The server does not speak WebSocket."""


class WebSocket:
    """A connection; `receive` is for one thread, `send` for any."""

    def __init__(self, url: str, timeout: float) -> None:
        """Connect; `timeout` in seconds is for connecting. Raises OSError and WebSocketError."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 80
        self._lock = threading.Lock()
        self._socket = socket.create_connection((host, port), timeout)
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open(host, port, parts.path or "/")
            self._socket.settimeout(None)
        except BaseException:
            self._socket.close()
            raise

    def _open(self, host: str, port: int, path: str) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        head = b""
        # Byte by byte: a message may follow at once.
        while not head.endswith(b"\r\n\r\n"):
            byte = self._socket.recv(1)
            head += byte
            if not byte or len(head) > _MAX_HEAD:
                raise WebSocketError("the connection ended")
        if b" 101 " not in head.partition(b"\r\n")[0]:
            raise WebSocketError(head.partition(b"\r\n")[0].decode("latin-1"))

    def send(self, text: str) -> None:
        """Send a message. Raises OSError."""
        self._send(_TEXT, text.encode())

    def _send(self, kind: int, data: bytes) -> None:
        size = len(data)
        if size <= _SHORT:
            head = struct.pack("!BB", _FINAL | kind, _MASKED | size)
        elif size < 1 << 16:
            head = struct.pack("!BBH", _FINAL | kind, _MASKED | _LENGTH_16, size)
        else:
            head = struct.pack("!BBQ", _FINAL | kind, _MASKED | _LENGTH_64, size)
        key = os.urandom(4)
        mask = int.from_bytes((key * (size // 4 + 1))[:size], "big")
        masked = (int.from_bytes(data, "big") ^ mask).to_bytes(size, "big")
        with self._lock:
            self._socket.sendall(head + key + masked)

    def receive(self) -> bytes | None:
        """Wait for a message; None at the end. Raises OSError.

        Of a message that is too long it is the beginning.
        """
        message = bytearray()
        is_left_out = False
        while True:
            first, second = self._read(2)
            kind, size = first & 0x0F, second & 0x7F
            if size >= _LENGTH_16:
                form = "!H" if size == _LENGTH_16 else "!Q"
                (size,) = struct.unpack(form, self._read(struct.calcsize(form)))
            if kind == _CLOSE:
                return None
            if kind not in (_PING, _PONG) and len(message) + size > MAX_MESSAGE:
                head = self._read(min(size, HEAD))
                self._skip(size - len(head))
                is_left_out = True
                data = b"" if message else head
            else:
                data = self._read(size)
            if kind == _PING:
                self._send(_PONG, data)
            if kind in (_PING, _PONG):
                continue
            message += data
            if first & _FINAL:
                return bytes(message[:HEAD] if is_left_out else message)

    def _read(self, size: int) -> bytes:
        data = bytearray(size)
        view, done = memoryview(data), 0
        while done < size:
            count = self._socket.recv_into(view[done:])
            if not count:
                raise ConnectionError("the connection ended")
            done += count
        return bytes(data)

    def _skip(self, size: int) -> None:
        while size:
            part = min(size, 1 << 16)
            self._read(part)
            size -= part

    def close(self) -> None:
        """End the connection, and a `receive` that waits."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        finally:
            self._socket.close()

    def forget(self) -> None:
        """Close it in a fork only: the connection is the parent's."""
        self._socket.close()
