"""One log of the evidence: redacted as it arrives, of limited size, with an index of times."""

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from rehearsal.evidence.capped_file import CappedFile
from rehearsal.outside.files import read_head_and_tail
from rehearsal.outside.process import Sink
from rehearsal.redaction.redactor import RedactingStream, Redactor
from rehearsal.results.file_names import INDEX_SUFFIX

# In bytes: enough for the last lines of a log.
TAIL_SIZE = 1 << 16
NOWHERE = Path(os.devnull)


class Log:
    """A log file. Bytes are appended as they arrive, unchanged except for secrets.

    Each stream is redacted on its own: a secret that is split across two writes is found even if
    the other stream writes in between. The order across two streams is approximate.
    """

    def __init__(
        self,
        path: Path,
        redactor: Redactor,
        *,
        name: str,
        warn: Callable[[str], None],
        echo: Sink | None,
        timed: bool,
    ) -> None:
        self.name = name
        self.path = path
        self._warn = warn
        self._warned = False
        self._file = self._open(path)
        # A line for each piece: seconds since 1970, stream, offset (of all bytes received), length.
        index = path.with_name(f"{path.name}{INDEX_SUFFIX}")
        self._index = self._open(index) if timed else _null_file()
        self._redactor = redactor
        self._echo = echo
        self._lock = threading.Lock()
        self._streams: list[tuple[str, RedactingStream]] = []

    def stream(self, name: str = "out") -> Sink:
        """Open one more stream into the log; its bytes may hold secrets."""
        stream = self._redactor.stream()
        self._streams.append((name, stream))
        return lambda piece: self._append(name, stream.feed(piece))

    def close(self) -> None:
        """Write the rest of each stream, and close."""
        for name, stream in self._streams:
            self._append(name, stream.flush())
        with self._lock:
            try:
                self._file.close()
                self._index.close()
            except OSError as error:
                self._warn_once(error)

    def tail(self, lines: int) -> tuple[str, ...]:
        """Return the last lines that are not blank, for an error's excerpt."""
        try:
            text = b"".join(read_head_and_tail(self.path, 0, TAIL_SIZE)[:2]).decode(
                errors="replace"
            )
        except OSError:
            return ()
        return tuple(line.rstrip() for line in text.splitlines() if line.strip())[-lines:]

    def _append(self, stream: str, piece: bytes) -> None:
        with self._lock:
            # A grandchild that keeps the pipe open may still write after the log was closed.
            if not piece or self._file.closed:
                return
            try:
                offset = self._file.received
                self._file.write(piece)
                line = f"{time.time():.6f} {stream} {offset} {len(piece)}\n"
                self._index.write(line.encode())
            except OSError as error:
                # Reading must go on: the app would block on a full pipe.
                self._warn_once(error)
            if self._echo:
                self._echo(piece)

    def _open(self, path: Path) -> CappedFile:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return CappedFile(path)
        except OSError as error:
            self._warn_once(error)
            return _null_file()

    def _warn_once(self, error: OSError) -> None:
        if not self._warned:
            self._warn(f"{self.name} is incomplete: {error.strerror or error}")
        self._warned = True


def _null_file() -> CappedFile:
    return CappedFile(NOWHERE, head=sys.maxsize)
