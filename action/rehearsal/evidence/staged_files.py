"""The files that the tests have left: where they are, and a list of them."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import PurePosixPath

from rehearsal.dataclass import dataclass
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.left_out import LeftOut
from rehearsal.outside.folder import Entry, Folder
from rehearsal.regex import regex
from rehearsal.results.file_names import TESTS_FOLDER
from rehearsal.results.traced_attempt import ANY_TRACE_PAGE

# The pages of traces: the last sweep leaves them as they are, and `rehearse show` shows them.
OUR_PAGE = regex(ANY_TRACE_PAGE, re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class StagedFile:
    """A file `name` below a folder that is held open, and its `size` in bytes when it was found.

    `target` is its safe path in the evidence.
    """

    folder: Folder
    name: str
    target: str
    size: int


@dataclass(frozen=True, kw_only=True)
class StagedFolder:
    """A folder that the tests wrote into; what is in it belongs into the evidence as `target`."""

    folder: Folder
    target: str


@dataclass(frozen=True, kw_only=True)
class StagedFiles:
    """Where the files are that the tests have left: they are listed when there is time for it.

    `reports` lists those of the input test-reports, `left_out` has those that cannot be copied
    whatever the limit. `limit` is the input evidence-limit in bytes.
    """

    folders: tuple[StagedFolder, ...] = ()
    reports: Callable[[], Iterable[StagedFile]] | None = None
    attachments: tuple[StagedFile, ...] = ()
    left_out: LeftOut
    limit: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to copy."""
        full = any(not each.folder.is_empty for each in self.folders)
        return not (full or self.reports or self.attachments)

    def list_files(self, evidence: Evidence) -> Iterator[StagedFile]:
        """Yield the files; there may be very many."""
        for each in self.folders:
            yield from list_folder(each.folder, each.target, evidence, self.left_out)
        if self.reports:
            yield from self.reports()
        yield from self.attachments


def open_staged(
    evidence: Evidence, name: str, target: str, *, variable: str
) -> Iterator[StagedFolder]:
    """Yield a staging folder, unless the tests replaced it; `variable` named it to them."""
    try:
        yield StagedFolder(folder=evidence.open_staged(name), target=target)
    except OSError as error:
        evidence.warn(
            f"Nothing of {variable} was kept: the tests removed this folder or put something "
            f"else in its place ({error.strerror})."
        )


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
            path = not_ours(evidence.safe_target(target, entry.path))
            yield StagedFile(folder=folder, name=entry.path, target=path, size=size)


def not_ours(path: str) -> str:
    """Return another name for a file that would pass for a page of ours: a test wrote it."""
    found = PurePosixPath(path)
    return str(found.with_name(f"test-{found.name}")) if OUR_PAGE.fullmatch(found.name) else path


def names_of_tests(folders: Iterable[StagedFolder], evidence: Evidence) -> set[str]:
    """Return the names in the evidence folder of the tests that are taken by what they wrote."""
    entries = (each.folder.entries() for each in folders if each.target == TESTS_FOLDER)
    return {
        PurePosixPath(evidence.safe_target(TESTS_FOLDER, entry.name)).name
        for entry in chain.from_iterable(entries)
    }
