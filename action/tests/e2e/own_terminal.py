"""A terminal for one program, of 80 columns, whose output is written to a file."""

import fcntl
import os
import pty
import struct
import termios
from contextlib import suppress
from threading import Thread
from typing import BinaryIO, Self

ROWS, COLUMNS = 24, 80


class Terminal:
    """A pseudo-terminal; the program gets the end `inside`."""

    def __init__(self, log: BinaryIO) -> None:
        self._outside, self.inside = pty.openpty()
        fcntl.ioctl(self.inside, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self._log = log
        self._reader = Thread(target=self._copy, daemon=True)

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._outside, keys)

    def __enter__(self) -> Self:
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        # All that was written is read first: the reader ends when no program has it open.
        os.close(self.inside)
        self._reader.join(10)
        os.close(self._outside)

    def _copy(self) -> None:
        with suppress(OSError):  # Nobody has it open any more.
            while piece := os.read(self._outside, 65536):
                self._log.write(piece)
                self._log.flush()
