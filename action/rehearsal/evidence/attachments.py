"""Copy the files that a report names as attachments of a test: screenshots, traces, videos."""

import errno
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rehearsal.evidence.folder import MAX_NAMED, Evidence
from rehearsal.evidence.folder_names import MAX_TESTS
from rehearsal.outside.folder import Folder
from rehearsal.results.bounded_text import cut_text
from rehearsal.results.file_names import TESTS_FOLDER
from rehearsal.results.tests import Failure, SuiteResults

# Of one test; what its retries made is among them.
MAX_FILES = 30
# In bytes, of all tests together.
MAX_TOTAL = 256 << 20
# In characters, of a path in a notice.
MAX_SHOWN = 200
URL = re.compile("(?!file:)[a-z][a-z0-9+.-]*://")
OUTSIDE = "it is outside of the checkout, the working directory and RUNNER_TEMP"


@dataclass(frozen=True, kw_only=True)
class FoundFile:
    """A file `name` below a folder that is held open."""

    folder: Folder
    name: str

    @property
    def path(self) -> Path:
        """Its path, for comparisons."""
        return self.folder.path / self.name

    def open(self) -> BinaryIO:
        """Open the file. Raises OSError: it is missing, hidden, a link, or no regular file."""
        if ".git" in self.path.parts or self.path.name.startswith("."):
            raise OSError(errno.EPERM, "hidden files are not kept")
        return self.folder.open_file(self.name)


class AttachmentCopier:
    """Copies attachments from the staging folders and these `folders`: a report may name any file.

    A relative path begins at the report, or at `directory`; that depends on the tool.
    """

    def __init__(self, evidence: Evidence, folders: Iterable[Path], directory: Path) -> None:
        self._evidence = evidence
        self._directory = directory
        # What is here for a test has been copied into its folder already.
        self._staged = evidence.staging.path.resolve() / "traces"
        self._folders = [*_staged(evidence), *_opened(folders)]
        self._room = MAX_TOTAL
        self._failures: list[str] = []

    def copy_all(self, results: SuiteResults) -> None:
        """Copy the attachments of the tests that have a folder; warn of each that is missing."""
        for failure in (*results.failed[:MAX_TESTS], *results.flaky[:MAX_TESTS]):
            self._copy_for_test(failure)
        for text in self._failures[:MAX_NAMED]:
            self._evidence.warn(text)
        if more := len(self._failures[MAX_NAMED:]):
            self._evidence.warn(f"{more} more attachments could not be kept.")

    def _copy_for_test(self, failure: Failure) -> None:
        for path in failure.attachments[:MAX_FILES]:
            if URL.match(path):
                continue
            try:
                self._copy(path, failure)
            except (OSError, ValueError) as error:  # ValueError: a NUL byte in the path.
                reason = getattr(error, "strerror", None) or error
                shown = cut_text(path, MAX_SHOWN)
                self._failures.append(f"The attachment {shown!r} could not be kept: {reason}.")
        if more := len(failure.attachments[MAX_FILES:]):
            self._failures.append(f"{more} more attachments of {failure.name} were not kept.")

    def _copy(self, path: str, failure: Failure) -> None:
        found = self._find(path, Path(failure.report).parent)
        if not found.path.is_relative_to(self._staged / failure.evidence_name):
            target = f"{TESTS_FOLDER}/{failure.evidence_name}"
            self._evidence.copy_opened(lambda: self._open(found), target, found.path.name)

    def _open(self, found: FoundFile) -> BinaryIO:
        file = found.open()
        size = os.fstat(file.fileno()).st_size
        if size > self._room:
            file.close()
            raise OSError(errno.EFBIG, f"all attachments may have {MAX_TOTAL >> 20} MiB")
        self._room -= size
        return file

    def _find(self, path: str, report_folder: Path) -> FoundFile:
        """Return the file that a report means. Raises OSError."""
        errors: list[OSError] = []
        for base in (report_folder, self._directory):
            # By words alone: a link in the path is refused when the file is opened.
            place = Path(os.path.normpath(base / path.removeprefix("file://")))
            for folder, shown_as in self._folders:
                if place.is_relative_to(shown_as):
                    found = FoundFile(folder=folder, name=str(place.relative_to(shown_as)))
                    try:
                        found.open().close()
                    except OSError as error:
                        errors.append(error)
                    else:
                        return found
        # That a file is missing says less: it was looked for in several places.
        errors.sort(key=lambda error: isinstance(error, FileNotFoundError))
        raise errors[0] if errors else OSError(errno.EPERM, OUTSIDE)


def _staged(evidence: Evidence) -> Iterator[tuple[Folder, Path]]:
    """Yield the folders for the tests' files, unless the tests replaced them, as `_opened` does."""
    for name in ("traces", "junit"):
        with suppress(OSError):
            folder = evidence.open_staged(name)
            for each in dict.fromkeys((folder.path, folder.path.resolve())):
                yield folder, each


def _opened(folders: Iterable[Path]) -> Iterator[tuple[Folder, Path]]:
    """Yield the folders that exist, each by the path that was given and by its real path."""
    for path in folders:
        try:
            folder = Folder(path.resolve())
        except OSError:
            continue
        for each in dict.fromkeys((path, path.resolve())):
            yield folder, each
