"""Keep the evidence of the three newest failed rehearsals of each project on a laptop.

A file in the folder of a run marks evidence that may be removed later, and names its project.
Evidence that the user asked to keep (`evidence: always`, `--keep`) has another mark.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

from rehearsal.dataclass import dataclass
from rehearsal.outside.folder import Folder
from rehearsal.outside.processes import processes_holding
from rehearsal.outside.remove_tree import remove_tree
from rehearsal.pipeline.run_folder import FOLDER_PREFIX
from rehearsal.regex import regex
from rehearsal.results.file_names import EVIDENCE, PAGE_FILE, STAGING

KEPT = 3
MARK = "failed-rehearsal"
KEPT_MARK = "kept-rehearsal"
# Folders of local runs: the id of a workflow run has more parts.
NAME = regex(rf"{FOLDER_PREFIX}[0-9a-f]{{8}}")
PAGE = f"{EVIDENCE}/{PAGE_FILE}"
# In bytes: a path has at most PATH_MAX.
LONGEST_MARK = 8192


@dataclass(frozen=True, order=True)
class MarkedRun:
    """The folder of a run that may be removed, and when it ended, in seconds since 1970."""

    ended: float
    name: str


def mark_run(root: Folder, project: str, mark: str = MARK) -> None:
    """Mark the evidence of a run: with `MARK` it may be removed later. Raises OSError."""
    with root.create_file(mark) as file:
        file.write(f"{time.time():.3f} {project}".encode(errors="surrogateescape"))


def older_runs(temp: Folder, project: str, run: str) -> list[str]:
    """Return the folders of this project's ended runs to remove: all but the newest ones.

    `run` is the folder of this run, which counts and stays. Raises OSError if `temp` cannot be
    read.
    """
    found = []
    for entry in temp.entries():
        if entry.is_folder and NAME.fullmatch(entry.name) and entry.name != run:
            # The folder is another user's, or gone.
            with suppress(OSError, ValueError):
                folder = temp.folder(entry.name)
                if ended := _ended(folder, project):
                    found.append(MarkedRun(ended, entry.name))
    return [each.name for each in sorted(found, reverse=True)[KEPT - 1 :]]


def newest_evidence(temp: Folder, place: Path) -> tuple[Folder, float] | None:
    """Return the newest evidence with a page of the project that holds `place`, and when it ended.

    Of nested projects it is the inner one's. The time is in seconds since 1970. Raises OSError if
    `temp` cannot be read.
    """
    found = []
    for entry in temp.entries():
        if not entry.is_folder or not NAME.fullmatch(entry.name):
            continue
        for mark in (MARK, KEPT_MARK):
            with suppress(OSError, ValueError):
                folder = temp.folder(entry.name)
                ended, project = _read_mark(folder, mark)
                is_ours = os.fstat(folder.descriptor).st_uid == os.geteuid()
                if is_ours and place.is_relative_to(project) and folder.exists(PAGE):
                    found.append((len(Path(project).parts), ended, entry.name))
    if not found:
        return None
    _, ended, name = max(found)
    return temp.folder(f"{name}/{EVIDENCE}"), ended


@dataclass(kw_only=True)
class OlderEvidence:
    """The evidence of earlier runs, seen by the run with the folder `run` in `temp`.

    `project` is the path of the project, empty if it is not known or this is no laptop. `surplus`
    are the folders to remove.
    """

    temp: Folder
    run: str
    project: str = ""
    surplus: tuple[str, ...] = ()

    def limit(self) -> str:
        """Mark the evidence of this run; return a message if older evidence is removed."""
        if not self.project:
            return ""
        with suppress(OSError):  # It stays: no verdict depends on it.
            mark_run(self.temp.folder(self.run), self.project)
            self.surplus = tuple(older_runs(self.temp, self.project, self.run))
        if not self.surplus:
            return ""
        rehearsals = "rehearsals" if len(self.surplus) > 1 else "rehearsal"
        return (
            f"The evidence of {len(self.surplus)} earlier failed {rehearsals} is removed; that of "
            f"the newest {KEPT} stays."
        )

    def mark_kept(self) -> None:
        """Mark the evidence of this run, unless it may be removed later: so `show` finds it."""
        if self.project:
            with suppress(OSError):
                root = self.temp.folder(self.run)
                if not root.exists(MARK):
                    mark_run(root, self.project, KEPT_MARK)


def remove_older(temp: Folder, run: str, seconds: float) -> None:
    """Remove what `older_runs` names, unless somebody works in it. Raises OSError, ValueError.

    The project is that of the folder `run`. A run that is under way holds its folder, and so does
    another removal.
    """
    limit = time.monotonic() + seconds
    _, project = _read_mark(temp.folder(run))
    for name in older_runs(temp, project, run):
        with suppress(FileNotFoundError):
            folder = temp.folder(name)
            if not processes_holding(folder):
                remove_tree(temp, name, seconds=max(limit - time.monotonic(), 0.0))


def _ended(folder: Folder, project: str) -> float:
    """Return when a run ended, 0 if its folder is not ours to remove."""
    if os.fstat(folder.descriptor).st_uid != os.geteuid() or folder.exists(STAGING):
        return 0.0
    ended, name = _read_mark(folder)
    return ended if name == project and folder.exists(EVIDENCE) else 0.0


def _read_mark(folder: Folder, mark: str = MARK) -> tuple[float, str]:
    with folder.open_file(mark) as file:
        ended, _, project = file.read(LONGEST_MARK).decode(errors="surrogateescape").partition(" ")
    return float(ended), project
