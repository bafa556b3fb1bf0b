"""Folders that are held open: what others do to a path changes nothing for a held folder."""

import errno
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path, PurePosixPath
from stat import S_IRWXU
from typing import BinaryIO

from rehearsal.dataclass import dataclass
from rehearsal.outside.files import open_regular_file, update_regular_file

# Deeper folders are not walked: with names of 100 characters each path stays below PATH_MAX.
MAX_DEPTH = 32
FOLDER_FLAGS = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW


class Folder:
    """A folder that is held open, and used by its descriptor alone.

    `path` is for messages and child processes. By now it may lead elsewhere: the tests run as our
    user, and can put a link or another folder there. Each `name` is relative, such as "a/b.txt". No
    part of it may be a link, a mount point or "..". Every method may raise OSError, also for what
    can be no name.
    """

    def __init__(self, path: Path, *, parent: "Folder | None" = None) -> None:
        """Open the folder `path`, or the folder of that name in `parent`."""
        self.descriptor = -1
        self.path: Path = parent.path / path if parent else path
        inside = parent.descriptor if parent else None
        place = os.open(path, FOLDER_FLAGS, dir_fd=inside)
        try:
            # Compared before anything else: an answer from a mounted folder may never come.
            if parent:
                check_mount(place, mount_number(parent.descriptor))
            self.descriptor = os.open(".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=place)
        finally:
            os.close(place)

    def __del__(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)

    @property
    def inode(self) -> int:
        """What tells folders of one file system apart."""
        return os.fstat(self.descriptor).st_ino

    @property
    def modified(self) -> float:
        """When something was added or removed, in seconds since 1970."""
        return os.fstat(self.descriptor).st_mtime

    @property
    def free_space(self) -> int:
        """How many bytes are free on its file system, for users without privileges."""
        found = os.fstatvfs(self.descriptor)
        return found.f_bavail * found.f_frsize

    def require(self, name: str, inode: int) -> None:
        """Raise OSError unless `name` is the folder with that inode, opened before."""
        found = os.stat(name, dir_fd=self.descriptor, follow_symlinks=False)
        if (found.st_dev, found.st_ino) != (os.fstat(self.descriptor).st_dev, inode):
            raise OSError(errno.ESTALE, "something else was put in its place", name)

    def reclaim(self, name: str, held: "Folder") -> "Folder":
        """Return `held` if `name` leads to it; else move away what is there, and make a new one."""
        with suppress(OSError):
            self.require(name, held.inode)
            os.fchmod(held.descriptor, S_IRWXU)
            return held
        with suppress(FileNotFoundError):
            aside = f"{name}.replaced-{secrets.token_hex(4)}"
            os.rename(name, aside, src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor)
        return self.folder(name, make=True)

    def exists(self, name: str) -> bool:
        """Return whether there is anything of that name, also a link that leads nowhere."""
        try:
            parent, last = self._locate(name)
            os.stat(last, dir_fd=parent.descriptor, follow_symlinks=False)
        except OSError:
            return False
        return True

    def folder(self, name: str, *, make: bool = False) -> "Folder":
        """Open a folder below this one; `make` makes those that are missing."""
        found = self
        for part in _parse(name).parts:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(part, 0o700, dir_fd=found.descriptor)
            found = Folder(Path(part), parent=found)
        return found

    def leads_to(self, name: str, file: FileIO) -> bool:
        """Return whether `name` is the name of an open file."""
        try:
            parent, last = self._locate(name)
            found = os.stat(last, dir_fd=parent.descriptor, follow_symlinks=False)
        except OSError:
            return False
        return os.path.samestat(found, os.fstat(file.fileno()))

    def open_file(self, name: str) -> BinaryIO:
        """Open a regular file for reading; a pipe or a device is an error, and not waited for."""
        parent, last = self._locate(name)
        return open_regular_file(Path(last), dir_fd=parent.descriptor)

    def open_for_update(self, name: str) -> FileIO:
        """Open a regular file for reading and writing."""
        parent, last = self._locate(name)
        return update_regular_file(Path(last), dir_fd=parent.descriptor)

    def create_file(self, name: str, *, replace: bool = False) -> FileIO:
        """Create a file, and the folders above it; open it for writing and reading.

        It must not exist, unless `replace` is True. All that is written is appended, even if
        another process cuts the file.
        """
        parent, last = self._locate(name, make=True)
        if replace:
            with suppress(FileNotFoundError):
                os.unlink(last, dir_fd=parent.descriptor)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        return FileIO(os.open(last, flags, 0o600, dir_fd=parent.descriptor), "r+")

    def reserve(self, size: int) -> FileIO:
        """Take `size` bytes of the disk, by a file without a name; closing it sets them free."""
        name = f".reserved-{secrets.token_hex(4)}"
        file = self.create_file(name)
        try:
            self.unlink(name)
            os.posix_fallocate(file.fileno(), 0, size)
        except OSError:
            file.close()
            raise
        return file

    def rename(self, name: str, new_name: str) -> None:
        """Rename a file in its folder; replace a file that has the new name."""
        parent, last = self._locate(name)
        new = _parse(new_name).name
        os.replace(last, new, src_dir_fd=parent.descriptor, dst_dir_fd=parent.descriptor)

    def unlink(self, name: str) -> None:
        """Remove a file, a link, a pipe or a socket."""
        parent, last = self._locate(name)
        os.unlink(last, dir_fd=parent.descriptor)

    def entries(self, above: str = "") -> "list[Entry]":
        """Return what is in this folder, by name; `above` is put before each path."""
        with os.scandir(self.descriptor) as found:
            return [
                Entry(
                    parent=self,
                    name=each.name,
                    path=f"{above}{each.name}",
                    is_folder=each.is_dir(follow_symlinks=False),
                    is_file=each.is_file(follow_symlinks=False),
                )
                for each in sorted(found, key=lambda each: each.name)
            ]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in it."""
        with os.scandir(self.descriptor) as found:
            return not any(found)

    def walk(self, on_error: "Callable[[Entry, OSError], None]") -> "Iterator[Entry]":
        """Yield everything below this folder, each folder before what is in it.

        `on_error` gets each folder that cannot be entered, or is nested too deep. A folder that the
        caller removes is not entered.
        """
        levels = [iter(self.entries())]
        while levels:
            entry = next(levels[-1], None)
            if entry is None:
                levels.pop()
                continue
            yield entry
            if entry.is_folder:
                try:
                    levels.append(iter(_enter(entry, depth=len(levels))))
                except FileNotFoundError:
                    continue
                except OSError as error:
                    on_error(entry, error)

    def _locate(self, name: str, *, make: bool = False) -> "tuple[Folder, str]":
        path = _parse(name)
        return self.folder(str(path.parent), make=make), path.name


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something in a folder: neither a file nor a folder is a link, a pipe, a socket or a device.

    `name` is its name in `parent`, `path` its path below the folder that is walked.
    """

    parent: Folder
    name: str
    path: str
    is_folder: bool
    is_file: bool

    def open(self) -> BinaryIO:
        """Open the regular file for reading. Raises OSError."""
        return self.parent.open_file(self.name)

    def size(self) -> int:
        """Return the size in bytes. Raises OSError."""
        found = os.stat(self.name, dir_fd=self.parent.descriptor, follow_symlinks=False)
        return found.st_size


def _parse(name: str) -> PurePosixPath:
    """Return the path below a folder that `name` is. Raises OSError: others may have written it."""
    path = PurePosixPath(name)
    try:
        is_name = b"\0" not in os.fsencode(name)
    except UnicodeEncodeError:  # Half of a surrogate pair.
        is_name = False
    if not is_name or path.is_absolute() or ".." in path.parts:
        raise OSError(errno.EINVAL, "No path below the folder", name)
    return path


def _enter(entry: Entry, *, depth: int) -> list[Entry]:
    if depth >= MAX_DEPTH:
        raise OSError(errno.ELOOP, f"It is below {MAX_DEPTH} other folders", entry.path)
    return entry.parent.folder(entry.name).entries(f"{entry.path}/")


def mount_number(descriptor: int) -> bytes:
    """Return what tells mounts apart, even two of one file system. Source: proc(5), fdinfo."""
    info = os.open(f"/proc/self/fdinfo/{descriptor}", os.O_RDONLY)
    try:
        return os.read(info, 4096).partition(b"mnt_id:")[2].split()[0]
    finally:
        os.close(info)


def check_mount(descriptor: int, expected: bytes) -> None:
    """Raise OSError if a folder is not on the mount with that number."""
    if mount_number(descriptor) != expected:
        raise OSError(errno.EXDEV, "Another file system is mounted there")
