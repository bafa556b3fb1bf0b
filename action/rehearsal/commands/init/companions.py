"""The inputs that start what runs beside the app, and the variables by which the app finds it."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rehearsal.commands.init.input_line import InputLine, place
from rehearsal.commands.init.script_variables import script_variables
from rehearsal.commands.init.servers_beside import (
    IMAGES,
    OWN_VARIABLES,
    SQL,
    ServerBeside,
    from_services,
    kinds_of,
    make_server,
    part_of,
)
from rehearsal.commands.init.survey import Survey
from rehearsal.config.variables import SECRET_LIKE_NAME

SERVICE_NAME = re.compile(r"[a-z][a-z0-9-]*")
HOST = re.compile(r"(?:://(?:[^@/\s\"'`]*@)?|[\"'`])(?P<host>[a-z][a-z0-9-]*)(?=[:/\"'`])")
# What the images of these need besides.
MORE_VARIABLES = {
    "mysql": ("MYSQL_RANDOM_ROOT_PASSWORD=yes",),
    "elasticsearch": ("discovery.type=single-node", "xpack.security.enabled=false"),
}
# Only their own compose file starts them as an app needs it.
BY_COMPOSE = frozenset({"minio"})
MIGRATES = re.compile(r"\bmigrat|alembic upgrade")
ENGINE = re.compile(
    r"(?:\w+_)?(?:ENGINE|DRIVER|DIALECT|CONNECTION|CLIENT|BACKEND)|(?:DB|DATABASE)(?:_TYPE)?"
)
# By these names an app has its servers, also where it could do without.
MAIN = re.compile(
    r"(?:\w+_)?(?:DATABASE|DB|POSTGRES|MYSQL|MONGO(?:DB)?|REDIS|CELERY_BROKER)_?UR[LI]"
)
HERE = re.compile(r"localhost|127\.0\.0\.1")
# Further servers of a kind, which an app does without.
SPARE = re.compile(r"REPLICA|READER|SHADOW|TEST_|_TEST|GEO_")
TAKEN = frozenset({"web", "localhost"})


@dataclass(frozen=True, kw_only=True)
class ServerVariable:
    """A variable of the app that is about a server: the part of its address that it has."""

    name: str
    server: ServerBeside
    part: str
    value: str
    where: str


def find_servers(survey: Survey) -> list[ServerBeside]:
    """Return the servers that the app needs: those of its compose file, else those it asks for."""
    known = {name: each.text for name, each in survey.known.items()}
    if survey.setup.needed:
        return from_services(survey.setup.needed, known)
    return list(_guessed(survey, known))


def _guessed(survey: Survey, known: dict[str, str]) -> Iterator[ServerBeside]:
    django = survey.shape.django
    databases = django.find("DATABASES") if django else None
    code = databases[0].code(databases[1]) if databases else ""
    kinds = list(kinds_of(survey.packages))
    for kind in kinds:
        if kind == "redis" and "rabbitmq" in kinds and "celery" in survey.packages:
            continue
        server = make_server(kind, kind, IMAGES[kind], known)
        asked = [
            each for each in survey.variables
            if part_of(each.name, survey.lines_of(each), [server])
        ]  # fmt: skip
        is_literal = kind in SQL and re.search(rf"backends\.{kind}|\b{kind}\w*://", code)
        if not asked and not is_literal:
            continue
        texts = [code, *map(survey.lines_of, asked)]
        hosts = (found["host"] for text in texts for found in HOST.finditer(text))
        name = next((host for host in hosts if _may_be(host, kind)), kind)
        yield make_server(kind, name, IMAGES[kind], known)


def _may_be(host: str, kind: str) -> bool:
    """Whether a word in the code is the host of a server of this kind."""
    return host not in TAKEN and host in (kind, "db", "database", "cache", "broker", "queue")


def server_variables(survey: Survey, servers: Sequence[ServerBeside]) -> list[ServerVariable]:
    """Return the variables that have to be set so that the app finds its servers."""
    found: dict[str, ServerVariable] = {}
    texts: dict[str, tuple[str, str]] = {}
    for each in survey.variables:
        text = survey.lines_of(each)
        if not each.has_default:
            # What follows is about another variable.
            text = text.split("\n")[0]
        texts.setdefault(each.name, (text, place(each.path, each.line)))
    of_scripts = set(script_variables(survey.scripts))
    for name in sorted(of_scripts):
        texts[name] = ("", "The script that starts the app")
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
            wanted = own.get(name) or server.value_of(part, value or text)
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
    """Whether an app does without a URL, since it has the parts of the address as well."""
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


def companion_lines(survey: Survey) -> Iterator[InputLine]:
    """Yield the inputs for servers, workers, and the app's variables about them."""
    servers = find_servers(survey)
    variables = server_variables(survey, servers)
    by_compose = _is_whole(survey)
    if by_compose:
        path = survey.setup.needed[0].path
        why = f"{path} describes them."
        yield InputLine(name="compose-file", text=survey.from_directory(path), why=why)
        for each in survey.setup.needed:
            yield InputLine(name="compose-services", text=each.name)
    for server in servers:
        if not by_compose and server.kind not in BY_COMPOSE:
            yield from _service(server, variables)
    for variable in variables:
        yield from _variable(variable, _is_generated(variable, variables, by_compose=by_compose))
    yield from _engines(survey, servers)
    yield from _workers(survey)


def _engines(survey: Survey, servers: Sequence[ServerBeside]) -> Iterator[InputLine]:
    """Yield the variables that say which kind of database the app uses."""
    kinds = "|".join(each.kind for each in servers if each.kind in SQL)
    read = {each.name: each for each in survey.variables if ENGINE.fullmatch(each.name)}
    for name, each in read.items():
        known = survey.known.get(name)
        if kinds and known and re.search(rf"(?:{kinds})", known.text):
            why = f"{place(each.path, each.line)}: {known.path} has this value of {name}."
            yield InputLine(name="env", text=f"{name}={known.text}", why=why)


def _is_whole(survey: Survey) -> bool:
    """Whether the compose file alone can start all that the app needs."""
    needed = survey.setup.needed
    return bool(needed) and not any(
        each.lacks or each.dockerfile or not each.image for each in needed
    )


def _is_generated(
    variable: ServerVariable, variables: Sequence[ServerVariable], *, by_compose: bool
) -> bool:
    """Whether a password may be a random one: the server gets it by the same name."""
    own = OWN_VARIABLES.get(variable.server.kind, {}).get("password")
    same = [each for each in variables if each.server == variable.server]
    written = [each for each in same if each.part in ("password", "url")]
    return variable.part == "password" and variable.name == own and not by_compose and (
        written == [variable]
    )  # fmt: skip


def _service(server: ServerBeside, variables: Sequence[ServerVariable]) -> Iterator[InputLine]:
    where = server.service.path if server.service else ""
    asked = next((each.where for each in variables if each.server == server), "")
    why = f"{where or asked or 'The settings'} {'has' if where else 'needs'} {server.name}."
    yield InputLine(name="services", text=f"{server.name}={server.image}", why=why)
    of_app = {each.name: each.value for each in variables if each.server == server}
    own = OWN_VARIABLES.get(server.kind, {})
    for part, name in own.items():
        value = server.value_of(part)
        is_default = (part == "user" and value == "postgres") or (
            part == "name" and value == server.user
        )
        if of_app.get(name) == value:
            yield InputLine(name="service-env", text=f"{server.name}.{name}")
        elif not is_default or server.kind != "postgres":
            yield InputLine(name="service-env", text=f"{server.name}.{name}={value}")
    for line in MORE_VARIABLES.get(server.kind, ()):
        yield InputLine(name="service-env", text=f"{server.name}.{line}")


def _variable(variable: ServerVariable, is_generated: bool) -> Iterator[InputLine]:
    name, value = variable.name, variable.value
    why = f"{variable.where}: {name} is how the app finds {variable.server.name}."
    if is_generated:
        yield InputLine(name="generate-secrets", text=name, why=why)
    elif variable.part == "url" and variable.server.user:
        yield InputLine(name="secrets", text=f"{name}={value}", why=why)
    else:
        yield InputLine(name="env", text=f"{name}={value}", why=why)
        if SECRET_LIKE_NAME.search(name):
            reason = "It is the password of a database that is gone after each run."
            yield InputLine(name="not-secret", text=name, why=reason)


def _workers(survey: Survey) -> Iterator[InputLine]:
    for worker in survey.setup.workers:
        if not MIGRATES.search(" ".join(worker.command)):
            name = re.sub(r"[^a-z0-9-]", "-", worker.name.lower())
            yield InputLine(
                name="workers",
                text=f"{name}={shlex.join(worker.command)}",
                why=f"{worker.path} starts them from the app's image.",
            )
