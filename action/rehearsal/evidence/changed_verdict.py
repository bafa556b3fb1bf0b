"""A verdict.json that somebody has changed after it was written.

It is not read here: clean-up looks for it, and would import all that a reader needs.
"""

from rehearsal.outside.folder import Folder
from rehearsal.results.digest_format import digest_of
from rehearsal.results.file_names import VERDICT_FILE
from rehearsal.results.verdict_json import MAX_SIZE


def drop_changed_verdict(folder: Folder, digest: str) -> bool:
    """Remove the verdict.json in a folder if it has another digest; return whether it had.

    Raises OSError when it cannot be read or removed.
    """
    if not folder.exists(VERDICT_FILE):
        return False
    with folder.open_file(VERDICT_FILE) as file:
        content = file.read(MAX_SIZE + 1)
    if digest_of(content) == digest:
        return False
    folder.unlink(VERDICT_FILE)
    return True
