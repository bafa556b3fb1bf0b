"""The files that the tests have left: found when the tests have ended, copied later."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.left_out import LeftOut
from rehearsal.outside.folder import Entry, Folder
from rehearsal.results.file_names import TESTS_FOLDER


@dataclass(frozen=True, kw_only=True, slots=True)
class StagedFile:
    """A file `name` below a folder that is held open, and its `size` in bytes when it was found.

    `target` is its safe path in the evidence.
    """

    folder: Folder
    name: str
    target: str
    size: int

    def open(self) -> BinaryIO:
        """Open the file. Raises OSError: it is gone, a link, or no regular file."""
        return self.folder.open_file(self.name)


@dataclass(frozen=True, kw_only=True)
class StagedFiles:
    """All files that the tests have left, and what the input evidence-limit allows, in bytes.

    `left_out` has those that cannot be copied, whatever the limit.
    """

    files: tuple[StagedFile, ...] = ()
    left_out: LeftOut
    limit: int

    @property
    def size(self) -> int:
        """The bytes of all files together."""
        return sum(each.size for each in self.files)


def list_staged(
    evidence: Evidence, name: str, target: str, left_out: LeftOut, *, variable: str
) -> Iterator[StagedFile]:
    """Yield what the tests left in a staging folder, for the evidence folder `target`.

    `variable` named the folder to the tests.
    """
    try:
        folder = evidence.open_staged(name)
    except OSError as error:
        evidence.warn(
            f"Nothing of {variable} was kept: the tests removed this folder or put something "
            f"else in its place ({error.strerror})."
        )
        return
    yield from list_folder(folder, target, evidence, left_out)


def list_folder(
    folder: Folder, target: str, evidence: Evidence, left_out: LeftOut
) -> Iterator[StagedFile]:
    """Yield the files below a folder; skip links and pipes."""

    def fail(entry: Entry, error: OSError) -> None:
        left_out.add(repr(entry.path), 0, error.strerror or str(error))

    for entry in folder.walk(fail):
        if entry.is_file:
            try:
                size = entry.size()
            except OSError as error:
                fail(entry, error)
                continue
            # Without the entry: it holds its own folder open, and there may be thousands.
            path = evidence.safe_target(target, entry.path)
            yield StagedFile(folder=folder, name=entry.path, target=path, size=size)


def names_of_folders(files: Iterable[StagedFile]) -> set[str]:
    """Return the names of the folders and files in the evidence folder of the tests."""
    paths = (PurePosixPath(each.target) for each in files)
    return {path.parts[1] for path in paths if path.parts[0] == TESTS_FOLDER}
