"""Find in a project's code the one line that says where its server listens."""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from rehearsal.source.changes import Change
from rehearsal.source.project_files import ProjectFiles
from rehearsal.source.servers import ALL_ADDRESSES, ANY_IPV6, LOOPBACK

SUFFIXES = (
    *(".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".ru", ".go", ".rs", ".php", ".java", ".kt"),
    *(".cs", ".conf", ".template", ".ini", ".properties"),
)
# Folders of tests; what they say is about clients.
TEST_PATH = re.compile(r"(?:^|/)[^/]*tests?(?:[_/.]|$)|(?:^|/)(?:spec|e2e|docs|examples|action)/")
LISTENING = re.compile(
    r"listen|\bbind\b|\bhttp|\bhost(?:name)?\b|\baddr(?:ess)?\b|\bserve\b|\.run\(|server\(",
    re.IGNORECASE,
)
# In quotes; in an option of a configuration without them.
ADDRESSES = {
    kind: re.compile(
        rf"(?P<quote>[\"'`]){host}(?P<port>:[^\"'`]*)?(?P=quote)"
        rf"|(?P<key>^\s*(?:listen|bind|http(?:-socket)?|server\.address)[\s=:]+){host}(?=[:;\s]|$)"
    )
    for kind, host in (("loopback", LOOPBACK), ("ipv6-only", ANY_IPV6))
}
# Frameworks that listen on the loopback address unless they are told another one.
RUN_CALL = re.compile(r"(?P<before>\b(?:app\.run\(|uvicorn\.run\([^,()\n]+))(?P<after>[^\n]*)")
# More files than have a say in where the app listens, and longer lines than people write.
MAX_FILES = 300
MAX_LINE = 1000


def bind_in_code(project: ProjectFiles, paths: Iterable[str], kind: str) -> Change | None:
    """Return the change that lets a server in the project's code listen on all IPv4 addresses.

    `paths` are the files to look at; `kind` is `loopback` or `ipv6-only`, as it listens now.
    None if no line, or more than one, says where it listens.
    """
    known = [path for path in paths if PurePosixPath(path).suffix in SUFFIXES][:MAX_FILES]
    found = list(_addresses(project, known, ADDRESSES[kind]))
    if not found and kind == "loopback":
        found = list(_run_calls(project, known))
    return found[0] if len(found) == 1 else None


def _addresses(
    project: ProjectFiles, paths: Iterable[str], pattern: re.Pattern[str]
) -> Iterator[Change]:
    for path, number, line in _code_lines(project, paths):
        if LISTENING.search(line) and (address := pattern.search(line)):
            quote, port = address["quote"] or "", address["port"] or ""
            new = f"{address['key'] or ''}{quote}{ALL_ADDRESSES}{port}{quote}"
            changed = f"{line[: address.start()]}{new}{line[address.end() :]}"
            yield Change(path=path, text=changed, instead=number)


def _run_calls(project: ProjectFiles, paths: Iterable[str]) -> Iterator[Change]:
    for path, number, line in _code_lines(project, paths):
        call = RUN_CALL.search(line) if path.endswith(".py") else None
        if call and "host" not in line:
            is_first = call["before"].endswith("(")
            ends = call["after"].startswith(")")
            new = ("" if is_first else ", ") + f'host="{ALL_ADDRESSES}"'
            new += ", " if is_first and not ends and call["after"].strip() else ""
            at = call.end("before")
            yield Change(path=path, text=f"{line[:at]}{new}{line[at:]}", instead=number)


def _code_lines(project: ProjectFiles, paths: Iterable[str]) -> Iterator[tuple[str, int, str]]:
    for path in paths:
        for number, line in enumerate(project.read(path).splitlines(), 1):
            is_comment = line.lstrip().startswith(("#", "//", "*"))
            if not is_comment and len(line) <= MAX_LINE:
                yield path, number, line
