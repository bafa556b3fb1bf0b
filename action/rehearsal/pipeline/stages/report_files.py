"""Read the JUnit reports that the tests have written."""

import errno
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from rehearsal.outside.files import read_start
from rehearsal.results.junit.reports import MAX_SIZE, ReportsRead, UnreadReport, read_reports
from rehearsal.results.junit.time_stamps import Window

# Of a link; a folder or a pipe; a socket.
NO_REGULAR_FILE = (errno.ELOOP, errno.EINVAL, errno.ENXIO)


def read_report_files(
    paths: Iterable[Path], directory: Path, *, retries: bool, exit_code: int, window: Window
) -> ReportsRead:
    """Count the tests of these files, and name those that could not be read, or not whole.

    The names are relative to `directory`, where the tests ran. `exit_code` is that of the test
    command, `window` the time when it ran.
    """
    unread: list[UnreadReport] = []

    def contents() -> Iterator[tuple[str, bytes]]:
        for path in paths:
            try:
                # One byte more tells that the file is too large.
                yield str(path), read_start(path, MAX_SIZE + 1)
            except OSError as error:
                reason = _why_unread(error)
                unread.append(UnreadReport(name=str(path), reason=reason, is_report=True))

    read = read_reports(contents(), retries=retries, exit_code=exit_code, window=window)
    named = (
        replace(each, name=_short_name(Path(each.name), directory))
        for each in (*unread, *read.unread)
    )
    return replace(read, unread=tuple(named))


def _short_name(path: Path, directory: Path) -> str:
    return str(path.relative_to(directory)) if path.is_relative_to(directory) else path.name


def _why_unread(error: OSError) -> str:
    if error.errno in NO_REGULAR_FILE:
        return "it is no regular file, and links are not followed"
    return f"it could not be read: {error.strerror}"
