"""Read the JUnit reports that the tests have written."""

import stat
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from rehearsal.outside.files import read_bytes
from rehearsal.results.junit.reports import MAX_SIZE, ReportsRead, UnreadReport, read_reports
from rehearsal.results.junit.time_stamps import Window


def read_report_files(
    paths: Iterable[Path], directory: Path, *, retries: bool, exit_code: int, window: Window
) -> ReportsRead:
    """Count the tests of these files, and name those that could not be read, or not whole.

    The names are relative to `directory`, where the tests ran. `exit_code` is that of the test
    command, `window` the time when it ran.
    """
    contents: list[tuple[str, bytes]] = []
    unread: list[UnreadReport] = []
    for path in paths:
        content = read_bytes(path, MAX_SIZE)
        if content is None:
            reason = _why_unread(path)
            unread.append(UnreadReport(name=str(path), reason=reason, is_report=True))
        else:
            contents.append((str(path), content))
    read = read_reports(contents, retries=retries, exit_code=exit_code, window=window)
    named = (
        replace(each, name=_short_name(Path(each.name), directory))
        for each in (*unread, *read.unread)
    )
    return replace(read, unread=tuple(named))


def _short_name(path: Path, directory: Path) -> str:
    return str(path.relative_to(directory)) if path.is_relative_to(directory) else path.name


def _why_unread(path: Path) -> str:
    try:
        status = path.lstat()
    except OSError as error:
        return f"it could not be read: {error.strerror or error}"
    if not stat.S_ISREG(status.st_mode):
        return "it is no regular file, and links are not followed"
    if status.st_size > MAX_SIZE:
        return f"it is larger than {MAX_SIZE >> 20} MiB"
    return "it could not be read"
