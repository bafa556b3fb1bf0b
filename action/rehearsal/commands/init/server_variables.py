"""The variables with the addresses of the servers that an app needs."""

import re
from collections.abc import Mapping, Sequence

from rehearsal.commands.init.input_line import place
from rehearsal.commands.init.script_variables import script_variables
from rehearsal.commands.init.servers_beside import ServerBeside, part_of
from rehearsal.commands.init.survey import Survey
from rehearsal.dataclass import dataclass
from rehearsal.regex import regex

# Names of the main servers of an app: set them even if the app has a default.
MAIN = regex(r"(?:\w+_)?(?:DATABASE|DB|POSTGRES|MYSQL|MONGO(?:DB)?|REDIS|CELERY_BROKER)_?UR[LI]")
HERE = regex(r"localhost|127\.0\.0\.1")
# Further servers of a kind, which an app does not need.
SPARE = regex(r"REPLICA|READER|SHADOW|TEST_|_TEST|GEO_")


@dataclass(frozen=True, kw_only=True)
class ServerVariable:
    """A variable of the app, and the part of a server's address that it has.

    `where` is the file and line that read it.
    """

    name: str
    server: ServerBeside
    part: str
    value: str
    where: str


def server_variables(survey: Survey, servers: Sequence[ServerBeside]) -> list[ServerVariable]:
    """Return the variables that have to be set so that the app finds its servers."""
    found: dict[str, ServerVariable] = {}
    texts: dict[str, tuple[str, str]] = {}
    for each in survey.variables:
        text = survey.lines_of(each)
        if not each.has_default:
            # The next lines are about another variable.
            text = text.split("\n")[0]
        texts.setdefault(each.name, (text, place(each.path, each.line)))
    of_scripts = set(script_variables(survey.scripts))
    for name in sorted(of_scripts):
        texts[name] = ("", "The start script")
    own: Mapping[str, str] = {}
    if survey.setup.app:
        own = survey.setup.app.environment
        for name in own:
            texts[name] = ("", survey.setup.app.path)
    optional = {each.name for each in survey.variables if each.has_default}
    for name, (text, where) in texts.items():
        value = survey.known[name].text if name in survey.known else ""
        is_given = name not in of_scripts and survey.container.gives(name)
        hit = None if is_given else part_of(name, value or text, servers)
        is_optional = name in optional and not MAIN.fullmatch(name) and not HERE.search(text)
        if hit and name not in own and (SPARE.search(name) or (hit[1] == "url" and is_optional)):
            continue
        if hit and not _has_it(text, hit[0], hit[1]):
            server, part = hit
            keeps_name = not server.service or server.service.name == server.name
            wanted = (own.get(name) if keeps_name else "") or server.value_of(part, value or text)
            found[name] = ServerVariable(
                name=name, server=server, part=part, value=wanted, where=where
            )
    by_compose = {each.server.name for each in found.values() if each.name in own}
    needed = {each.name for each in survey.variables if each.is_needed} | of_scripts | {*own}
    found = {
        name: each
        for name, each in found.items()
        if name in needed or each.server.name not in by_compose
    }
    return [each for each in found.values() if not _is_spare(survey, each, found)]


def _is_spare(
    survey: Survey, variable: ServerVariable, found: Mapping[str, ServerVariable]
) -> bool:
    """Whether an app does not need a URL, since it also reads the parts of the address."""
    readings = [each for each in survey.variables if each.name == variable.name]
    is_optional = bool(readings) and all(
        each.has_default or not each.is_certain or each.condition == each.name for each in readings
    )
    parts = [
        each for each in found.values() if each.server == variable.server and each.part != "url"
    ]
    return variable.part == "url" and is_optional and bool(parts)


def _has_it(text: str, server: ServerBeside, part: str) -> bool:
    """Whether the code that reads a variable has the server's own value as its default."""
    if part == "url":
        login = f"{server.user}:{server.password}@" if server.user else ""
        return f"://{login}{server.name}:" in text or f"://{login}{server.name}/" in text
    value = server.value_of(part)
    return bool(re.search(rf"[\"'`,\s]{re.escape(value)}[\"'`)\s]", text)) if value else True
