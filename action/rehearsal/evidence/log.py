"""One log of the evidence: redacted as it arrives, capped, with an index of when what came."""

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

# Enough for the last lines of any log that people read.
TAIL_SIZE = 1 << 16
NOWHERE = Path(os.devnull)


class Log:
    """One log file that bytes are appended to as they arrive, raw but for the secrets.

    Each stream is redacted on its own, so a secret split across two writes is found even when the
    other stream speaks in between. The order across two streams is approximate.
    """

    def __init__(
        self,
        path: Path,
        redactor: Redactor,
        *,
        name: str,
        complain: Callable[[str], None],
        echo: Sink | None,
        timed: bool,
    ) -> None:
        self.name = name
        self.path = path
        self._complain = complain
        self._whole = True
        self._file = self._open(path)
        # One line a piece: seconds since 1970, stream, offset, length. Offsets count all that came.
        self._index = (
            self._open(path.with_name(f"{path.name}{INDEX_SUFFIX}")) if timed else _null_file()
        )
        self._redactor = redactor
        self._echo = echo
        self._lock = threading.Lock()
        self._streams: list[tuple[str, RedactingStream]] = []

    def stream(self, name: str = "out") -> Sink:
        """Open one more stream into the log; what it is given may hold secrets."""
        stream = self._redactor.stream()
        self._streams.append((name, stream))
        return lambda piece: self._append(name, stream.feed(piece))

    def close(self) -> None:
        """Write what the streams still hold back, and close."""
        for name, stream in self._streams:
            self._append(name, stream.flush())
        with self._lock:
            try:
                self._file.close()
                self._index.close()
            except OSError as error:
                self._warn_once(error)

    def tail(self, lines: int) -> tuple[str, ...]:
        """Return the last lines, for an error's excerpt."""
        try:
            text = b"".join(read_head_and_tail(self.path, 0, TAIL_SIZE)[:2]).decode(
                errors="replace"
            )
        except OSError:
            return ()
        return tuple(line.rstrip() for line in text.splitlines() if line.strip())[-lines:]

    def _append(self, stream: str, piece: bytes) -> None:
        with self._lock:
            # A pump may outlive the log when a grandchild keeps the pipe: its words come too late.
            if not piece or self._file.closed:
                return
            try:
                offset = self._file.count
                self._file.write(piece)
                line = f"{time.time():.6f} {stream} {offset} {len(piece)}\n"
                self._index.write(line.encode())
            except OSError as error:
                # The reader goes on whatever happens: the app must not block on its own words.
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
        if self._whole:
            self._complain(f"{self.name} is not whole: {error.strerror or error}")
        self._whole = False


def _null_file() -> CappedFile:
    return CappedFile(NOWHERE, head=sys.maxsize)
