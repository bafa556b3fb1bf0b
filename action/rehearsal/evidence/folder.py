"""The evidence folder. Only this module and the logs write to it; everything is redacted first."""

import filecmp
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import chain, count, filterfalse
from pathlib import Path

from rehearsal.evidence.log import Log
from rehearsal.outside.files import open_regular_file
from rehearsal.outside.process import Sink
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.file_names import EVIDENCE, STAGING

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
CHUNK = 1 << 20


class Evidence:
    """The folders of one rehearsal: `folder` is kept, `staging` is private and removed.

    An error while writing (a full disk, say) never ends a rehearsal; `warn` gets a sentence.
    """

    def __init__(
        self, root: Path, redactor: Redactor, warn: Callable[[str], None] = lambda _: None
    ) -> None:
        self.folder = root / EVIDENCE
        self.staging = root / STAGING
        self.redactor = redactor
        self.warn = warn
        for folder in (self.folder, self.staging):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def log(self, name: str, *, echo: Sink | None = None, timed: bool = False) -> Log:
        """Open a log; `echo` gets its redacted bytes, too. `timed` writes an index of times."""
        return Log(
            self.folder / name,
            self.redactor,
            name=name,
            warn=self.warn,
            echo=echo,
            timed=timed,
        )

    def write(self, name: str, text: str) -> None:
        """Write a text, and replace an earlier one."""
        path = self.folder / name
        part = path.with_name(path.name + ".part")
        with self._warn_on_error(name):
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(self.redactor.redact(text), encoding="utf-8", errors="replace")
            part.replace(path)

    def safe_path(self, target: str, name: str) -> str:
        """Return a safe path in the evidence folder `target` for a file or folder of that name."""
        return f"{target}/{_safe_name(self.redactor.redact(name))}"

    def staging_folder(self, name: str) -> Path:
        """Return a private folder, which the tests may write into."""
        folder = self.staging / name
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def copy_folder(self, source: Path, target: str) -> None:
        """Copy the files below a folder into the evidence folder `target`."""
        for place, folders, names in os.walk(source):
            folders.sort()
            for name in sorted(names):
                path = Path(place, name)
                self.copy(path, target, str(path.relative_to(source)))

    def copy(self, source: Path, target: str, name: str) -> None:
        """Copy a file into the evidence folder `target` under a safe name; skip links and pipes."""
        with self._warn_on_error(repr(name)):
            self._copy(source, target, name)

    def _copy(self, source: Path, target: str, name: str) -> None:
        if not stat.S_ISREG(source.lstat().st_mode):
            return
        # A name may hold a secret, too.
        parts = Path(self.redactor.redact(name)).parts
        path = self.folder.joinpath(target, *map(_safe_name, parts))
        path = _unused(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = self.redactor.stream()
        with open_regular_file(source) as inside, path.open("wb") as out:
            while piece := inside.read(CHUNK):
                out.write(stream.feed(piece))
            out.write(stream.flush())

    def drop_staging(self) -> None:
        """Remove the staging folder."""
        shutil.rmtree(self.staging, ignore_errors=True)

    @contextmanager
    def _warn_on_error(self, name: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.warn(f"{name} could not be kept: {error.strerror or error}")


def sanitize_folder(folder: Path, redactor: Redactor) -> list[str]:
    """Remove unsafe files and replace secrets once more; return the names of what was changed.

    Links are removed, since their targets may be private. So are files with a name that `safe_path`
    does not give: it may hold a secret, and the upload may refuse it.
    """
    paths = (
        Path(place, name)
        # Bottom-up: a folder may be removed only after its content was checked.
        for place, folders, names in os.walk(folder, topdown=False)
        for name in sorted((*names, *folders))
    )
    return [
        redactor.redact(str(path.relative_to(folder)))
        for path in paths
        if _remove_unsafe(path, redactor) or (path.is_file() and _replace_secrets(path, redactor))
    ]


def _remove_unsafe(path: Path, redactor: Redactor) -> bool:
    """Remove a link, a pipe or a file with an unsafe name; return whether it was removed."""
    mode = path.lstat().st_mode
    is_safe = SAFE_NAME.match(path.name) and redactor.redact(path.name) == path.name
    if is_safe and (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return False
    if stat.S_ISDIR(mode):
        shutil.rmtree(path)
    else:
        path.unlink()
    return True


def _replace_secrets(path: Path, redactor: Redactor) -> bool:
    clean = path.with_name(f"{path.name}.part")
    stream = redactor.stream()
    with path.open("rb") as inside, clean.open("wb") as out:
        while piece := inside.read(CHUNK):
            out.write(stream.feed(piece))
        out.write(stream.flush())
    if filecmp.cmp(path, clean, shallow=False):
        clean.unlink()
        return False
    clean.replace(path)
    return True


def _safe_name(name: str) -> str:
    if SAFE_NAME.match(name):
        return name
    digest = sha256(name.encode(errors="surrogateescape")).hexdigest()[:8]
    stem, dot, suffix = re.sub(r"[^A-Za-z0-9._-]+", "_", name).lstrip("._-").rpartition(".")
    if not dot:
        stem, suffix = suffix, ""
    return f"{stem[:80] or 'file'}-{digest}{dot}{suffix[:10]}"


def _unused(path: Path) -> Path:
    """Return the first free path: a log may have this name, or redaction made two names equal."""
    others = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
    return next(filterfalse(Path.exists, chain((path,), others)))
