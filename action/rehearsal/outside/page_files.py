"""The files of an evidence, in a folder or in the zip that GitHub makes of an artifact."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Protocol, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from rehearsal.outside.folder import Entry, Folder


class PageFiles(Protocol):
    """Files by their names, like `tests/t/trace.html`: nothing else can be opened."""

    def names(self) -> Iterator[str]:
        """Yield the names of all files. Raises OSError."""

    def open(self, name: str) -> tuple[BinaryIO, int]:
        """Open a file, and return its size in bytes. Raises OSError."""

    def below(self, name: str) -> "PageFiles":
        """Return the files of a folder. Raises OSError."""


def is_plain(name: str) -> bool:
    """Whether a name leads only downwards, and each file has only one such name."""
    return "\0" not in name and not {"", ".", ".."}.intersection(name.split("/"))


class FolderFiles:
    """The files of a folder; links and mount points in it are not followed."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder

    def names(self) -> Iterator[str]:
        """Yield the names of all files. Raises OSError."""

        def skip(_entry: Entry, _error: OSError) -> None:
            """Leave out what cannot be entered."""

        return (entry.path for entry in self.folder.walk(skip) if entry.is_file)

    def open(self, name: str) -> tuple[BinaryIO, int]:
        """Open a file, and return its size in bytes. Raises OSError."""
        if not is_plain(name):
            raise FileNotFoundError(name)
        file = self.folder.open_file(name)
        return file, os.fstat(file.fileno()).st_size

    def below(self, name: str) -> "FolderFiles":
        """Return the files of a folder. Raises OSError."""
        return FolderFiles(self.folder.folder(name))


class ZipFiles:
    """The files of a zip, which is read where it is and not unpacked; `files` are its entries."""

    def __init__(self, packed: ZipFile, files: Mapping[str, ZipInfo]) -> None:
        self._zip, self._files = packed, files

    @classmethod
    def read(cls, path: Path) -> "ZipFiles":
        """Return the files of a zip. Raises OSError."""
        try:
            packed = ZipFile(path)
        except (BadZipFile, NotImplementedError, ValueError) as error:
            raise OSError(f"it is not a zip that can be read ({error})") from error
        return cls(packed, {each.filename: each for each in packed.infolist() if _is_file(each)})

    def names(self) -> Iterator[str]:
        """Yield the names of all files."""
        return iter(self._files)

    def open(self, name: str) -> tuple[BinaryIO, int]:
        """Open a file, and return its size in bytes. Raises OSError."""
        if name not in self._files:
            raise FileNotFoundError(name)
        info = self._files[name]
        try:
            return cast(BinaryIO, self._zip.open(info)), info.file_size
        # RuntimeError: it is encrypted.
        except (BadZipFile, NotImplementedError, RuntimeError) as error:
            raise OSError(str(error)) from error

    def below(self, name: str) -> "ZipFiles":
        """Return the files of a folder."""
        start = f"{name}/"
        found = (each for each in self._files.items() if each[0].startswith(start))
        return ZipFiles(self._zip, {each.removeprefix(start): info for each, info in found})


def _is_file(info: ZipInfo) -> bool:
    """Whether an entry is a plain file: the tests may have made a link of any name."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    return not info.is_dir() and kind in {0, stat.S_IFREG} and is_plain(info.filename)
