"""What to paste so that the app finds its database or its Redis among the services."""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from rehearsal.diagnosis.companions import Companions, Service, read_companions
from rehearsal.diagnosis.host_variables import default_host
from rehearsal.diagnosis.proposal_context import Context
from rehearsal.diagnosis.unreachable_servers import (
    DATABASES,
    Unreachable,
    find_unreachable,
    fitting_service,
)
from rehearsal.diagnosis.unreachable_words import (
    MONGO,
    MYSQL,
    NO_DATABASE,
    NO_USER,
    PASSWORD,
    POSTGRES,
    REDIS,
    STARTING,
)
from rehearsal.regex import regex
from rehearsal.source.project_files import join

# The service that a server gets without a name of its own, and the image without a compose file.
DEFAULTS = {
    POSTGRES: ("postgres", "postgres:17"),
    MYSQL: ("mysql", "mysql:8.4"),
    MONGO: ("mongo", "mongo:8"),
    REDIS: ("redis", "redis:8"),
}
IMAGES = {POSTGRES: r"post(?:gres|gis)\w*", MYSQL: r"mysql|mariadb", MONGO: "mongo", REDIS: "redis"}
COMPOSE_FILE = regex(r"(?:docker-)?compose(?:\.[\w.-]+)?\.ya?ml")
SERVICE_NAME = regex(r"[a-z][a-z0-9-]*")
# The app's own name in the network.
TAKEN = frozenset({"web"})
# The variables with which the official images make a user and a database at their first start, and
# which of them says that every password is right.
USER, DATABASE, ANY_PASSWORD = "user", "database", "any password"
VARIABLES = {
    POSTGRES: {
        PASSWORD: "POSTGRES_PASSWORD",
        USER: "POSTGRES_USER",
        DATABASE: "POSTGRES_DB",
        ANY_PASSWORD: "POSTGRES_HOST_AUTH_METHOD=trust",
    },
    MYSQL: {
        PASSWORD: "MYSQL_PASSWORD",
        USER: "MYSQL_USER",
        DATABASE: "MYSQL_DATABASE",
        ANY_PASSWORD: "MYSQL_RANDOM_ROOT_PASSWORD=yes",
    },
}
# Users that the images make without being asked.
OWN_USERS = {POSTGRES: "postgres", MYSQL: "root"}


def database_service(context: Context) -> str:
    """Return what makes the app find its database, empty if that is not known."""
    return _mend(context, DATABASES)


def redis_service(context: Context) -> str:
    """Return what makes the app find its Redis, empty if that is not known."""
    return _mend(context, (REDIS,))


def service_password(context: Context) -> str:
    """Return the variable without which a service with a database does not start."""
    name = context.find("problem", r"^The service (\S+) ended ")
    log = context.facts.text("log of the service")
    server = POSTGRES if "superuser password" in log else MYSQL
    companions = read_companions(context.facts)
    if not name or any(each.name == name and each.composed for each in companions.services):
        return ""
    lines = [f"{name}.{line}" for line in _password_lines(companions, server)]
    return context.in_step("service-env", _yaml(lines))


def _mend(context: Context, servers: Iterable[str]) -> str:
    found = find_unreachable(context.facts, servers)
    if not found or found.problem == STARTING or "network given" in _inputs(context):
        return ""
    companions = read_companions(context.facts)
    service = fitting_service(companions, found)
    if found.problem in (PASSWORD, NO_DATABASE, NO_USER):
        if service is None or service.composed:
            return ""
        lines = _missing_lines(companions, found, service)
        return context.in_step("service-env", _yaml(lines)) if lines else ""
    if service is None:
        return _add_service(context, companions, found)
    if service.name == found.host:
        return ""
    return _ask_for(context, companions, found, service.name) or _rename(context, service, found)


def _inputs(context: Context) -> tuple[str, ...]:
    return context.facts.lines.get("inputs", ())


def _add_service(context: Context, companions: Companions, found: Unreachable) -> str:
    """Return the inputs that start the server, under the name that the app asks for if it may."""
    default, image = _in_compose_file(context, found.server)
    names = {each.name for each in companions.services}
    host = found.host
    name = host if SERVICE_NAME.fullmatch(host) and host not in TAKEN | {"localhost"} else default
    if name in names:
        return ""
    parts = [context.in_step("services", f"{name}={image}")]
    if lines := [f"{name}.{line}" for line in _env_lines(companions, found)]:
        parts.append(context.in_step("service-env", _yaml(lines), "and "))
    if host and name != host:
        parts.append(_ask_for(context, companions, found, name, "and "))
    return "\n\n".join(filter(None, parts))


def _env_lines(companions: Companions, found: Unreachable) -> Iterator[str]:
    """Yield the variables that make the user and the database that the app asks for."""
    variables = VARIABLES.get(found.server)
    if not variables:
        return
    for part, value in ((USER, found.user), (DATABASE, found.database)):
        name = variables[part]
        if name in companions.variables:
            yield name
        elif value and value != OWN_USERS[found.server]:
            yield f"{name}={value}"
    yield from _password_lines(companions, found.server)


def _password_lines(companions: Companions, server: str) -> Iterator[str]:
    """Yield the password that the app has by the same name; else every password is right."""
    variables = VARIABLES[server]
    has_it = variables[PASSWORD] in companions.variables
    if has_it:
        yield variables[PASSWORD]
    if not has_it or server == MYSQL:
        yield variables[ANY_PASSWORD]


def _missing_lines(companions: Companions, found: Unreachable, service: Service) -> list[str]:
    """Return the variables of a service that make what the server says it does not have."""
    variables = VARIABLES.get(found.server)
    if not variables:
        return []
    lines = []
    # Postgres says of a user that does not exist, too, that the password is wrong.
    user = variables[USER]
    is_made = found.user in (OWN_USERS[found.server], "") or user in service.variables
    if found.problem == NO_USER or (found.problem == PASSWORD and not is_made):
        lines.append(user if user in companions.variables else f"{user}={found.user}")
    if found.problem == NO_DATABASE:
        name = variables[DATABASE]
        lines.append(name if name in companions.variables else f"{name}={found.database}")
    if found.problem == PASSWORD:
        lines += _password_lines(companions, found.server)
    return [f"{service.name}.{line}" for line in lines]


def _yaml(lines: list[str]) -> str:
    return lines[0] if len(lines) == 1 else "\n  ".join(("|", *lines))


def _in_compose_file(context: Context, server: str) -> tuple[str, str]:
    """Return the name and the image of a server in the project's compose file, or the defaults."""
    project, (name, image) = context.shape.project, DEFAULTS[server]
    pattern = re.compile(
        r"^(?:[ \t]+(?P<name>[\w-]+):[ \t]*\n)?[ \t]+image:[ \t]*[\"']?"
        rf"(?P<image>(?:[\w.-]+/){{0,5}}(?:{IMAGES[server]})(?::[\w.-]+)?)[\"']?[ \t]*$",
        re.MULTILINE,
    )
    files = (
        join(folder, name)
        for folder in project.nearest_first()
        for name in project.folders[folder]
        if COMPOSE_FILE.fullmatch(name)
    )
    texts = (pattern.search(project.read(path)) for path in files)
    found = next(filter(None, texts), None)
    if not found:
        return name, image
    is_name = SERVICE_NAME.fullmatch(found["name"] or "") and found["name"] not in TAKEN
    return found["name"] if is_name else name, found["image"]


def _ask_for(
    context: Context, companions: Companions, found: Unreachable, name: str, lead: str = ""
) -> str:
    """Return what lets the app ask for a service by its name, empty if that is not known."""
    for each in companions.given:
        if each.part == "host" and each.server in (found.server, "") and _is(each.value, found):
            if each.is_url:
                # The same word may be a user, or the scheme.
                edits = (
                    (f"{each.variable}=", f"{mark}{each.value}", f"{mark}{name}")
                    for mark in ("@", "//")
                )
                pastes = (_edit_lines(context, [edit], lead) for edit in edits)
                return next(filter(None, pastes), "")
            return context.in_step("env", f"{each.variable}={name}", lead)
    variable, value = default_host(context.shape.project, found.server, found.host, name)
    return context.in_step("env", f"{variable}={value}", lead) if variable else ""


def _is(host: str, found: Unreachable) -> bool:
    return host == found.host or (found.is_here and host in ("localhost", "127.0.0.1", "::1"))


def _rename(context: Context, service: Service, found: Unreachable) -> str:
    """Return the lines of the workflow in which a service gets the name that the app asks for."""
    if not SERVICE_NAME.fullmatch(found.host) or found.is_here:
        return ""
    old, new = service.name, found.host
    return _edit_lines(
        context, [(f"{old}=", f"{old}=", f"{new}="), (f"{old}.", f"{old}.", f"{new}.")]
    )


def _edit_lines(context: Context, edits: Iterable[tuple[str, str, str]], lead: str = "") -> str:
    """Return the changes of the workflow's lines that begin so: the beginning, old and new text."""
    path = PurePosixPath(context.workflow)
    if not context.workflow:
        return ""
    text = context.shape.project.read(context.from_folder(str(path)))
    parts = [
        f"# {{lead}}in {path}:{number}, instead of {old}, write:\n{new}"
        for number, line in enumerate(text.split("\n"), 1)
        for start, old, new in edits
        if re.match(rf"\s*(?:[\w-]+:\s*[\"']?)?{re.escape(start)}", line) and old in line
    ]
    leads = [lead, *["and "] * len(parts)]
    return "\n\n".join(
        part.replace("{lead}", each) for part, each in zip(parts, leads, strict=False)
    )
