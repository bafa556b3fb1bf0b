"""The part of a log since a moment, and whether the app logs anything in it but its requests."""

from collections import Counter

from rehearsal.ansi import COLOUR_CODE
from rehearsal.evidence.capped_file import HEAD_SIZE
from rehearsal.evidence.log import Log
from rehearsal.regex import regex

# In bytes. An app that logs more than this in some seconds is not silent, whatever it logs.
MAX_SIZE = 16 << 20
# How much of its end is searched for a cause, in bytes.
TAIL_SIZE = 256 << 10
# A line about a request, which may be that of a HEALTHCHECK.
REQUEST_LINE = regex(r"\b(?:GET|HEAD)\b")
# What differs in the lines about several requests: durations, ports, identifiers.
VARYING = regex(r"\b[0-9A-Fa-f]{4,}(?:-[0-9A-Fa-f]{4,})*\b|\d+")
# A line that comes less often than this need not be about requests.
MIN_REPEATS = 3
# What differs when a line is logged again: dates, times, and the process as in [7].
TIME = regex(r"\d+(?:[-:/.,T ]\d+){2,}|\d{9,}(?:\.\d+)?|\[\d+\]")


class LogWindow:
    """A growing log, from where it ended when the window was opened last."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._start = 0
        self._known: set[str] = set()

    def open(self) -> None:
        """Begin anew: what is in the log already no longer counts."""
        read = self._read()
        self._start += len(read)
        self._known.update(TIME.sub("", line) for line in _lines(read))

    def lines(self) -> tuple[str, ...]:
        """Return the complete lines in the window, the last ones if there are many."""
        return tuple(_lines(self._read()[-TAIL_SIZE:]))

    def is_silent(self, requests: int) -> bool:
        """Return whether the app, asked `requests` times, logged nothing that shows progress.

        Lines that name a request do not, nor kinds of lines that come with at least half of the
        requests, nor lines that were logged before, except for their time.
        """
        read = self._read()
        # The end of a long log is not in its file until it is closed.
        is_whole = self._log.received <= HEAD_SIZE and self._log.folder.exists(self._log.name)
        if len(read) > MAX_SIZE or not is_whole:
            return False
        kinds: Counter[str] = Counter()
        for line, times in Counter(_lines(read)).items():
            if line and not REQUEST_LINE.search(line) and TIME.sub("", line) not in self._known:
                kinds[VARYING.sub("0", line)] += times
        return all(times >= max(MIN_REPEATS, requests / 2) for times in kinds.values())

    def _read(self) -> bytes:
        """Return the complete lines in the window, or more than `MAX_SIZE` bytes."""
        try:
            with self._log.folder.open_file(self._log.name) as file:
                file.seek(self._start)
                found = file.read(MAX_SIZE + 1)
        except OSError:
            return b""
        return found if len(found) > MAX_SIZE else found[: found.rfind(b"\n") + 1]


def _lines(read: bytes) -> list[str]:
    text = COLOUR_CODE.sub("", read.decode(errors="replace"))
    return [line.rstrip() for line in text.splitlines()]
