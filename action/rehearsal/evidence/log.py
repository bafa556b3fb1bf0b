"""One log of the evidence: redacted as it arrives, of limited size, with an index of times."""

import threading
import time
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import accumulate

from rehearsal.evidence.capped_file import CappedFile
from rehearsal.evidence.log_index import OWN_REMARK, OWN_REQUESTS, own_remark
from rehearsal.evidence.log_order import Piece, join_pieces
from rehearsal.outside.folder import Folder
from rehearsal.outside.process import Sink
from rehearsal.redaction.redactor import RedactingStream, Redactor
from rehearsal.results.file_names import INDEX_SUFFIX

# In bytes: enough for the last lines of a log.
TAIL_SIZE = 1 << 16


class Log:
    """A log file. Bytes are appended as they arrive, unchanged except for secrets.

    Each stream is redacted on its own: a secret that is split across two writes is found even if
    the other stream writes in between. The file has the order of arrival.
    """

    def __init__(
        self,
        folder: Folder,
        redactor: Redactor,
        *,
        name: str,
        warn: Callable[[str], None],
        echo: Sink | None,
        timed: bool,
    ) -> None:
        self.name = name
        self.folder = folder
        self._warn = warn
        self._warned = self._closed = False
        self._file = self._open(name)
        # A line for each piece: seconds since 1970, stream, offset (of all bytes received), length.
        self._index = self._open(f"{name}{INDEX_SUFFIX}") if timed else None
        self.received = 0
        """How many bytes came so far, kept or not."""
        # How many came before we asked the app ourselves.
        self._own_start: int | None = None
        self._end: deque[Piece] = deque()
        self._end_size = 0
        self._redactor = redactor
        self._echo = echo
        self._lock = threading.Lock()
        self._streams: list[tuple[str, RedactingStream, Sink | None]] = []

    def stream(self, name: str = "out", *, reader: Sink | None = None) -> Sink:
        """Open one more stream into the log; its bytes may hold secrets.

        `reader` gets its redacted bytes, too, whatever the log's size.
        """
        stream = self._redactor.stream()
        self._streams.append((name, stream, reader))
        return lambda piece: self._append(name, stream.feed(piece), reader)

    def flush(self) -> None:
        """Write the rest of each stream: it may have been the beginning of a secret."""
        for name, stream, reader in self._streams:
            self._append(name, stream.flush(), reader)

    def close(self) -> None:
        """Write the rest of each stream, and close."""
        self.flush()
        with self._lock:
            if self._closed:
                return
            self._closed = True
            for file in filter(None, (self._file, self._index)):
                try:
                    file.close()
                except OSError as error:
                    self._warn_once(error)

    def mark_own_requests(self) -> None:
        """Note in the index that from now on we ask the app ourselves."""
        with self._lock:
            self._own_start = self.received
            if self._index and not self._closed:
                with suppress(OSError):
                    line = f"{time.time():.6f} {OWN_REQUESTS} {self.received} 0\n"
                    self._index.write(line.encode())

    def restore(self, folder: Folder) -> Iterator[str]:
        """Write the files again that the tests have removed or replaced; yield their names.

        `folder` is the one to keep: the tests may have replaced that, too. Warn of what is lost.
        """
        for file in filter(None, (self._file, self._index)):
            if file.lost:
                change = "cut off" if file.lost > 0 else "added to"
                self._warn(
                    f"While the tests ran, {abs(file.lost)} bytes were {change} {file.name}."
                )
            try:
                if file.restore(folder):
                    yield file.name
            except OSError as error:
                self._warn(f"{file.name} was replaced, and is lost: {error.strerror or error}.")

    def tail(self, lines: int) -> tuple[str, ...]:
        """Return the last lines that are not blank, for an error's excerpt.

        A remark stands where our own requests begin, or first where all lines are later. It counts
        as no line.
        """
        with self._lock:
            pieces, start = list(self._end), self.received - self._end_size
            own_start = self.received if self._own_start is None else self._own_start
        starts = accumulate((len(piece.data) for piece in pieces), initial=start)
        number = bisect_left(list(starts), own_start)
        data, own = join_pieces(pieces[:number]), join_pieces(pieces[number:])
        data += own_remark(data) + own if own else b""
        text = data[-TAIL_SIZE:].decode(errors="replace")
        found = [line.rstrip() for line in text.splitlines() if line.strip()]
        if not own:
            return tuple(found[-lines:])
        last = found[-lines - 1 :]
        return tuple(last if OWN_REMARK in last else (OWN_REMARK, *found[-lines:]))

    def since(self, received: int) -> tuple[str, ...]:
        """Return the lines after the first `received` bytes, as far as `TAIL_SIZE` bytes have them.

        `received` is a value that the attribute of this name had.
        """
        pieces: list[Piece] = []
        with self._lock:
            start = self.received
            for piece in reversed(self._end):
                if start <= received:
                    break
                pieces.append(piece)
                start -= len(piece.data)
        text = join_pieces(reversed(pieces)).decode(errors="replace")
        return tuple(line.rstrip() for line in text.splitlines() if line.strip())

    def _append(self, stream: str, piece: bytes, reader: Sink | None) -> None:
        with self._lock:
            # A grandchild that keeps the pipe open may still write after the log was closed.
            if not piece or self._closed:
                return
            now = time.time()
            line = f"{now:.6f} {stream} {self.received} {len(piece)}\n"
            self.received += len(piece)
            # Not read from the file: a long log has its end in another one until it is closed.
            self._end.append(Piece(now, stream, piece))
            self._end_size += len(piece)
            while self._end_size - len(self._end[0].data) >= TAIL_SIZE:
                self._end_size -= len(self._end.popleft().data)
            try:
                if self._file:
                    self._file.write(piece)
                if self._index:
                    self._index.write(line.encode())
            except OSError as error:
                # Reading must go on: the app would block on a full pipe.
                self._warn_once(error)
            for sink in filter(None, (self._echo, reader)):
                sink(piece)

    def _open(self, name: str) -> CappedFile | None:
        try:
            return CappedFile(self.folder, name)
        except OSError as error:
            self._warn_once(error)
            return None

    def _warn_once(self, error: OSError) -> None:
        if not self._warned:
            self._warn(f"{self.name} is incomplete: {error.strerror or error}")
        self._warned = True
