"""What is in a folder, by content: to tell later whether anything is changed, missing or added."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG, S_IXUSR

from rehearsal.regex import regex

CHUNK = 1 << 20
# Python writes such a file for each module that it imports, first under a longer name.
COMPILED = regex(r"(?:^|/)__pycache__/[^/]*\.pyc[^/]*\Z")
# Whoever may write there can make as many as he likes.
MAX_FOLDERS = 100_000


def read_content(folder: Path, limit: int) -> tuple[dict[str, str], int]:
    """Return what each file and link below a folder is, by path, and the size of all in bytes.

    Where they have more than `limit` bytes, those that follow are left out. Links are not followed.
    Raises OSError.
    """
    files, size = {}, 0
    for entry, path in _walk(folder):
        size += entry.stat(follow_symlinks=False).st_size
        if size > limit:
            break
        files[path] = _describe(entry)
    return files, size


def find_difference(folder: Path, expected: Mapping[str, str]) -> str:
    """Compare a folder with what `read_content` returned; return one difference, or "".

    Compiled modules that are not expected are removed: whoever wrote them, Python compiles the
    modules again. No more is read than is expected. Raises OSError.
    """
    seen = 0
    for entry, path in _walk(folder):
        if path in expected:
            if _describe(entry, expected[path]) != expected[path]:
                return f"{path!r} was changed"
            seen += 1
        elif COMPILED.search(path):
            with suppress(FileNotFoundError):  # Another process may do the same.
                Path(entry.path).unlink()
        else:
            return f"{path!r} was added"
    if seen == len(expected):
        return ""
    found = {path for _, path in _walk(folder)}
    return f"{min(expected.keys() - found, default='a file')!r} is missing"


def _walk(folder: Path) -> "Iterator[tuple[os.DirEntry[str], str]]":
    waiting, start = [str(folder)], len(str(folder)) + 1
    for _ in range(MAX_FOLDERS):
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    yield entry, entry.path[start:]
        if not waiting:
            return
    raise OSError(None, f"it has more than {MAX_FOLDERS} folders")


def _describe(entry: "os.DirEntry[str]", expected: str = "") -> str:
    """Return what a file or a link is, without its content if it cannot be as expected."""
    if entry.is_symlink():
        return f"link to {os.readlink(entry.path)}"  # noqa: PTH115  (twice as fast)
    descriptor = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        status = os.fstat(descriptor)
        if not S_ISREG(status.st_mode):
            return "no regular file"
        kind = "program" if status.st_mode & S_IXUSR else "file"
        found = f"{kind} of {status.st_size} bytes"
        if expected and not expected.startswith(found):
            return found
        digest, left = sha256(), status.st_size
        # Not what is added meanwhile.
        while left > 0 and (piece := os.read(descriptor, min(CHUNK, left))):
            digest.update(piece)
            left -= len(piece)
    finally:
        os.close(descriptor)
    return f"{found} {digest.hexdigest()}"
