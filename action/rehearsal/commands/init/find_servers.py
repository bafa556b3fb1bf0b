"""Find the servers that an app needs: in its compose file, else by its variables and packages."""

import re
from collections.abc import Iterator

from rehearsal.commands.init.servers_beside import (
    IMAGES,
    SQL,
    ServerBeside,
    from_services,
    kinds_of,
    make_server,
    part_of,
)
from rehearsal.commands.init.survey import Survey
from rehearsal.regex import regex

HOST = regex(r"(?:://(?:[^@/\s\"'`]*@)?|[\"'`])(?P<host>[a-z][a-z0-9-]*)(?=[:/\"'`])")
TAKEN = frozenset({"web", "localhost"})


def find_servers(survey: Survey) -> list[ServerBeside]:
    """Return the servers of the compose file, else those whose library the app has."""
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
