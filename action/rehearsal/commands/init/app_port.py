"""Find the port on which the app listens in its container, by reading its files."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import PurePosixPath

from rehearsal.commands.init.input_line import InputLine, place
from rehearsal.commands.init.survey import Survey
from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.app_shape import AppShape
from rehearsal.source.code_search import MAX_FILES, TEST_PATH
from rehearsal.source.dockerfile import expand
from rehearsal.source.gunicorn_settings import gunicorn_settings
from rehearsal.source.servers import OPERATORS, find_server

# The default port of each server. Source: their documentation.
SERVER_PORTS = {
    **dict.fromkeys(("gunicorn", "uvicorn", "hypercorn", "daphne", "granian", "fastapi"), 8000),
    **dict.fromkeys(("runserver", "http.server", "laravel"), 8000),
    "waitress": 8080, "flask": 5000, "streamlit": 8501, "puma": 9292, "rails": 3000, "next": 3000,
    "vite": 4173,
}  # fmt: skip
# Servers whose port is in the code that they run.
BY_CODE = frozenset({"node", "deno", "bun", "npm", "yarn", "pnpm", "python"})
# These images expose the port themselves.
EXPOSING = regex(r"(?:.*/)?(?:nginx|httpd|tomcat|php|jetty|wordpress)(?:[-\w]*)(?::.*|@.*)?")
PORT_FLAG = regex(r"(?:--port|-p|--http-port|--server\.port)(?:=(?P<value>\S+))?")
BIND_FLAG = regex(r"(?:--bind|-b|--listen|--http|--http-socket|-S)(?:=(?P<value>\S+))?")
ADDRESS = regex(r"(?:.*:)?(?P<port>\d{2,5}|\$\{?\w+(?::?-\d+)?\}?)")
BIND_SETTING = regex(r"""^bind[ \t]*=.*?:(?P<port>\d{2,5})["']""", re.MULTILINE)
CODE = regex(
    r"""(?:process\.env\.PORT\s*(?:\|\||\?\?)\s*["']?|\bport\s*[:=]\s*(?:int\()?"""
    r"""(?:os\.(?:environ\.get|getenv)\(\s*["']PORT["']\s*,\s*)?["']?"""
    r"""|\.listen\(\s*|\bPORT\s*=\s*)(?P<port>\d{2,5})\b"""
)
CODE_SUFFIXES = frozenset({".js", ".mjs", ".cjs", ".ts", ".py"})
DEFAULT_PORT = 8888
# The port for an app that reads it from a variable which nothing sets.
GIVEN_PORT = 8000
PORT = regex(r"[0-9]{1,5}")
PORT_VARIABLE = regex(r"\$\{?(?P<name>[A-Za-z_]\w*)\}?")


@dataclass(frozen=True, kw_only=True)
class Listening:
    """The port on which the app listens.

    `where` is the file and line that show it. `variable` is the name of the variable that has the
    port, empty if the image sets it.
    """

    port: int
    where: str
    variable: str = ""


def port_lines(survey: Survey) -> Iterator[InputLine]:
    """Yield the input `port`, unless the rehearsal finds the port by itself."""
    shape = survey.shape
    exposed = list(dict.fromkeys(_exposed(shape)))
    found = _in_compose_command(survey) or _listening(shape, exposed)
    if not found and not exposed and survey.setup.app and len(survey.setup.app.ports) == 1:
        found = Listening(port=survey.setup.app.ports[0], where=survey.setup.app.path)
    if found and found.variable:
        why = f"{found.where}: the app listens on ${found.variable}, which the image does not set."
        yield InputLine(name="env", text=f"{found.variable}={found.port}", why=why)
    if not found or exposed == [found.port] or (found.port == DEFAULT_PORT and len(exposed) != 1):
        return
    why = f"{found.where}: the app listens on this port"
    if exposed:
        others = ", ".join(map(str, exposed))
        why += f"; EXPOSE in {shape.dockerfile.path if shape.dockerfile else ''} says {others}"
    yield InputLine(name="port", text=str(found.port), why=f"{why}.")


def _exposed(shape: AppShape) -> Iterator[int]:
    dockerfile, stage = shape.dockerfile, shape.stage
    for each in dockerfile.lineage(stage) if dockerfile and stage else ():
        for exposing in each.all("EXPOSE"):
            variables = dockerfile.environment(stage) if dockerfile and stage else {}
            for word in expand(exposing.text, variables).split():
                port, _, protocol = word.partition("/")
                if PORT.fullmatch(port) and protocol.lower() in ("", "tcp"):
                    yield int(port)


def _listening(shape: AppShape, exposed: list[int]) -> Listening | None:
    found = _in_command(shape) or _in_gunicorn_settings(shape)
    if found or len(exposed) == 1:
        return found
    base = shape.stage.base if shape.stage else ""
    if EXPOSING.fullmatch(base) and not exposed:
        return None
    if shape.server_name in BY_CODE and (found := _in_code(shape)):
        return found
    port = SERVER_PORTS.get(shape.server_name)
    if port and (not exposed or port in exposed) and shape.command:
        where = f"{place(shape.command.path, shape.command.line)} ({shape.server_name}'s default)"
        return Listening(port=port, where=where)
    if exposed and shape.dockerfile and DEFAULT_PORT not in exposed:
        return Listening(port=exposed[0], where=shape.dockerfile.path)
    return None


def _in_compose_command(survey: Survey) -> Listening | None:
    """Return the port in the command that a compose file gives the app."""
    server = find_server(survey.command)
    if not server or not survey.setup.app:
        return None
    name, texts = server[0].name, survey.command[server[1] + 1 :]
    return _in_words(survey.shape, name, texts, survey.setup.app.path)


def _in_command(shape: AppShape) -> Listening | None:
    """Return the port in the command that starts the server."""
    command = shape.command
    if not command or not shape.server:
        return None
    start = command.words[shape.last].start
    where = place(command.path, command.source.count("\n", 0, start) + 1)
    return _in_words(shape, shape.server_name, command.texts[shape.last + 1 :], where)


def _in_words(shape: AppShape, server: str, texts: Sequence[str], where: str) -> Listening | None:
    for index, text in enumerate(texts):
        if text in OPERATORS:
            break
        for flag in (PORT_FLAG, BIND_FLAG):
            if option := flag.fullmatch(text):
                value = option["value"] or next(iter(texts[index + 1 : index + 2]), "")
                if found := _resolve(shape, value, where):
                    return found
        is_address = server == "runserver" and ADDRESS.fullmatch(text)
        if is_address and (found := _resolve(shape, text, where)):
            return found
    return None


def _resolve(shape: AppShape, value: str, where: str) -> Listening | None:
    """Return the port that an address names, with the image's variables in it."""
    variables = (
        shape.dockerfile.environment(shape.stage) if shape.dockerfile and shape.stage else {}
    )
    found = ADDRESS.fullmatch(expand(value, variables))
    if not found:
        return None
    if found["port"].isdigit():
        return Listening(port=int(found["port"]), where=where)
    variable = PORT_VARIABLE.match(found["port"])
    name = variable["name"] if variable else ""
    return Listening(port=GIVEN_PORT, where=where, variable=name) if name else None


def _in_gunicorn_settings(shape: AppShape) -> Listening | None:
    if shape.server_name != "gunicorn" or not shape.command:
        return None
    found = BIND_SETTING.search(gunicorn_settings(shape.project, shape.command.texts))
    return Listening(port=int(found["port"]), where="gunicorn's settings") if found else None


def _in_code(shape: AppShape) -> Listening | None:
    """Return the port in the app's own code, None if the files name none or several."""
    variables = (
        shape.dockerfile.environment(shape.stage) if shape.dockerfile and shape.stage else {}
    )
    paths = (
        path
        for path in shape.project.below(".")
        if PurePosixPath(path).suffix in CODE_SUFFIXES and not TEST_PATH.search(path)
        if not re.search(r"(?:^|[./])config\.|conftest", path)
    )
    found: dict[int, str] = {}
    for path in islice(paths, MAX_FILES):
        text = shape.project.read(path)
        given = variables.get("PORT", "")
        if PORT.fullmatch(given) and re.search(r"\benv(?:iron)?\b.{0,9}\bPORT\b", text):
            return Listening(port=int(given), where=f"ENV PORT in {_path(shape)}")
        for match in CODE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.setdefault(int(match["port"]), place(path, line))
    if len(found) != 1:
        return None
    port, where = found.popitem()
    return Listening(port=port, where=where)


def _path(shape: AppShape) -> str:
    return shape.dockerfile.path if shape.dockerfile else ""
