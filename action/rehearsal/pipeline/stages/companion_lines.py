"""What runs beside the app, and which servers the app's variables name, as lines for a diagnosis.

Nothing of a secret is read: of the variables that are secrets, only the names are told.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from rehearsal.config.rehearsal_plan import Plan
from rehearsal.regex import regex

# The names of variables that may say where a server is.
ABOUT_SERVERS = regex(
    r"(?:\w*_)?(?:PG|POSTGRES|DB|DATABASE|SQL|MYSQL|MARIADB|MONGO|MONGODB|REDIS|VALKEY|CACHE|BROKER"
    r"|CELERY)(?:_?[A-Z0-9]+)*"
)
# How the names of variables end that give one part of an address.
PARTS = {
    "host": regex(r"\w*HOST(?:NAME)?"),
    "port": regex(r"\w*PORT"),
    "user": regex(r"\w*USER(?:NAME)?"),
    "database": regex(r"\w*(?:DB|DATABASE|DB_NAME|DATABASE_NAME)|POSTGRES_NAME"),
}
# No name of a host, a user or a database that people give has more.
PLAIN = regex(r"[\w.-]{1,100}")
# Where Selenium finds browsers that are started elsewhere.
REMOTE_URL = "SELENIUM_REMOTE_URL"
HOST = regex(r"[\w.:\[\]-]{1,200}")
SCHEME = regex(r"[a-z][a-z0-9+]{1,30}")


def companion_lines(plan: Plan) -> tuple[str, ...]:
    """Return `service NAME IMAGE`, `service-env NAME VARIABLE`, `worker NAME`, `variable NAME`.

    A service from a compose file has `composed NAME`, too.
    Of browsers that Selenium does not start itself comes `remote-browser HOST:PORT`.
    Then, of the variables in env: `host|port|user|database VARIABLE VALUE`, with the scheme behind
    the value if it is that of an address.
    """
    return tuple(_lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    for service in plan.companions.services:
        yield f"service {service.name} {service.image}"
        names = (*service.env, *(secret.name for secret in service.secrets))
        yield from (f"service-env {service.name} {name}" for name in names)
        if service.composed:
            yield f"composed {service.name}"
    yield from (f"worker {worker.name}" for worker in plan.companions.workers)
    yield from _remote_browser(plan)
    container = plan.container
    names = (*container.env, *(secret.name for secret in container.secrets))
    yield from (f"variable {name}" for name in names if ABOUT_SERVERS.fullmatch(name))
    for name, value in container.env.items():
        if ABOUT_SERVERS.fullmatch(name):
            yield from _parts(name, value)


def _remote_browser(plan: Plan) -> Iterator[str]:
    url = plan.suite.selenium_url or plan.suite.env.get(REMOTE_URL, "")
    # A user and a password may stand before the host.
    host = url.partition("://")[2].partition("/")[0].rpartition("@")[2]
    if HOST.fullmatch(host):
        yield f"remote-browser {host}"


def _parts(name: str, value: str) -> Iterator[str]:
    if "://" in value:
        yield from _parts_of_url(name, value)
        return
    for part, ending in PARTS.items():
        if ending.fullmatch(name) and PLAIN.fullmatch(value):
            yield f"{part} {name} {value}"
            return


def _parts_of_url(name: str, value: str) -> Iterator[str]:
    try:
        url = urlsplit(value)
        port = str(url.port or "")
    except ValueError:
        return
    if not SCHEME.fullmatch(url.scheme):
        return
    parts = {
        "host": url.hostname or "",
        "port": port,
        "user": url.username or "",
        "database": url.path.removeprefix("/"),
    }
    for part, found in parts.items():
        if PLAIN.fullmatch(found):
            yield f"{part} {name} {found} {url.scheme}"
