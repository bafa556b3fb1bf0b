"""The evidence folder. Only this module and the logs write to it; everything is redacted first."""

import errno
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from io import FileIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from rehearsal.evidence.left_out import MAX_NAMED, megabytes
from rehearsal.evidence.log import Log
from rehearsal.outside.birth_time import birth_time
from rehearsal.outside.files import write_all
from rehearsal.outside.folder import Entry, Folder
from rehearsal.outside.process import Sink
from rehearsal.outside.remove_tree import NO_TIME, remove_tree
from rehearsal.redaction.redactor import Redactor
from rehearsal.regex import regex
from rehearsal.results.digest_format import digest_of
from rehearsal.results.file_names import CONTAINER_STATE, EVIDENCE, STAGING
from rehearsal.results.own_names import is_our_name

MAX_NAME = 100
SAFE_NAME = regex(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{MAX_NAME - 1}}}\Z")
# In bytes. The system gives larger pieces of memory anew each time: they are not in the processor's
# caches.
CHUNK = 1 << 16
# In bytes, of a file in the evidence, whatever evidence-limit is: our own logs are smaller.
MAX_FILE_SIZE = 512_000_000
# In bytes, of what the engine says of a container.
MAX_STATE_SIZE = 1 << 20
# In bytes, of the disk: what the reports and the ends of long logs need, whatever fills it.
RESERVED = 32 << 20


class Evidence:
    """The folders of one rehearsal in `root`: `folder` is kept, `staging` is private and removed.

    Both are held open, since the tests may replace them. An error while writing (a full disk, say)
    never ends a rehearsal; `warn` gets a sentence.
    """

    def __init__(
        self, root: Folder, redactor: Redactor, warn: Callable[[str], None] = lambda _: None
    ) -> None:
        self.root = root
        self.folder = root.folder(EVIDENCE, make=True)
        self.staging = root.folder(STAGING, make=True)
        self.redactor = redactor
        self.warn = warn
        self._reserved: FileIO | None = None
        self._logs: list[Log] = []

    def reserve(self) -> None:
        """Take room for the reports, until `release`; raise OSError if there is none."""
        self._reserved = self.staging.reserve(RESERVED)

    def release(self) -> None:
        """Set the room free that was reserved: the reports follow."""
        if self._reserved:
            self._reserved.close()

    def log(self, name: str, *, echo: Sink | None = None, timed: bool = False) -> Log:
        """Open a log; `echo` gets its redacted bytes, too. `timed` writes an index of times."""
        log = Log(
            self.folder,
            self.redactor,
            name=name,
            warn=self.warn,
            echo=echo,
            timed=timed,
        )
        self._logs.append(log)
        return log

    def write(self, name: str, text: str) -> None:
        """Write a text for readers, redacted, and replace an earlier one."""
        self.write_document(name, self.redactor.redact(text))

    def write_document(self, name: str, text: str) -> str:
        """Write a document that programs read, made of a redacted result, as it is.

        Return the digest of what was written, made from memory: the file may be changed at once.
        If nothing can be written, an earlier document stays, and the digest is empty.
        """
        data = text.encode(errors="replace")
        return digest_of(data) if self._replace(name, (data,)) else ""

    def write_parts(self, name: str, parts: Iterable[str]) -> bool:
        """Write a long document, made of a redacted result; return whether that was possible."""
        return self._replace(name, (part.encode(errors="replace") for part in parts))

    def _replace(self, name: str, parts: Iterable[bytes]) -> bool:
        """Replace a file at once and return True; if that fails, leave an earlier one, and warn."""
        new = f"{name}.part"
        try:
            with self.folder.create_file(new, replace=True) as file:
                for part in parts:
                    write_all(file, part)
            self.folder.rename(new, name)
        except OSError as error:
            with suppress(OSError):
                self.folder.unlink(new)
            self._warn(name, error)
            return False
        return True

    def safe_path(self, target: str, name: str) -> str:
        """Return a safe path in the evidence folder `target` for a file or folder of that name."""
        return f"{target}/{_safe_name(self.redactor.redact(name))}"

    def safe_target(self, target: str, name: str) -> str:
        """Return a safe path in the evidence folder `target` for a file with the path `name`."""
        # A name may hold a secret, too. Our own names stay, even if a secret is such a word.
        path = PurePosixPath(name)
        kept = path.name if is_our_name(path.name) else ""
        chosen = str(path.parent) if kept else name
        parts = (*PurePosixPath(self.redactor.redact(chosen)).parts, *filter(None, (kept,)))
        return str(PurePosixPath(target, *map(_safe_name, parts)))

    def staging_folder(self, name: str) -> Path:
        """Return a private folder, which the tests may write into."""
        return self.staging.folder(name, make=True).path

    def open_staged(self, name: str) -> Folder:
        """Open a staging folder that the tests wrote into. Raises OSError if they replaced it.

        They may have made it anew, as Playwright does; but there may be no link and no older folder
        in its place, and no other folder in place of the one above it.
        """
        self.root.require(STAGING, self.staging.inode)
        folder = self.staging.folder(name)
        if 0 < birth_time(folder.descriptor) < birth_time(self.staging.descriptor):
            raise OSError(errno.ESTALE, "it is older than this rehearsal", str(folder.path))
        return folder

    def copy_folder(self, source: Folder, target: str) -> None:
        """Copy the files below a folder into the evidence folder `target`; skip links and pipes."""
        failures = 0

        def fail(entry: Entry, error: OSError) -> None:
            nonlocal failures
            failures += 1
            if failures <= MAX_NAMED:
                self._warn(repr(entry.path), error)

        for entry in source.walk(fail):
            if entry.is_file:
                try:
                    with entry.open() as inside:
                        path = self.safe_target(target, entry.path)
                        self.copy_opened(inside, path, limit=MAX_FILE_SIZE)
                except OSError as error:
                    fail(entry, error)
        if failures > MAX_NAMED:
            self.warn(f"{failures - MAX_NAMED} more files or folders could not be kept.")

    def copy_opened(
        self, inside: BinaryIO, path: str, *, limit: int, folder: Folder | None = None
    ) -> None:
        """Copy an open file to a safe `path`, redacted; if that fails, leave nothing of it.

        `path` is below `folder`, one of the evidence, or else below the whole. Raises OSError, also
        for a file of more than `limit` bytes: a sparse file may claim any size, and would be read
        to its end.
        """
        left = os.fstat(inside.fileno()).st_size
        if left > limit:
            raise OSError(errno.EFBIG, f"it is larger than {megabytes(limit)}")
        stream = self.redactor.stream()
        folder = folder or self.folder
        kept, out = _create(folder, path)
        try:
            with out:
                # Not what is added meanwhile: it might never end.
                while left > 0 and (piece := inside.read(min(CHUNK, left))):
                    left -= len(piece)
                    write_all(out, stream.feed(piece))
                write_all(out, stream.flush())
        except BaseException:
            with suppress(OSError):
                folder.unlink(kept)
            raise

    def drop_staging(self, seconds: float) -> bool:
        """Remove the staging folder, but nothing that was put in its place.

        Return False if that takes longer than `seconds`.
        """
        if not self.root.exists(STAGING):
            return True
        try:
            self.root.require(STAGING, self.staging.inode)
            left = remove_tree(self.root, STAGING, seconds=seconds)
        except OSError as error:
            left = str(error.strerror)
        if left and left != NO_TIME:
            self.warn(f"The private folder {self.staging.path} was not removed: {left}.")
        return left != NO_TIME

    def restore(self, parent: Folder) -> bool:
        """Make the evidence folder anew if the tests have replaced it; return whether they did.

        `parent` holds `root`. Logs that are gone are written again: they were held open. Of all
        else in the old folder only what the engine said of the container is ours.
        """
        old = self.folder
        with self._warn_on_error(EVIDENCE):
            self.root = parent.reclaim(self.root.path.name, self.root)
            self.folder = self.root.reclaim(EVIDENCE, old)
        replaced = self.folder is not old
        written = [name for log in self._logs for name in log.restore(self.folder)]
        if replaced:
            self.warn(
                "The tests removed the evidence folder or put something else in its place. It was "
                "made anew."
            )
            if old.exists(CONTAINER_STATE):
                with self._warn_on_error(CONTAINER_STATE), old.open_file(CONTAINER_STATE) as file:
                    self.copy_opened(file, CONTAINER_STATE, limit=MAX_STATE_SIZE)
        elif written:
            self.warn(
                f"Removed or replaced while the tests ran: {', '.join(written)}. What was logged "
                "is there again."
            )
        return replaced

    @contextmanager
    def _warn_on_error(self, name: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._warn(name, error)

    def _warn(self, name: str, error: OSError) -> None:
        self.warn(f"{name} could not be kept: {error.strerror or error}")


def _create(folder: Folder, name: str) -> tuple[str, FileIO]:
    """Create a file. If there is one, add a number: redaction may have made two names equal."""
    path, number = PurePosixPath(name), 1
    while True:
        try:
            return str(path), folder.create_file(str(path))
        except FileExistsError:
            number += 1
            path = PurePosixPath(name).with_name(
                f"{PurePosixPath(name).stem}-{number}{path.suffix}"
            )


def _safe_name(name: str) -> str:
    if SAFE_NAME.match(name):
        return name
    digest = sha256(name.encode(errors="surrogateescape")).hexdigest()[:8]
    stem, dot, suffix = re.sub(r"[^A-Za-z0-9._-]+", "_", name).lstrip("._-").rpartition(".")
    if not dot:
        stem, suffix = suffix, ""
    return f"{stem[:80] or 'file'}-{digest}{dot}{suffix[:10]}"
