"""The inputs for services and workers, and the variables with which the app finds them."""

import re
import shlex
from collections.abc import Iterator, Sequence

from rehearsal.commands.init.compose_services import is_whole
from rehearsal.commands.init.find_servers import find_servers
from rehearsal.commands.init.input_line import InputLine, place
from rehearsal.commands.init.server_variables import ServerVariable, server_variables
from rehearsal.commands.init.servers_beside import OWN_VARIABLES, SQL, ServerBeside
from rehearsal.commands.init.survey import Survey
from rehearsal.config.variables import SECRET_LIKE_NAME
from rehearsal.regex import regex

# More variables that the images of these kinds need.
MORE_VARIABLES = {
    "mysql": ("MYSQL_RANDOM_ROOT_PASSWORD=yes",),
    "elasticsearch": ("discovery.type=single-node", "xpack.security.enabled=false"),
}
# Only a compose file can start these as an app needs them.
BY_COMPOSE = frozenset({"minio"})
MIGRATES = regex(r"\bmigrat|alembic upgrade")
ENGINE = regex(
    r"(?:\w+_)?(?:ENGINE|DRIVER|DIALECT|CONNECTION|CLIENT|BACKEND)|(?:DB|DATABASE)(?:_TYPE)?"
)


def companion_lines(survey: Survey) -> Iterator[InputLine]:
    """Yield the inputs for services, workers, and the app's variables for them."""
    servers = find_servers(survey)
    variables = server_variables(survey, servers)
    by_compose = is_whole(survey.setup.needed)
    if by_compose:
        path = survey.setup.needed[0].path
        why = f"{path} has the services that the app needs."
        yield InputLine(name="compose-file", text=survey.from_directory(path), why=why)
        for each in survey.setup.needed:
            yield InputLine(name="compose-services", text=each.name)
    for server in servers:
        if not by_compose and server.kind not in BY_COMPOSE:
            yield from _service(server, variables)
    for variable in variables:
        is_generated = _is_generated(variable, variables, by_compose=by_compose)
        yield from _variable(variable, variables, is_generated=is_generated)
    yield from _engines(survey, servers)
    yield from _workers(survey)


def _engines(survey: Survey, servers: Sequence[ServerBeside]) -> Iterator[InputLine]:
    """Yield the variables that say which kind of database the app uses."""
    kinds = "|".join(each.kind for each in servers if each.kind in SQL)
    read = {each.name: each for each in survey.variables if ENGINE.fullmatch(each.name)}
    for name, each in read.items():
        known = survey.known.get(name)
        if kinds and known and re.search(rf"(?:{kinds})", known.text):
            why = f"{place(each.path, each.line)} reads {name}; {known.path} has this value."
            yield InputLine(name="env", text=f"{name}={known.text}", why=why)


def _is_generated(
    variable: ServerVariable, variables: Sequence[ServerVariable], *, by_compose: bool
) -> bool:
    """Whether a password may be random: app and server get it by the same variable."""
    own = OWN_VARIABLES.get(variable.server.kind, {}).get("password")
    same = [each for each in variables if each.server == variable.server]
    written = [each for each in same if each.part in ("password", "url")]
    return variable.part == "password" and variable.name == own and not by_compose and (
        written == [variable]
    )  # fmt: skip


def _service(server: ServerBeside, variables: Sequence[ServerVariable]) -> Iterator[InputLine]:
    where = server.service.path if server.service else ""
    asked = next((each.where for each in variables if each.server == server), "")
    shows = "has the service" if where else "needs"
    why = f"{where or asked or 'The settings'} {shows} {server.name}."
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


def _variable(
    variable: ServerVariable, variables: Sequence[ServerVariable], *, is_generated: bool
) -> Iterator[InputLine]:
    name, value, server = variable.name, variable.value, variable.server
    # Those of one place share one comment.
    names = [
        each.name for each in variables if (each.server, each.where) == (server, variable.where)
    ]
    why = f"{variable.where}: the app connects to {server.name} with {', '.join(names)}."
    if is_generated:
        yield InputLine(name="generate-secrets", text=name, why=why)
    elif variable.part == "url" and server.user:
        yield InputLine(name="secrets", text=f"{name}={value}", why=why)
    else:
        yield InputLine(name="env", text=f"{name}={value}", why=why)
        if SECRET_LIKE_NAME.search(name):
            reason = "It is the password of a database that each run removes."
            yield InputLine(name="not-secret", text=name, why=reason)


def worker_notes(survey: Survey) -> Iterator[str]:
    """Yield a note for each worker whose command is not known."""
    for worker in survey.setup.unknown_workers:
        yield (
            f"{worker.path}: the command of {worker.name} needs the variable "
            f"{worker.command_lacks}, whose value is not in the repository. If the tests need this "
            "worker, write its command under workers."
        )


def _workers(survey: Survey) -> Iterator[InputLine]:
    for worker in survey.setup.workers:
        if not MIGRATES.search(" ".join(worker.command)):
            name = re.sub(r"[^a-z0-9-]", "-", worker.name.lower())
            yield InputLine(
                name="workers",
                text=f"{name}={shlex.join(worker.command)}",
                why=f"{worker.path} starts {worker.name} from the app's image.",
            )
