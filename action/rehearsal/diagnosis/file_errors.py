"""Which file an app was not allowed to write or read, in the words of many languages."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from rehearsal.dataclass import dataclass
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.file_access import is_read, system_folder, went_on
from rehearsal.regex import regex
from rehearsal.results.file_names import BEFORE_LOG, CONTAINER_LOG, SETUP_LOG
from rehearsal.source.dockerfile import Dockerfile
from rehearsal.source.image_layout import workdir_of
from rehearsal.verdict import Verdict

WRITE_LOGS = (SETUP_LOG, BEFORE_LOG, CONTAINER_LOG)
# What each means is in the messages of the C library.
DENIED = r"[Pp]ermission denied"
READ_ONLY = r"[Rr]ead-only file system"
# Programs quote like this if they can.
OPEN, CLOSE = "\N{LEFT SINGLE QUOTATION MARK}", "\N{RIGHT SINGLE QUOTATION MARK}"
PATH = rf"(?P<path>/[^\s'\"{OPEN}{CLOSE}:()]*)"
# One that a shell takes as it is: an app logs any path, and RUN gets this one.
PLAIN_PATH = regex(r"[\w./@%+,-]+")
# Python's functions that make a folder; without a line of their source if they are frozen.
MAKES_FOLDER = regex(
    r"(?:\bmkdir|\bmakedirs)\b.*\n(?:[ \t~^]+\n)*\S*Error: \[Errno|, mkdir '|\bmkdir /"
    r"|create directory|dir_s_mkdir|mkdir\(\) \""
)


def write_errors(message: str) -> tuple[str, ...]:
    """Return patterns of all lines that name a file with one message; the group is `path`."""
    return (
        # Python; with the function that raised it, if its name follows.
        (
            rf"(?:^[ \t].*\b(?:mkdir|makedirs)\b.*\n(?:[ \t~^]+\n)*)?"
            rf"^\w+Error: \[Errno (?:13|30)\] {message}: '{PATH}'"
        ),
        rf"E(?:ACCES|ROFS): {message}, \w+ '{PATH}'",  # Node
        rf"\b(?:open|mkdir|create|rename|remove) {PATH}: {message}",  # Go
        rf"{message} @ \w+ - {PATH} \(Errno::",  # Ruby
        rf"\({PATH}\): [Ff]ailed to open stream: {message}",  # PHP
        rf"FileNotFoundException: {PATH} \({message}\)",  # Java
        rf"FileSystemException: {PATH}: {message}",
        # coreutils, dash, and nginx
        rf"cannot (?:touch|create)(?: \w+){{0,4}} ['{OPEN}]?{PATH}['{CLOSE}]?: {message}",
        rf"\b(?:open|mkdir|rename)\(\) \"{PATH}\" failed \(\d+: {message}\)",
    )


DENIED_WORDS = (*write_errors(DENIED), rf"nio\.file\.AccessDeniedException: {PATH}$")
READ_ONLY_WORDS = (
    *write_errors(READ_ONLY),
    r"No usable temporary directory found in \['(?P<path>/tmp)'",
)


@dataclass(frozen=True, kw_only=True)
class FileError:
    """A file that could not be written, and the folder that has to be writable for it.

    `reads` says that the app only wanted to read it.
    """

    path: str
    folder: str
    reads: bool = False


def find_file_error(facts: Facts) -> FileError | None:
    """Return the file of the last error in the first log that has one.

    None if the app handled it: it went on, or something else failed later.
    """
    # A command that did its work handled what it could not write.
    logs = WRITE_LOGS if facts.verdict is Verdict.SETUP_FAILED else (CONTAINER_LOG,)
    for log in logs:
        text = facts.text(log)
        ended = log == SETUP_LOG or facts.verdict is Verdict.CRASHED
        for words in (DENIED_WORDS, READ_ONLY_WORDS):
            for pattern in words:
                if found := list(re.finditer(pattern, text, re.MULTILINE)):
                    path, said = found[-1]["path"], found[-1][0]
                    if went_on(text, found[-1], path, ended=ended):
                        continue
                    is_folder = MAKES_FOLDER.search(said) or path == "/tmp"  # noqa: S108
                    folder = path if is_folder else str(PurePosixPath(path).parent)
                    reads = is_read(text, found[-1], path)
                    return FileError(path=path, folder=folder, reads=reads)
    return None


def file_error_lines(
    facts: Facts, dockerfile: Dockerfile | None, target: str = ""
) -> tuple[str, ...]:
    """Return lines about the file: `path`, `folder`, perhaps `mount`, `reads`, `system` and others.

    `mount` is the mounted folder that holds it, `reads` says that the app wanted to read it, and
    `system` is the folder of the system that has it. `code` says that the app starts in that folder
    or below it. `after` is the line before the Dockerfile's USER in the stage `target`: there the
    folder can be made, unless it is the system's or the file is read.
    """
    error = find_file_error(facts)
    return tuple(_lines(error, facts, dockerfile, target)) if error else ()


def _lines(
    error: FileError, facts: Facts, dockerfile: Dockerfile | None, target: str
) -> Iterator[str]:
    yield f"path {error.path}"
    yield f"folder {error.folder}"
    mounts = re.findall(r"^mount (\w+(?:-only)? /.*)$", facts.text("container"), re.MULTILINE)
    for mount in mounts:
        if PurePosixPath(error.path).is_relative_to(mount.partition(" ")[2]):
            yield f"mount {mount}"
    if error.reads:
        yield "reads"
    if system := system_folder(error.folder):
        yield f"system {system}"
    stage = dockerfile.final(target) if dockerfile else None
    if not dockerfile or not stage:
        return
    if PurePosixPath(workdir_of(dockerfile, stage)).is_relative_to(error.folder):
        yield f"code {error.folder}"
    is_plain = PLAIN_PATH.fullmatch(error.folder)
    if (user := stage.last("USER")) and is_plain and not error.reads and not system:
        yield f"after {dockerfile.path}:{user.line - 1}"
