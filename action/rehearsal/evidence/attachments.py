"""Find the attachments of a test: screenshots, traces, videos.

A report names them, or they are in a folder that pytest-playwright names after the test.
"""

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.folder_names import MAX_TESTS
from rehearsal.evidence.left_out import LeftOut
from rehearsal.evidence.playwright_folders import find_folders, folder_names
from rehearsal.evidence.staged_files import StagedFile, not_ours
from rehearsal.outside.folder import Folder
from rehearsal.regex import regex
from rehearsal.results.bounded_text import cut_text
from rehearsal.results.file_names import TESTS_FOLDER
from rehearsal.results.tests import Failure, SuiteResults

# Of one test; what its retries made is among them.
MAX_FILES = 30
# In characters, of a path in a notice.
MAX_SHOWN = 200
URL = regex("(?!file:)[a-z][a-z0-9+.-]*://")
OUTSIDE = "it is outside of the checkout, the working directory and RUNNER_TEMP"


class AttachmentFinder:
    """Finds attachments in the staging folders and these `folders`: a report may name any file.

    A relative path begins at the report, or at `directory`; that depends on the tool. `left_out`
    gets those that cannot be read.
    """

    def __init__(
        self,
        evidence: Evidence,
        folders: Iterable[Path],
        directory: Path,
        left_out: LeftOut,
    ) -> None:
        self._evidence = evidence
        self._directory = directory
        # What is here for a test is kept in its folder anyway.
        self._staged = evidence.staging.path.resolve() / "traces"
        self._folders = [*_staged(evidence), *_opened(folders)]
        self._left_out = left_out

    def find_all(self, results: SuiteResults) -> Iterator[StagedFile]:
        """Yield the attachments of the tests that have a folder."""
        tests = (*results.failed[:MAX_TESTS], *results.flaky[:MAX_TESTS])
        unnamed = any(not each.attachments for each in tests)
        folders = find_folders((self._directory, self._staged)) if unnamed else {}
        for failure in tests:
            paths = failure.attachments
            if not paths:
                named = dict.fromkeys(folder_names(failure.name))
                known = (folder for name in named for folder in folders.get(name, ()))
                paths = tuple(str(file) for folder in known for file in _files(folder))
            yield from self._find_for_test(failure, paths)

    def _find_for_test(self, failure: Failure, paths: Sequence[str]) -> Iterator[StagedFile]:
        folder = f"{TESTS_FOLDER}/{failure.evidence_name}"
        for path in paths[:MAX_FILES]:
            if URL.match(path):
                continue
            try:
                found = self._find(path, Path(failure.report).parent, folder)
            except (OSError, ValueError) as error:  # ValueError: a NUL byte in the path.
                reason = getattr(error, "strerror", None) or error
                shown = cut_text(path, MAX_SHOWN)
                self._left_out.add(f"The attachment {shown!r}", 0, str(reason))
                continue
            place = found.folder.path / found.name
            if not place.is_relative_to(self._staged / failure.evidence_name):
                yield found
        if more := len(paths[MAX_FILES:]):
            self._evidence.warn(f"{more} more attachments of {failure.name} were not kept.")

    def _find(self, path: str, report_folder: Path, target: str) -> StagedFile:
        """Return the file that a report means. Raises OSError."""
        errors: list[OSError] = []
        for base in (report_folder, self._directory):
            # By words alone: a link in the path is refused when the file is opened.
            place = Path(os.path.normpath(base / path.removeprefix("file://")))
            for folder, shown_as in self._folders:
                if place.is_relative_to(shown_as):
                    try:
                        size = _size(folder, place.relative_to(shown_as))
                    except OSError as error:
                        errors.append(error)
                    else:
                        return StagedFile(
                            folder=folder,
                            name=str(place.relative_to(shown_as)),
                            target=not_ours(self._evidence.safe_target(target, place.name)),
                            size=size,
                        )
        # That a file is missing says less: it was looked for in several places.
        errors.sort(key=lambda error: isinstance(error, FileNotFoundError))
        raise errors[0] if errors else OSError(errno.EPERM, OUTSIDE)


def _files(folder: Path) -> Sequence[Path]:
    try:
        return sorted(each for each in folder.iterdir() if each.is_file())
    except OSError:
        return ()


def _size(folder: Folder, path: Path) -> int:
    """Return a file's size. Raises OSError: it is missing, hidden, a link, or no regular file."""
    if ".git" in (folder.path / path).parts or path.name.startswith("."):
        raise OSError(errno.EPERM, "hidden files are not kept")
    with folder.open_file(str(path)) as file:
        return os.fstat(file.fileno()).st_size


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
