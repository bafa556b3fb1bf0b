"""A way to the engine that can be cut, while the engine itself goes on."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from .leftovers import engine

_HOST_FORMAT = "{{.Endpoints.docker.Host}}"


@dataclass(kw_only=True)
class EngineProxy:
    """A socket at `path` that leads to the engine's until it is cut."""

    path: Path
    _engine: str
    _listener: socket.socket
    _open: list[socket.socket] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of clients that take this way."""
        return {"DOCKER_HOST": f"unix://{self.path}"}

    def cut(self) -> None:
        """End each connection, and accept no other."""
        self.path.unlink(missing_ok=True)
        for each in (self._listener, *self._open):
            with suppress(OSError):  # It has ended by itself.
                each.shutdown(socket.SHUT_RDWR)

    def serve(self) -> None:
        """Accept connections until it is cut."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as upstream:
            upstream.connect(self._engine)
            self._open += (client, upstream)
            answers = threading.Thread(target=_pump, args=(upstream, client), daemon=True)
            answers.start()
            _pump(client, upstream)
            answers.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    """Pass on all that comes, and its end: an attached client may still read after that."""
    with suppress(OSError):  # It is cut.
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def engine_proxy(path: Path) -> Iterator[EngineProxy]:
    """Offer a way to the engine at `path` until the block ends."""
    host = engine("context", "inspect", "--format", _HOST_FORMAT).strip()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        proxy = EngineProxy(path=path, _engine=host.removeprefix("unix://"), _listener=listener)
        threading.Thread(target=proxy.serve, daemon=True).start()
        try:
            yield proxy
        finally:
            proxy.cut()
