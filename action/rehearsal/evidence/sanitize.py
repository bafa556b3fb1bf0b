"""The last sweep over the evidence, before it is uploaded."""

import errno
import os
import re
from hashlib import sha256

from rehearsal.evidence.folder import CHUNK, MAX_FILE_SIZE, SAFE_NAME
from rehearsal.outside.files import pwrite_all
from rehearsal.outside.folder import Entry, Folder
from rehearsal.outside.remove_tree import remove_tree
from rehearsal.redaction.redactor import Redactor
from rehearsal.regex import regex
from rehearsal.results.file_names import PAGE_FILE, TESTS_FOLDER, VERDICT_FILE
from rehearsal.results.own_names import is_our_name
from rehearsal.results.traced_attempt import ANY_TRACE_PAGE

# Made of redacted texts. Programs read what else is in them: a secret may be a word of that.
DOCUMENTS = (VERDICT_FILE, PAGE_FILE)
TRACE_PAGE = regex(rf"{TESTS_FOLDER}/[^/]+/{ANY_TRACE_PAGE}", re.ASCII)


def sanitize_folder(
    folder: Folder, redactor: Redactor, *, max_size: int = MAX_FILE_SIZE
) -> list[str]:
    """Remove unsafe files and replace secrets once more; return the names of what was changed.

    Links are removed, since their targets may be private. So are files with a name that `safe_path`
    does not give: it may hold a secret, and the upload may refuse it. So is what cannot be read,
    or has more than `max_size` bytes. Nothing is copied: the disk may be full. Raises OSError when
    something stays that is unsafe.
    """
    changed = []

    def remove(entry: Entry, _why: OSError | None = None) -> None:
        changed.append(redactor.redact(entry.path))
        if not entry.is_folder:
            entry.parent.unlink(entry.name)
        elif left := remove_tree(entry.parent, entry.name):
            raise OSError(errno.ENOTEMPTY, left)

    for entry in folder.walk(remove):
        if not _is_safe(entry, redactor, max_size):
            remove(entry)
        elif entry.is_file and not _is_document(entry) and _holds_secrets(entry, redactor):
            _replace_secrets(entry, redactor)
            changed.append(redactor.redact(entry.path))
    return changed


def _is_safe(entry: Entry, redactor: Redactor, max_size: int) -> bool:
    holds_secret = not is_our_name(entry.name) and redactor.redact(entry.name) != entry.name
    if holds_secret or not SAFE_NAME.match(entry.name):
        return False
    return entry.is_folder or (entry.is_file and entry.size() <= max_size)


def _is_document(entry: Entry) -> bool:
    return entry.path in DOCUMENTS or TRACE_PAGE.fullmatch(entry.path) is not None


def _holds_secrets(entry: Entry, redactor: Redactor) -> bool:
    stream, before, after = redactor.stream(), sha256(), sha256()
    with entry.open() as inside:
        while len(piece := inside.read(CHUNK)) == CHUNK:
            before.update(piece)
            after.update(stream.feed(piece))
    before.update(piece)
    after.update(stream.flush(piece))
    return before.digest() != after.digest()


def _replace_secrets(entry: Entry, redactor: Redactor) -> None:
    """Replace the secrets where they are: a second copy might find no room.

    A file that has another name, too, is removed: it may be somebody else's. So is one that cannot
    be changed.
    """
    try:
        file = entry.parent.open_for_update(entry.name)
    except PermissionError:
        entry.parent.unlink(entry.name)
        return
    with file:
        if os.fstat(file.fileno()).st_nlink > 1:
            entry.parent.unlink(entry.name)
            return
        stream, read, written, ready = redactor.stream(), 0, 0, b""
        while piece := os.pread(file.fileno(), CHUNK, read):
            read += len(piece)
            ready += stream.feed(piece)
            # Never over what was not read yet, whatever a secret is replaced by.
            fits = ready[: read - written]
            pwrite_all(file, fits, written)
            written, ready = written + len(fits), ready[len(fits) :]
        ready += stream.flush()
        pwrite_all(file, ready, written)
        file.truncate(written + len(ready))
