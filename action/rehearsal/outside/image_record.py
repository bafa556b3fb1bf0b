"""The record of the images that rehearsals have built: a file of this user, which outlives a job.

Only what stands in it is ever removed. It is not in the images: anyone can write a label.
"""

import errno
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO

from rehearsal.dataclass import dataclass
from rehearsal.outside.file_lock import lock

# In bytes; one image takes about 250. Of a longer file only the end is read.
MAX_SIZE = 1 << 20
# In seconds. Others hold the lock for milliseconds.
LOCK_TIMEOUT = 5.0
# What a rehearsal calls its images.
NAME_PREFIX = "rehearsed/"


@dataclass(frozen=True, kw_only=True)
class BuiltImage:
    """An image that a rehearsal of `repository` has built, with the engine at `engine`.

    `built` is the time, in seconds since 1970.
    """

    repository: str
    engine: str
    id: str
    name: str
    built: float


def record_path(environ: Mapping[str, str]) -> Path:
    """Return where the record is. Source: XDG Base Directory Specification."""
    state = environ.get("XDG_STATE_HOME", "")
    home = environ.get("HOME") or Path.home()
    folder = Path(state) if state.startswith("/") else Path(home, ".local/state")
    return folder / "dress-rehearsal" / "images.jsonl"


def update_record(path: Path, change: Callable[[list[BuiltImage]], Iterable[BuiltImage]]) -> None:
    """Replace the images of the record by those that `change` returns for them.

    Lines that cannot be read are dropped. Raises OSError.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
    with os.fdopen(os.open(path, flags, 0o600), "r+b") as file:
        if not S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "Not a regular file", str(path))
        lock(file.fileno(), LOCK_TIMEOUT)
        lines = [json.dumps(asdict(image)) for image in change([*_read(file)])]
        file.seek(0)
        file.write("".join(f"{line}\n" for line in lines).encode())
        file.truncate()


def _read(file: BinaryIO) -> Iterator[BuiltImage]:
    file.seek(max(0, file.seek(0, os.SEEK_END) - MAX_SIZE))
    for line in file.read().splitlines():
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and _is_valid(found):
            yield BuiltImage(**found)


def _is_valid(found: Mapping[str, object]) -> bool:
    texts = ("repository", "engine", "id", "name")
    return (
        found.keys() == {*texts, "built"}
        and all(isinstance(found[name], str) for name in texts)
        and isinstance(found["built"], int | float)
        and str(found["name"]).startswith(NAME_PREFIX)
    )
