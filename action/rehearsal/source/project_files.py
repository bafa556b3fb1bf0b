"""The files of a project, by folder."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath

from rehearsal.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class ProjectFiles:
    """The names of a project's files by folder, and a way to read them.

    Paths are relative to the working directory, which is `.` itself. `read` returns an empty text
    for a file that is not there.
    """

    folders: Mapping[str, tuple[str, ...]]
    read: Callable[[str], str]

    def has(self, folder: str, name: str) -> bool:
        """Whether a folder has a file."""
        return name in self.folders.get(folder, ())

    def nearest_first(self) -> list[str]:
        """Return all folders, those with a shorter path first."""
        return sorted(self.folders, key=lambda path: (len(PurePosixPath(path).parts), path))

    def below(self, folder: str) -> Iterator[str]:
        """Yield the paths of the files in a folder and in all folders below it."""
        for path, names in self.folders.items():
            if PurePosixPath(path).is_relative_to(folder):
                yield from (join(path, name) for name in names)


def upwards(folder: str) -> Iterator[str]:
    """Yield a folder, then each folder above it, up to the working directory."""
    yield folder
    yield from map(str, PurePosixPath(folder).parents)


def join(folder: str, name: str) -> str:
    """Return the path of a file or folder in a folder."""
    return str(PurePosixPath(folder, name))
