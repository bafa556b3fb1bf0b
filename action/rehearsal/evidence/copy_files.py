"""Copy the files of the tests into the evidence, after the reports: it may take long."""

from collections import deque
from functools import lru_cache
from pathlib import PurePosixPath

from rehearsal.evidence.budget import SHARE, choose, room
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.left_out import LeftOut, megabytes
from rehearsal.evidence.staged_files import StagedFile, StagedFiles
from rehearsal.outside.folder import Folder
from rehearsal.outside.signals import interruptible
from rehearsal.verdict import RehearsalError

# How many folders are held open.
OPEN_FOLDERS = 64
NO_SPACE = "no space was left on the disk"
NO_TIME = "the rehearsal was cancelled"


def copy_files(staged: StagedFiles, evidence: Evidence, *, seconds: float = 0) -> None:
    """Copy what fits into the limit, the most worth first; warn of each file that is left out.

    After `seconds`, or when the rehearsal is cancelled, the rest is left out; 0 means no limit.
    """
    waiting: deque[StagedFile] = deque()
    listed = False
    try:
        with interruptible(seconds):
            waiting += _choose(staged, evidence)
            listed = True
            while waiting:
                _copy(waiting[0], evidence, staged.left_out)
                waiting.popleft()
    except RehearsalError:
        for file in waiting:
            staged.left_out.add(file.target, file.size, NO_TIME)
        if not listed:
            evidence.warn(f"No files of the tests were kept: {NO_TIME}.")
    _opened.cache_clear()
    for notice in staged.left_out.notices():
        evidence.warn(notice)


def _choose(staged: StagedFiles, evidence: Evidence) -> list[StagedFile]:
    free = evidence.folder.free_space
    taken, too_much = choose(staged.list_files(evidence), room(staged.limit, free))
    reason = why_too_much(staged.limit, free)
    for file in too_much:
        staged.left_out.add(file.target, file.size, reason)
    return taken


def _copy(file: StagedFile, evidence: Evidence, left_out: LeftOut) -> None:
    try:
        if file.size > evidence.folder.free_space:
            left_out.add(file.target, file.size, NO_SPACE)
            return
        source, target = PurePosixPath(file.name), PurePosixPath(file.target)
        folder = _opened(evidence.folder, str(target.parent), make=True)
        with _opened(file.folder, str(source.parent)).open_file(source.name) as inside:
            evidence.copy_opened(inside, target.name, limit=file.size, folder=folder)
    except OSError as error:
        left_out.add(file.target, file.size, error.strerror or str(error))


# Opening a folder takes longer than to copy a screenshot, and most files are in few folders.
@lru_cache(maxsize=OPEN_FOLDERS)
def _opened(top: Folder, path: str, *, make: bool = False) -> Folder:
    return top.folder(path, make=make)


def why_too_much(limit: int, free: int) -> str:
    """Return why a file does not fit, where `free` bytes are free; `limit` is evidence-limit."""
    if limit <= free // SHARE:
        return f"the files of the tests may have {megabytes(limit)} together (evidence-limit)"
    return f"the files of the tests may have a third of the {megabytes(free)} that are free"
