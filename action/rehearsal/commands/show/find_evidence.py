"""The evidence that `rehearse show` shows: a downloaded artifact, or the last local rehearsal's."""

import time
from collections.abc import Mapping
from pathlib import Path
from zipfile import is_zipfile

from rehearsal.outside.folder import Folder
from rehearsal.outside.page_files import FolderFiles, PageFiles, ZipFiles
from rehearsal.pipeline.older_evidence import newest_evidence
from rehearsal.pipeline.run_folder import temp_folder
from rehearsal.results.file_names import PAGE_FILE
from rehearsal.verdict import MisconfiguredError

MAX_LISTED = 20


def local_evidence(environ: Mapping[str, str], cwd: Path) -> tuple[FolderFiles, str]:
    """Return the evidence of the project's last rehearsal here that kept some, and its time.

    Raises `MisconfiguredError`.
    """
    try:
        found = newest_evidence(temp_folder(environ), cwd.resolve())
    except OSError:
        found = None
    if not found:
        raise MisconfiguredError(
            f"There is no evidence of a local rehearsal of the project in {cwd}.",
            hint="Run: rehearse. It keeps the evidence of a rehearsal that fails; with --evidence "
            "always also of one that passes. To see an artifact from GitHub, name its folder or "
            "its zip: rehearse show PATH",
        )
    folder, ended = found
    when = time.strftime("%Y-%m-%d at %H:%M:%S", time.localtime(ended))
    return FolderFiles(folder), f"the rehearsal that ended on {when}"


def downloaded_evidence(path: Path) -> PageFiles:
    """Return the evidence in a folder or a zip, or in the only folder in it that has a page.

    Raises `MisconfiguredError`.
    """
    if path.name == PAGE_FILE:
        path = path.parent
    try:
        is_zip = path.is_file() and is_zipfile(path)
        files: PageFiles = ZipFiles.read(path) if is_zip else FolderFiles(Folder(path.resolve()))
        pages = [name for name in files.names() if name.rpartition("/")[2] == PAGE_FILE]
    except OSError as error:
        raise MisconfiguredError(
            f"{str(path)!r} cannot be read: {error.strerror or error}.",
            hint="Name the folder of an evidence, or the zip of an artifact.",
        ) from error
    folders = sorted(name.rpartition("/")[0] for name in pages if name.count("/") <= 1)
    if "" in folders:
        return files
    if len(folders) == 1:
        return files.below(folders[0])
    if folders:
        listed = ", ".join(folders[:MAX_LISTED])
        raise MisconfiguredError(
            f"{str(path)!r} has the evidence of {len(folders)} rehearsals: {listed}.",
            hint=f"Name one of them, like {str(path / folders[0])!r}, or merge them: rehearse merge"
            if not is_zip
            else "Unpack it, and name one of its folders.",
        )
    raise MisconfiguredError(
        f"{str(path)!r} has no {PAGE_FILE}, so it is no evidence of a rehearsal.",
        hint="Name the folder of an evidence, or the zip of an artifact.",
    )
