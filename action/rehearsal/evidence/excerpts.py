"""Texts of the evidence that the page shows: whole, or the head and the tail of a long one."""

from dataclasses import replace
from typing import BinaryIO

from rehearsal.evidence.log_index import (
    MAX_INDEX_SIZE,
    LogIndex,
    keeps_blocks,
    read_ends,
    read_index,
)
from rehearsal.outside.files import read_head_and_tail
from rehearsal.outside.folder import Folder
from rehearsal.results.evidence_index import LogExcerpt
from rehearsal.results.file_names import CONTAINER_LOG

# How much of a text the page shows, of its head and of its tail, in bytes. A browser searches two
# megabytes while its user types; the files beside the page hold everything.
CONTAINER_LOG_LIMITS = (256 << 10, (2 << 20) - (256 << 10))
TEXT_LIMITS = (16 << 10, 112 << 10)
BLOCKS_NOTE = (
    "Standard output and standard error arrive separately: lines of the two that were written "
    "within milliseconds may have changed places. Each traceback is kept whole here; "
    f"{CONTAINER_LOG} has the order of arrival."
)
ARRIVAL_NOTE = (
    "The lines stand as they arrived: a line of one stream may stand in a traceback of the other. "
    "The log is too long, or its file was changed, to keep each traceback whole."
)


def read_excerpt(folder: Folder, name: str, limits: tuple[int, int]) -> LogExcerpt | None:
    """Read a text, or the head and the tail of a long one."""
    try:
        with folder.open_file(name) as file:
            head, tail, left_out = read_head_and_tail(file, *limits)
    except OSError:
        return None
    return _excerpt(name, head, tail, left_out)


def read_log_excerpt(folder: Folder) -> LogExcerpt | None:
    """Read the container's log, or the head and the tail of a long one, with whole tracebacks."""
    index = read_index(folder, MAX_INDEX_SIZE)
    try:
        with folder.open_file(CONTAINER_LOG) as log:
            note = _order_note(log, index)
            head, tail, left_out = read_ends(log, index, *CONTAINER_LOG_LIMITS)
    except OSError:
        return None
    return replace(_excerpt(CONTAINER_LOG, head, tail, left_out), note=note)


def _order_note(log: BinaryIO, index: LogIndex) -> str:
    if keeps_blocks(log, index):
        return BLOCKS_NOTE if index.has_both_streams else ""
    # Without an index it is not known that all came from one stream.
    return ARRIVAL_NOTE if index.has_both_streams or not index.total else ""


def _excerpt(name: str, head: bytes, tail: bytes, left_out: int) -> LogExcerpt:
    gap = f"\n... {left_out} bytes are left out here; {name} holds them ...\n" if left_out else ""
    text = f"{head.decode(errors='replace')}{gap}{tail.decode(errors='replace')}"
    return LogExcerpt(name=name, text=text, left_out=left_out)
