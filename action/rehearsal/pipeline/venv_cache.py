"""The virtual environments that this user keeps between rehearsals, checked before each use.

Tests run as our user, so they can write into the one that they use. Whatever they change there, the
next rehearsal finds it, and makes a new one.
"""

import errno
import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from rehearsal.config.input_table import DAY
from rehearsal.dataclass import dataclass
from rehearsal.outside.file_lock import lock, try_lock, unlock
from rehearsal.outside.files import write_all
from rehearsal.outside.folder import Folder
from rehearsal.outside.folder_content import find_difference
from rehearsal.outside.remove_tree import remove_tree
from rehearsal.regex import regex

# In seconds.
MAX_AGE = 7 * DAY
MAX_COUNT = 5
# In bytes, of all together.
MAX_SIZE = 2_000_000_000
# In seconds. Others hold the lock of the whole cache for milliseconds.
LOCK_TIMEOUT = 5.0
REMOVAL_TIMEOUT = 600.0

# KEY-NUMBER; scripts in an environment hold its path, so it is never moved.
ENTRY = regex(r"[0-9a-f]+-[0-9a-f]{8}")
REMOVED = "removed-"
# In the folder of an environment. Without the record, written last, it is not ready for use.
VENV = "venv"
CONTENT = "content.json"
RECORD = "record.json"
# In bytes: of the record, and of the list of 100,000 files with long names.
MAX_RECORD = 4096
MAX_CONTENT = 32 << 20


@dataclass(frozen=True, kw_only=True)
class Record:
    """When an environment was made (in seconds since 1970), its size (in bytes), its content."""

    made: float
    size: int
    content: str

    @property
    def is_old(self) -> bool:
        """Whether an environment has to be made anew. One from the future has a wrong time."""
        return not 0 <= time.time() - self.made < MAX_AGE


class KeptVenv:
    """A virtual environment in the cache. It is locked: meanwhile no other process removes it."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.path = folder.path / VENV

    @property
    def record(self) -> Record | None:
        """Its record, or None if it has none that is valid."""
        try:
            with self.folder.open_file(RECORD) as file:
                found = json.loads(file.read(MAX_RECORD))
            return Record(
                made=float(found["made"]), size=int(found["size"]), content=str(found["content"])
            )
        except (OSError, ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
            return None

    @property
    def used(self) -> float:
        """When it was used last, in seconds since 1970; 0 if it has never been ready for use."""
        try:
            with self.folder.open_file(RECORD) as file:
                return os.fstat(file.fileno()).st_mtime
        except OSError:
            return 0.0

    def find_fault(self) -> str:
        """Compare it with its record; return in words why it must not be used, or "".

        Compiled modules that its tests have added are removed.
        """
        record = self.record
        if not record:
            return "its record is damaged"
        if record.is_old:
            return "it is older than 7 days"
        try:
            with self.folder.open_file(CONTENT) as file:
                text = file.read(MAX_CONTENT)
            if sha256(text).hexdigest() != record.content:
                return "its record is damaged"
            return find_difference(self.path, json.loads(text))
        except OSError as error:
            return f"it cannot be read ({error.strerror or error})"

    def write_record(self, files: Mapping[str, str], size: int) -> None:
        """Write what is in it, the record last. Raises OSError."""
        text = json.dumps(files).encode()
        self._write(CONTENT, text)
        record = {"made": time.time(), "size": size, "content": sha256(text).hexdigest()}
        self._write(f"{RECORD}.new", json.dumps(record).encode())
        self.folder.rename(f"{RECORD}.new", RECORD)

    def note_use(self) -> None:
        """Note that it is used now."""
        with suppress(OSError), self.folder.open_file(RECORD) as file:
            os.utime(file.fileno())

    def _write(self, name: str, data: bytes) -> None:
        with self.folder.create_file(name, replace=True) as file:
            write_all(file, data)


class VenvCache:
    """A folder for virtual environments. Every method may raise OSError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, key: str) -> KeptVenv | None:
        """Return the newest environment with this key, if no other process has it alone."""
        with self._locked(make=True) as top:
            for venv in _entries(top, key):
                if venv.used and try_lock(venv.folder.descriptor, shared=True):
                    return venv
        return None

    def create(self, key: str) -> KeptVenv:
        """Return a place for a new environment, for this process alone until it is published."""
        with self._locked(make=True) as top:
            venv = KeptVenv(top.folder(f"{key}-{secrets.token_hex(4)}", make=True))
            try_lock(venv.folder.descriptor)
        return venv

    def publish(self, venv: KeptVenv, files: Mapping[str, str], size: int) -> None:
        """Let others use an environment from now on, and sort out those that are too many.

        `files` is what `read_content` found in it, `size` is in bytes.
        """
        with self._locked() as top:
            venv.write_record(files, size)
            try_lock(venv.folder.descriptor, shared=True)
            _sort_out(top)

    def discard(self, venv: KeptVenv) -> None:
        """Sort an environment out, unless another process uses it."""
        with self._locked() as top:
            _set_aside(top, venv)

    @property
    def has_removed(self) -> bool:
        """Whether `sweep` has something to remove that was sorted out. It raises no OSError."""
        with suppress(OSError):
            return any(each.name.startswith(REMOVED) for each in Folder(self.folder).entries())
        return False

    def sweep(self) -> None:
        """Remove what was sorted out, and what killed rehearsals have left half made."""
        try:
            with self._locked() as top:
                for venv in _entries(top):
                    if not venv.used:
                        _set_aside(top, venv)
        except FileNotFoundError:
            return
        for entry in top.entries():
            if entry.name.startswith(REMOVED):
                remove_tree(top, entry.name, seconds=REMOVAL_TIMEOUT)

    @contextmanager
    def _locked(self, *, make: bool = False) -> Iterator[Folder]:
        """Hold the lock of the whole cache, which guards all others."""
        if make:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        top = Folder(self.folder)
        lock(top.descriptor, LOCK_TIMEOUT)
        try:
            yield top
        finally:
            unlock(top.descriptor)


def find_cache_folder(environ: Mapping[str, str]) -> Path:
    """Return where environments are kept. Raises OSError if that is another user's, or nowhere.

    Source: XDG Base Directory Specification.
    """
    given, home = environ.get("XDG_CACHE_HOME", ""), environ.get("HOME", "")
    if not (given.startswith("/") or home.startswith("/")):
        raise FileNotFoundError(errno.ENOENT, "HOME is not set")
    caches = Path(given) if given.startswith("/") else Path(home, ".cache")
    folder = caches.resolve() / "dress-rehearsal/venvs"
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if there.stat().st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "It belongs to another user", str(there))
    return folder


def _entries(top: Folder, key: str = "") -> list[KeptVenv]:
    """Return the environments, with this key or all, those first that were used last."""
    names = (each.name for each in top.entries() if each.is_folder and ENTRY.fullmatch(each.name))
    found = [KeptVenv(top.folder(name)) for name in names if not key or name.startswith(f"{key}-")]
    return sorted(found, key=lambda venv: venv.used, reverse=True)


def _sort_out(top: Folder) -> None:
    """Sort out those that are too old, superseded, too many or too large, the oldest first."""
    keys: set[str] = set()
    size = 0
    for venv in _entries(top):
        record, key = venv.record, venv.folder.path.name.partition("-")[0]
        is_wanted = record and not record.is_old and key not in keys
        if not (record and is_wanted and len(keys) < MAX_COUNT and size + record.size <= MAX_SIZE):
            _set_aside(top, venv)
            continue
        keys.add(key)
        size += record.size


def _set_aside(top: Folder, venv: KeptVenv) -> None:
    """Rename an unused environment, so that no rehearsal finds it any more."""
    if try_lock(venv.folder.descriptor):
        name = f"{REMOVED}{secrets.token_hex(8)}"
        os.rename(venv.folder.path.name, name, src_dir_fd=top.descriptor, dst_dir_fd=top.descriptor)
