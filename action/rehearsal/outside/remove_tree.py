"""Remove a folder with everything in it, whatever the tests have made of it."""

import errno
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from stat import S_IRWXU

from rehearsal.outside.folder import FOLDER_FLAGS, Folder, check_mount, mount_number

# In seconds; 100,000 files take two on a slow disk.
PATIENCE = 30.0
PAUSE = 0.1
NO_TIME = "there was no more time"


def remove_tree(parent: Folder, name: str, *, seconds: float = PATIENCE) -> str:
    """Remove the folder `name` of `parent`, but no link; return why something is left, or "".

    Neither depth nor kinds nor modes of files matter: links are not followed, pipes not opened.
    Nothing below a mount point is touched. Another process may remove the same folder meanwhile.
    Raises no OSError; returns `NO_TIME` after `seconds`.
    """
    limit = time.monotonic() + seconds
    while True:
        removal = _Removal(parent, name, limit)
        try:
            with removal.noting_errors():
                removal.run()
        except _TimeOverError:
            return NO_TIME
        error = removal.first_error
        if not error:
            return ""
        if error.errno != errno.ENOTEMPTY or time.monotonic() > limit:
            others = f" ({removal.errors - 1} more)" if removal.errors > 1 else ""
            return f"{error.strerror}{others}"
        time.sleep(PAUSE)  # Somebody has just added something.


class _TimeOverError(Exception):
    pass


class _Removal:
    """One removal. Each subfolder is moved to the top before it is emptied.

    So a tree of any depth needs neither recursion nor long paths.
    """

    def __init__(self, parent: Folder, name: str, limit: float) -> None:
        self._parent, self._name, self._limit = parent, name, limit
        self._mount = mount_number(parent.descriptor)
        self._prefix = f".removing-{secrets.token_hex(8)}-"
        self._numbers = count()
        self.errors = 0
        self.first_error: OSError | None = None

    def run(self) -> None:
        with self._opened(self._parent.descriptor, self._name) as top:
            waiting = self._clear(top, top)
            while waiting:
                self._check_time()
                name = waiting.pop()
                with self.noting_errors():
                    with self._opened(top, name) as folder:
                        waiting += self._clear(folder, top)
                    os.rmdir(name, dir_fd=top)
        os.rmdir(self._name, dir_fd=self._parent.descriptor)

    def _clear(self, folder: int, top: int) -> list[str]:
        """Remove the files in a folder, move its subfolders to `top`; return their new names."""
        subfolders, moved = [], []
        with os.scandir(folder) as entries:
            for entry in entries:
                self._check_time()
                if entry.is_dir(follow_symlinks=False):
                    subfolders.append(entry.name)
                    continue
                with self.noting_errors():
                    os.unlink(entry.name, dir_fd=folder)
        for name in subfolders:
            self._check_time()
            with self.noting_errors():
                # A folder can be moved only with write permission in it, which `_opened` gives.
                with self._opened(folder, name):
                    new = f"{self._prefix}{next(self._numbers)}"
                    os.rename(name, new, src_dir_fd=folder, dst_dir_fd=top)
                moved.append(new)
        return moved

    @contextmanager
    def _opened(self, parent: int, name: str) -> Iterator[int]:
        """Open a folder; give ourselves the permissions that its owner took from it."""
        place = os.open(name, FOLDER_FLAGS, dir_fd=parent)
        try:
            check_mount(place, self._mount)
            if os.fstat(place).st_mode & S_IRWXU != S_IRWXU:
                Path(f"/proc/self/fd/{place}").chmod(S_IRWXU)
            folder = os.open(".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=place)
        finally:
            os.close(place)
        try:
            yield folder
        finally:
            os.close(folder)

    @contextmanager
    def noting_errors(self) -> Iterator[None]:
        """Count an OSError, and go on: the rest can still be removed."""
        try:
            yield
        except FileNotFoundError:
            pass  # Somebody else has removed it.
        except OSError as error:
            self.errors += 1
            self.first_error = self.first_error or error

    def _check_time(self) -> None:
        if time.monotonic() > self._limit:
            raise _TimeOverError
