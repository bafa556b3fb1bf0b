"""What runs beside the app, as the facts have it, and which servers the app's variables name."""

import re

from rehearsal.dataclass import dataclass
from rehearsal.diagnosis.facts import COMPANIONS, Facts
from rehearsal.diagnosis.unreachable_words import MONGO, MYSQL, POSTGRES, REDIS
from rehearsal.regex import regex

# What the names of variables and the schemes of addresses say of a server.
KINDS = (
    (regex(r"postgres|pgsql|\bPG|_PG", re.IGNORECASE), POSTGRES),
    (regex(r"mysql|maria", re.IGNORECASE), MYSQL),
    (regex(r"mongo", re.IGNORECASE), MONGO),
    (regex(r"redis|valkey|cache|celery|broker", re.IGNORECASE), REDIS),
)
# The parts of an address that a variable may give.
PARTS = ("host", "port", "user", "database")


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service by its name, its image, and the names of its variables.

    With `composed` it is from a compose file, and has its variables there.
    """

    name: str
    image: str
    variables: tuple[str, ...] = ()
    composed: bool = False


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A part of an address (`host`, `port`, `user` or `database`) that a variable in env gives.

    `server` is what the variable is for, empty if that may be any database.
    """

    part: str
    variable: str
    value: str
    server: str = ""
    is_url: bool = False


@dataclass(frozen=True, kw_only=True)
class Companions:
    """The services, the names of the app's variables about servers, and what env gives in them."""

    services: tuple[Service, ...] = ()
    variables: tuple[str, ...] = ()
    given: tuple[Asked, ...] = ()

    def asked(self, server: str) -> dict[str, str]:
        """Return the parts of the address of a server that env gives."""
        wanted = {server} if server == REDIS else {server, ""}
        found: dict[str, str] = {}
        for each in self.given:
            if each.server in wanted:
                found.setdefault(each.part, each.value)
        return found

    def server_of(self, host: str) -> str:
        """Return what a host is, empty if env does not tell."""
        return next(
            (each.server for each in self.given if each.part == "host" and each.value == host), ""
        )


def read_companions(facts: Facts) -> Companions:
    """Read what `companion_lines` in the pipeline wrote."""
    services: dict[str, Service] = {}
    variables: dict[str, list[str]] = {}
    names, given, composed = [], [], set()
    for line in facts.lines.get(COMPANIONS, ()):
        match line.split(" "):
            case "service", name, image:
                services[name] = Service(name=name, image=image)
            case "service-env", name, variable:
                variables.setdefault(name, []).append(variable)
            case "composed", name:
                composed.add(name)
            case "variable", name:
                names.append(name)
            case part, variable, value, *scheme if part in PARTS:
                server = kind_of(scheme[0] if scheme else variable)
                given.append(
                    Asked(
                        part=part,
                        variable=variable,
                        value=value,
                        server=server,
                        is_url=bool(scheme),
                    )
                )
    return Companions(
        services=tuple(
            Service(
                name=each.name,
                image=each.image,
                variables=tuple(variables.get(each.name, ())),
                composed=each.name in composed,
            )
            for each in services.values()
        ),
        variables=tuple(names),
        given=tuple(given),
    )


def kind_of(text: str) -> str:
    """Return the server that a variable or a scheme is for, empty if it does not tell."""
    return next((server for pattern, server in KINDS if pattern.search(text)), "")
