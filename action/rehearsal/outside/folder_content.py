"""What is in a folder, by content: to tell later whether anything is changed, missing or added."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG, S_IXUSR

CHUNK = 1 << 20
# Python writes such a file for each module that it imports, first under a longer name.
COMPILED = re.compile(r"(?:^|/)__pycache__/[^/]*\.pyc[^/]*\Z")


@dataclass(frozen=True, kw_only=True)
class FolderContent:
    """The files and links below a folder: what each is, by its path. `size` is in bytes."""

    files: Mapping[str, str]
    size: int


def read_content(folder: Path) -> FolderContent:
    """Read all files below a folder; links are not followed. Raises OSError."""
    files, size = {}, 0
    for entry, path in _walk(folder):
        files[path], length = _describe(entry)
        size += length
    return FolderContent(files=files, size=size)


def first_difference(expected: Mapping[str, str], found: Mapping[str, str]) -> str:
    """Return in words what differs first between the files of a folder, or an empty string."""
    for path in sorted(expected.keys() | found.keys()):
        if path not in found:
            return f"{path!r} is missing"
        if path not in expected:
            return f"{path!r} was added"
        if expected[path] != found[path]:
            return f"{path!r} was changed"
    return ""


def drop_new_compiled(
    folder: Path, expected: Mapping[str, str], found: Mapping[str, str]
) -> dict[str, str]:
    """Remove the compiled modules that are not expected; return the other files that were found.

    Whoever wrote them, Python compiles the modules again. Raises OSError.
    """
    new = {path for path in found if path not in expected and COMPILED.search(path)}
    for path in new:
        with suppress(FileNotFoundError):  # Another process may do the same.
            (folder / path).unlink()
    return {path: kind for path, kind in found.items() if path not in new}


def _walk(folder: Path) -> "Iterator[tuple[os.DirEntry[str], str]]":
    waiting = [str(folder)]
    start = len(waiting[0]) + 1
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    yield entry, entry.path[start:]


def _describe(entry: "os.DirEntry[str]") -> tuple[str, int]:
    """Return what a file or a link is, and its size."""
    if entry.is_symlink():
        return f"link to {os.readlink(entry.path)}", 0  # noqa: PTH115  (twice as fast)
    descriptor = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        status = os.fstat(descriptor)
        if not S_ISREG(status.st_mode):
            return "no regular file", 0
        digest = sha256()
        while piece := os.read(descriptor, CHUNK):
            digest.update(piece)
    finally:
        os.close(descriptor)
    kind = "program" if status.st_mode & S_IXUSR else "file"
    return f"{kind} {digest.hexdigest()}", status.st_size
