"""How an app wanted a file that it was refused: to read it or not, and whether it went on."""

import re
from pathlib import PurePosixPath

from rehearsal.regex import regex
from rehearsal.source.tracebacks import SERVER_NOISE, tracebacks

# In a traceback or the message itself. `open` alone is a read only if its mode stands there.
READS = regex(
    r"\bread_(?:text|bytes)\b|\b(?:listdir|scandir|iterdir|load_cert_chain|load_dotenv)\b"
    r"|\bopen\((?:[^,()\n]|\([^()\n]*\))+(?:, *(?:mode=)?[\"']r?[bt]?[\"'])?"
    r"(?:, *encoding=[^,()\n]+)?\)"
    r"|\breadFile(?:Sync)?\b|\breaddir(?:Sync)?\b|\bcreateReadStream\b"  # Node
    r"|, (?:scandir|stat|lstat|access) '"
    r"|\b(?:file_get_contents|readfile|include|require|include_once|require_once|opendir)\(/"  # PHP
    r"|\bFileInputStream\b|\bFileReader\b|\bnewInputStream\b"  # Java
    r"|in [`'](?:(?:File|IO)\.)?(?:read|readlines|foreach)'"  # Ruby
)
WRITES = regex(
    r"\bwrite_(?:text|bytes)\b|\bmkdir\b|\bmakedirs\b|\btouch\(|[\"'](?:[wax][bt]?\+?|r[bt]?\+)[\"']"
    r"|\bwriteFile|\bcreateWriteStream\b|\bFileOutputStream\b|\bFileWriter\b|\bsave\("
)
REFUSED = regex(r"[Pp]ermission denied|[Rr]ead-only file system|AccessDeniedException")
CHAINED = regex(
    r"^(?:During handling of the above|The above exception was the direct) .*\n\s*^Traceback ",
    re.MULTILINE,
)
# No app owns a folder in these, except for what stands below /usr/src.
SYSTEM = (
    *("/etc", "/proc", "/sys", "/run", "/var/run", "/usr", "/root", "/dev"),
    *("/bin", "/sbin", "/lib", "/boot"),
)
SOURCES = "/usr/src"
# Programs share these. What is below them may be an app's.
SHARED = (
    *("/tmp", "/var", "/var/lib", "/var/log", "/var/cache"),  # noqa: S108 -- nothing is written
    *("/home", "/opt", SOURCES),
)


def system_folder(folder: str) -> str:
    """Return the folder of the system that this one is or is in, empty if an app may own it."""
    path = PurePosixPath(folder)
    if folder in SHARED:
        return folder
    if path.is_relative_to(SOURCES):
        return ""
    return next((each for each in SYSTEM if path.is_relative_to(each)), "")


def is_read(log: str, message: re.Match[str], path: str) -> bool:
    """Whether the app wanted to read the file; not if its words leave that open."""
    line = log[log.rfind("\n", 0, message.start()) + 1 : message.end()]
    texts = [line, *(each.text for each in tracebacks(log) if path in each.error)]
    return any(map(READS.search, texts)) and not any(map(WRITES.search, texts))


def went_on(log: str, message: re.Match[str], path: str, *, ended: bool) -> bool:
    """Whether an app handled an error: something else failed later, or nothing did and it runs.

    `ended` says that the app, or the command, ended. Then any words of an error may be its last.
    """
    rest = log[message.end() :]
    raised = [each.error for each in tracebacks(log) if not SERVER_NOISE.search(each.error)]
    own = [index for index, error in enumerate(raised) if path in error]
    if not own and not ended:
        return True
    after = raised[own[-1] + 1 :] if own else [each.error for each in tracebacks(rest)]
    others = [error for error in after if not REFUSED.search(error)]
    return len(others) > len(CHAINED.findall(rest))
