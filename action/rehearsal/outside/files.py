"""Read files that other people wrote: no link is followed, no pipe is waited for."""

import errno
import os
from collections.abc import Iterator
from io import FileIO
from itertools import islice
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO

# Nobody edits what is in these folders: it is third-party code, or made by a build.
EXCLUDED_FOLDERS = {"node_modules", "site-packages", "staticfiles", "venv", "env", "__pycache__"}
# venv writes this file into the folder of each virtual environment, whatever the folder's name.
VENV_MARKER = "pyvenv.cfg"
# The action itself, where a repository has a copy of it: its files would fill the limits below.
OWN_FILES = {"action.yml", "verdict.schema.json", "predicate.schema.json"}
MAX_FOLDERS = 5000
MAX_FILES = 500
# In bytes. Files that people write are smaller.
MAX_TEXT_SIZE = 256 << 10
# In bytes. Longer Dockerfiles are made by programs, and take long to look through.
MAX_DOCKERFILE_SIZE = 32 << 10


def open_regular_file(path: Path, *, dir_fd: int | None = None) -> BinaryIO:
    """Open a regular file for reading. Raises OSError for a link, a pipe and the like.

    `dir_fd` is the descriptor of the folder that a relative path starts in.

    The owner of the folder may replace the file at any moment by a link out of it, or by a pipe
    that never ends. So the opened file is checked, not its path.
    """
    return os.fdopen(_open_regular(path, os.O_RDONLY, dir_fd), "rb")


def update_regular_file(path: Path, *, dir_fd: int | None = None) -> FileIO:
    """Open a regular file for reading and writing, as `open_regular_file` does."""
    return FileIO(_open_regular(path, os.O_RDWR, dir_fd), "r+")


def _open_regular(path: Path, flags: int, dir_fd: int | None) -> int:
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=dir_fd)
    if not S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "Not a regular file", str(path))
    return descriptor


def read_start(path: Path, limit: int) -> bytes:
    """Return the first `limit` bytes of a regular file. Raises OSError."""
    with open_regular_file(path) as file:
        # `read` takes as much memory as it is asked for.
        return file.read(min(limit, os.fstat(file.fileno()).st_size))


def read_text(path: Path, limit: int = MAX_TEXT_SIZE) -> str | None:
    """Return the text of a regular file, or None if it cannot be read or is too large.

    `limit` is in bytes.
    """
    try:
        content = read_start(path, limit + 1)
    except (OSError, ValueError):  # ValueError: a NUL byte in the path.
        return None
    return content.decode(errors="replace") if len(content) <= limit else None


def read_dockerfile(checkout: Path, path: str) -> str | None:
    """Return the text of the Dockerfile at a path in the checkout, as `read_text` does.

    Without a path it is None.
    """
    return read_text(checkout / path, MAX_DOCKERFILE_SIZE) if path else None


def read_head_and_tail(file: BinaryIO, head: int, tail: int) -> tuple[bytes, bytes, int]:
    """Return a file's first `head` bytes, its last `tail` bytes, and how many lie between.

    A file of at most `head` + `tail` bytes is returned whole, as the first item. Raises OSError.
    """
    left_out = os.fstat(file.fileno()).st_size - head - tail
    if left_out <= 0:
        return file.read(head + tail), b"", 0
    beginning = file.read(head)
    file.seek(head + left_out)
    return beginning, file.read(tail), left_out


def write_all(file: FileIO, data: bytes) -> None:
    """Write all of `data` into an unbuffered file. Raises OSError."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) or 0 :]


def pwrite_all(file: FileIO, data: bytes, offset: int) -> None:
    """Write all of `data` over what is in a file from `offset`. Raises OSError."""
    rest = memoryview(data)
    while rest:
        written = os.pwrite(file.fileno(), rest, offset)
        rest, offset = rest[written:], offset + written


def text_files(folder: Path, suffix: str | tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """Yield path and text of the files with this end, a folder's own before its subfolders'.

    Hidden folders, links, and files that cannot be read are skipped.
    """
    paths = (path for path in _walk(folder) if path.name.endswith(suffix))
    for path in islice(paths, MAX_FILES):
        text = read_text(path)
        if text is not None:
            yield path, text


def list_folders(folder: Path, depth: int) -> dict[str, tuple[str, ...]]:
    """Return the names of files by folder, down to `depth` folders below; `folder` is `.` itself.

    Hidden folders, links to folders, the action, and folders with code of others are left out.
    """
    found: dict[str, tuple[str, ...]] = {}
    for parent, folders, names in _walk_folders(folder):
        path = parent.relative_to(folder)
        found[str(path)] = tuple(names)
        if len(path.parts) >= depth:
            folders.clear()
    return found


def _walk(folder: Path) -> Iterator[Path]:
    for parent, _, names in _walk_folders(folder):
        yield from (parent / name for name in names)


def _walk_folders(folder: Path) -> Iterator[tuple[Path, list[str], list[str]]]:
    """Yield like os.walk, sorted; a caller skips the subfolders by emptying their list."""
    for parent, folders, names in islice(os.walk(folder), MAX_FOLDERS):
        if VENV_MARKER in names or OWN_FILES.issubset(names):
            folders.clear()
            continue
        folders[:] = sorted(
            name for name in folders if name not in EXCLUDED_FOLDERS and not name.startswith(".")
        )
        yield Path(parent), folders, sorted(names)
