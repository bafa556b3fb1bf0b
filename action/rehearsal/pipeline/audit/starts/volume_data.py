"""The data on one volume, and what a restart lost of it."""

import io
import re
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from itertools import islice
from pathlib import PurePosixPath

from rehearsal.dataclass import dataclass
from rehearsal.pipeline.audit.starts.sqlite_tables import MAGIC, find_filled_tables
from rehearsal.regex import regex

# In bytes.
MAX_DATABASE = 16 << 20
MAX_FILES = 10_000
# What an app may remove, or empty, when it starts.
TRANSIENT_FILE = regex(
    r"(^|/)(tmp|temp|caches?|run|sessions?|locks?)/|-(journal|wal|shm)$"
    r"|\.(pid|sock|socket|lock|lck|log|tmp|swp)$",
    re.IGNORECASE,
)
TRANSIENT_TABLE = regex(r"sqlite_|cache|session|lock|queue|job|task", re.IGNORECASE)
# A second name that databases get, a hard link. It shows whether the app went on with the same
# file, or made another one in its place.
SECOND_NAME = ".dress-rehearsal-"


@dataclass(frozen=True, kw_only=True)
class VolumeData:
    """What is on a volume; paths are those in the container.

    `files` are all regular files. `databases` has the tables with rows of each SQLite database,
    None if it could not be read. `links` leads from each further name of a file to the first.
    """

    files: frozenset[str] = frozenset()
    databases: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)

    def has_second_name(self, path: str) -> bool:
        """Return whether the file has the name that `second_names` gives to it."""
        own = self.links.get(path, path)
        return any(
            self.links.get(each, each) == own
            for each in self.files
            if each != path and PurePosixPath(each).name.startswith(SECOND_NAME)
        )


def parse_archive(archive: bytes, target: str) -> VolumeData:
    """Return what is in the archive of the volume at `target`. Raises tarfile.TarError."""
    folder = PurePosixPath(target).parent
    files: set[str] = set()
    databases: dict[str, frozenset[str] | None] = {}
    links: dict[str, str] = {}
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
        for member in islice(tar, MAX_FILES):
            path = str(folder / member.name)
            if member.islnk():
                links[path] = str(folder / member.linkname)
            elif not member.isfile():
                continue
            elif (file := tar.extractfile(member)) and file.read(len(MAGIC)) == MAGIC:
                file.seek(0)
                small = member.size <= MAX_DATABASE
                databases[path] = find_filled_tables(file.read()) if small else None
            files.add(path)
    databases |= {path: databases[first] for path, first in links.items() if first in databases}
    return VolumeData(files=frozenset(files), databases=databases, links=links)


def second_names(data: VolumeData, target: str) -> bytes:
    """Return an archive that gives the databases of the volume at `target` their second names.

    It is empty if there are none; a file that is mounted by itself can have no second name.
    """
    databases = [path for path in data.databases if path != target]
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for number, path in enumerate(databases):
            link = tarfile.TarInfo(f"{SECOND_NAME}{number}")
            link.type, link.linkname = tarfile.LNKTYPE, str(PurePosixPath(path).relative_to(target))
            tar.addfile(link)
    return archive.getvalue() if databases else b""


def find_lost(before: VolumeData, after: VolumeData, target: str) -> Iterator[str]:
    """Yield what is not on the volume at `target` any more, for a message."""
    files = _lasting(before.files)
    if files and not files & after.files:
        yield f"all files of {target}, like {min(files)}"
        return
    for path in sorted(files & before.databases.keys()):
        yield from _lost_of(path, before, after)


def _lost_of(database: str, before: VolumeData, after: VolumeData) -> Iterator[str]:
    if database not in after.files:
        yield database
    elif before.has_second_name(database) and not after.has_second_name(database):
        yield f"the data in {database}, which was made anew"
    elif (left := after.databases.get(database)) is not None:
        for table in sorted((before.databases[database] or frozenset()) - left):
            if not TRANSIENT_TABLE.search(table):
                yield f"the rows of {table} in {database}"


def _lasting(files: Iterable[str]) -> frozenset[str]:
    return frozenset(
        path
        for path in files
        if not TRANSIENT_FILE.search(path) and not PurePosixPath(path).name.startswith(SECOND_NAME)
    )
