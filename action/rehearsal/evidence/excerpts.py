"""Texts of the evidence that the page shows: whole, or the head and the tail of a long one."""

from rehearsal.outside.files import read_head_and_tail
from rehearsal.outside.folder import Folder
from rehearsal.results.evidence_index import LogExcerpt

# How much of a text the page shows, of its head and of its tail, in bytes. A browser searches two
# megabytes while its user types; the files beside the page hold everything.
CONTAINER_LOG_LIMITS = (256 << 10, (2 << 20) - (256 << 10))
TEXT_LIMITS = (16 << 10, 112 << 10)


def read_excerpt(folder: Folder, name: str, limits: tuple[int, int]) -> LogExcerpt | None:
    """Read a text, or the head and the tail of a long one."""
    try:
        with folder.open_file(name) as file:
            head, tail, left_out = read_head_and_tail(file, *limits)
    except OSError:
        return None
    gap = f"\n... {left_out} bytes are left out here; {name} holds them ...\n" if left_out else ""
    text = f"{head.decode(errors='replace')}{gap}{tail.decode(errors='replace')}"
    return LogExcerpt(name=name, text=text, left_out=left_out)
