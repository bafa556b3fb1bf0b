"""Which environment variable gives the project's code the host of a server."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from rehearsal.diagnosis.companions import kind_of
from rehearsal.source.code_search import TEST_PATH
from rehearsal.source.project_files import ProjectFiles

SUFFIXES = frozenset(
    {*(".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".go", ".php", ".java"), ".sh", ".env"}
)
NAMES = frozenset({"Dockerfile", "entrypoint", ".env.example"})
MAX_FILES = 400
MAX_LINE = 1000
# A variable and its default: os.environ.get("HOST", "db"), process.env.HOST || "db", ${HOST:-db}.
NAME = r"(?P<name>[A-Z][A-Z0-9_]{1,60}(?:HOST|HOSTNAME|SERVER|URL|URI|DSN|ADDR))"
BETWEEN = (
    r"[\"'}\]]{0,2}\s{0,4}(?:,\s{0,4}(?:default\s{0,4}=\s{0,4})?|\|\||\?\?|:-|=)"
    r"\s{0,4}[\"'`]?"
)
# What a shell puts in is no value.
URL = r"(?P<before>\w{1,20}://(?:[^\s\"'`@/${}]{1,100}@)?)?"
END = r"(?!://)(?P<after>(?:[:/][^\s\"'`(){}$]{0,100})?)(?=[\"'`\s})]|$)"
HERE = r"localhost|127\.0\.0\.1"


def default_host(project: ProjectFiles, server: str, host: str, name: str) -> tuple[str, str]:
    """Return the variable whose default is a host, and its value with `name` in place of that.

    Both are empty if no variable, or more than one, has it.
    """
    if not host:
        return "", ""
    wanted = HERE if host == "localhost" else re.escape(host)
    pattern = re.compile(f"{NAME}{BETWEEN}{URL}(?:{wanted}){END}")
    found = {
        (each["name"], f"{each['before'] or ''}{name}{each['after']}")
        for text in _texts(project)
        for line in text.split("\n")
        if len(line) <= MAX_LINE
        for each in pattern.finditer(line)
        if kind_of(f"{each['name']} {each['before'] or ''}") in (server, "")
    }
    return found.pop() if len(found) == 1 else ("", "")


def _texts(project: ProjectFiles) -> Iterator[str]:
    paths = (path for path in project.below(".") if _may_tell(path))
    for path, _ in zip(paths, range(MAX_FILES), strict=False):
        yield project.read(path)


def _may_tell(path: str) -> bool:
    pure = PurePosixPath(path)
    return (pure.suffix in SUFFIXES or pure.name in NAMES) and not TEST_PATH.search(path)
