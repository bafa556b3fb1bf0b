"""Find in a project's code the one line that says where its server listens."""

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import PurePosixPath

from rehearsal.regex import regex
from rehearsal.source.changes import Change
from rehearsal.source.project_files import ProjectFiles
from rehearsal.source.servers import ALL_ADDRESSES, ANY_IPV6, LOOPBACK

CONFIGURATION = frozenset({".conf", ".template", ".ini", ".properties", ".rb"})
SUFFIXES = frozenset({
    *(".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".ru", ".go", ".rs", ".php", ".java", ".kt"),
    *(".cs", *CONFIGURATION),
})  # fmt: skip
# Folders of tests; what they say is about clients.
TEST_PATH = regex(r"(?:^|/)[^/]*tests?(?:[_/.]|$)|(?:^|/)(?:spec|e2e|docs|examples|action)/")
# Calls by which servers listen. Clients connect, and have a host and a port, too.
LISTENING = regex(
    r"\b(?:listen|Listen|ListenAndServe|ListenAndServeTLS|serve|bind|Bind|run_app|run_simple"
    r"|make_server|run_server|embeddedServer|(?:app|uvicorn|socketio|hypercorn)\.run|r\.Run"
    r"|server|(?:Threading)?(?:HTTP|TCP|WSGI)Server)\("
)
NESTED_CALL = regex(r"(?<=[\w\])])\([^()]*\)")
# What begins a function among the arguments; its code is not about the address.
FUNCTION = regex(r"=>|\bfunction\b|\bfunc\b|\blambda\b")
HOSTS = {"loopback": LOOPBACK, "ipv6-only": ANY_IPV6}
QUOTED = r"(?P<quote>[\"'`]){host}(?P<port>:\d+)?(?P=quote)"
ASSIGNED = r"^[ \t]*(?:const |let |var )?(?P<name>[A-Za-z_]\w*)(?: *: *\w+)? *:?= *"
# In an option of a configuration, without quotes or (Sinatra) with them.
OPTION = (
    r"^[ \t]*(?:(?:listen|bind|http(?:-socket)?|server\.address)[\s=:]+|set :bind, (?P<mark>[\"']))"
    r"(?P<host>{host})(?=[:;\s\"']|$)"
)
# A port among the arguments of a call, or after the host.
PORT = regex(r"(?:\bport[\"']?\s*[=:]\s*|[(,:]\s*)(\d{2,5})\b(?!\s*[.\d:])", re.IGNORECASE)
# More files than have a say in where the app listens, longer lines than people write, and more and
# longer calls than those to listen.
MAX_FILES = 300
MAX_CALLS = 500
MAX_NAMES = 20
MAX_LINE = 1000
MAX_CALL = 2000


def bind_in_code(
    project: ProjectFiles, paths: Iterable[str], kind: str, port: str = ""
) -> Change | None:
    """Return the change that lets a server in the project's code listen on all IPv4 addresses.

    `paths` are the files to look at; `kind` is `loopback` or `ipv6-only`, as it listens now on
    `port` (empty if that is unknown). None if no line, or more than one, says where it listens.
    """
    known = [path for path in paths if PurePosixPath(path).suffix in SUFFIXES][:MAX_FILES]
    texts = {path: project.read(path) for path in known}
    found = [each for path in known for each in _addresses(path, texts[path], HOSTS[kind], port)]
    if not found and kind == "loopback":
        found = [each for path in known for each in _run_calls(path, texts[path])]
    return found[0] if len(found) == 1 else None


def _addresses(path: str, text: str, host: str, port: str) -> Iterator[Change]:
    spans = {*_options(path, text, host, port), *_arguments(text, host, port)}
    for start, end in sorted(spans):
        number, line, begin = _line(text, start)
        if not line.lstrip().startswith(("#", "//", "*")) and len(line) <= MAX_LINE:
            new = f"{line[: start - begin]}{ALL_ADDRESSES}{line[end - begin :]}"
            yield Change(path=path, text=new, instead=number)


def _options(path: str, text: str, host: str, port: str) -> Iterator[tuple[int, int]]:
    if PurePosixPath(path).suffix in CONFIGURATION:
        for found in re.finditer(OPTION.format(host=host), text, re.MULTILINE):
            _, line, _ = _line(text, found.start("host"))
            if _has_port(line, port):
                yield found.span("host")


def _arguments(text: str, host: str, port: str) -> Iterator[tuple[int, int]]:
    """Yield the place of the host in each call that listens, or in what gives its name a value."""
    quoted = re.compile(QUOTED.format(host=f"(?P<host>{host})"))
    if not quoted.search(text):
        return
    assigned = re.finditer(ASSIGNED + quoted.pattern, text, re.MULTILINE)
    given = list(islice(assigned, MAX_NAMES))
    for call in islice(LISTENING.finditer(text), MAX_CALLS):
        arguments = _own_arguments(text, call.end())
        if not _has_port(arguments, port):
            continue
        if found := quoted.search(arguments):
            yield call.end() - 1 + found.start("host"), call.end() - 1 + found.end("host")
            continue
        names = set(re.findall(r"\b[A-Za-z_]\w*\b", arguments))
        yield from (each.span("host") for each in given if each["name"] in names)


def _own_arguments(text: str, start: int) -> str:
    """Return a call's arguments from its bracket on, with spaces for the calls among them."""
    depth = 0
    for at, character in enumerate(text[start - 1 : start + MAX_CALL]):
        depth += (character == "(") - (character == ")")
        if not depth:
            arguments = text[start - 1 : start + at]
            break
    else:
        return ""
    while arguments != (shorter := NESTED_CALL.sub(lambda nested: " " * len(nested[0]), arguments)):
        arguments = shorter
    return FUNCTION.split(arguments, maxsplit=1)[0]


def _has_port(text: str, port: str) -> bool:
    """Whether a text may be about a port: it names that one, or none."""
    named = PORT.findall(text)
    return bool(text) and (not port or not named or port in named)


def _line(text: str, at: int) -> tuple[int, str, int]:
    """Return the number of the line at a place of a text, the line, and where it begins."""
    begin = text.rfind("\n", 0, at) + 1
    return text.count("\n", 0, begin) + 1, text[begin:].partition("\n")[0], begin


def _run_calls(path: str, text: str) -> Iterator[Change]:
    """Yield the changes of calls that run Flask or uvicorn without a host: on the loopback one."""
    if not path.endswith(".py") or "run(" not in text:
        return
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    lines = text.split("\n")
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and call.lineno == call.end_lineno:
            line = lines[call.lineno - 1].encode()
            at = _place_of_host(call, text)
            if at > 0 and len(line) <= MAX_LINE:
                before, after = line[:at].decode(), line[at:].decode()
                host = f'host="{ALL_ADDRESSES}"'
                given = f", {host}" if call.args else host + ", " * bool(call.keywords)
                yield Change(path=path, text=f"{before}{given}{after}", instead=call.lineno)


def _place_of_host(call: ast.Call, text: str) -> int:
    """Return the byte of the line at which a call takes its host; 0 if it is no such call.

    Flask takes the host as the first argument, uvicorn the app.
    """
    match call.func:
        case ast.Attribute(value=ast.Name(id=name), attr="run", end_col_offset=int(end)):
            pass
        case _:
            return 0
    is_given = any(each.arg in {"host", "uds", "fd", None} for each in call.keywords)
    is_flask = name == "app" and "Flask(" in text
    if is_given or len(call.args) != (name == "uvicorn") or not (is_flask or name == "uvicorn"):
        return 0
    return call.args[0].end_col_offset or 0 if call.args else end + 1
