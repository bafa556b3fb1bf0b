"""The servers that an app needs: from a compose file, or guessed from its variables."""

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from rehearsal.commands.init.compose_services import ComposeService, host_name, is_whole
from rehearsal.dataclass import dataclass
from rehearsal.regex import regex

IMAGES = {
    "postgres": "postgres:17", "mysql": "mysql:8.4", "mongo": "mongo:8", "redis": "redis:8",
    "rabbitmq": "rabbitmq:4", "memcached": "memcached:1.6", "elasticsearch": "elasticsearch:8.17.0",
    "mail": "axllent/mailpit:v1.27", "minio": "minio/minio",
}  # fmt: skip
PORTS = {
    "postgres": 5432, "mysql": 3306, "mongo": 27017, "redis": 6379, "rabbitmq": 5672,
    "memcached": 11211, "elasticsearch": 9200, "mail": 1025, "minio": 9000,
}  # fmt: skip
# Schemes of URLs of each kind, without a driver (`+asyncpg`).
SCHEMES = {
    "postgres": r"postgres(?:ql)?|postgis|pgsql", "mysql": r"mysql2?|mariadb",
    "mongo": r"mongodb(?:\+srv)?", "redis": r"rediss?|valkey", "rabbitmq": r"amqps?|pyamqp",
    "memcached": r"memcache|pymemcache", "elasticsearch": r"elasticsearch",
}  # fmt: skip
# SQLAlchemy knows only postgresql; other libraries know postgres, too.
DEFAULT_SCHEME = {
    "postgres": "postgresql", "mysql": "mysql", "mongo": "mongodb", "redis": "redis",
    "rabbitmq": "amqp", "elasticsearch": "http",
}  # fmt: skip
# Words in the names of variables of each kind.
NAME_WORDS = {
    "postgres": r"PG|POSTGRES(?:QL)?", "mysql": r"MYSQL|MARIADB", "mongo": r"MONGO(?:DB)?",
    "redis": r"REDIS|VALKEY|CELERY_RESULT|CELERY_BROKER|BROKER|CACHE",
    "rabbitmq": r"RABBIT(?:MQ)?|AMQP|CELERY_BROKER|BROKER",
    "memcached": r"MEMCACHED?", "elasticsearch": r"ELASTIC(?:SEARCH)?",
    "mail": r"EMAIL|MAIL|SMTP", "minio": r"MINIO|S3",
}  # fmt: skip
SCHEME = regex(r"(?<![\w+])(?P<scheme>[a-z][a-z0-9]*(?:\+\w+)?)://")
LOGIN = regex(
    r"[a-z][\w+]*://(?P<user>[\w.-]+):(?P<password>[\w.-]+)@(?P<host>[\w-]+)(?::\d+)?/(?P<name>[\w-]*)"
)
DATABASE_WORDS = r"DB|DATABASE|SQL"
# Variables with which the official images create a user and a database.
OWN_VARIABLES = {
    "postgres": {"user": "POSTGRES_USER", "password": "POSTGRES_PASSWORD", "name": "POSTGRES_DB"},
    "mysql": {"user": "MYSQL_USER", "password": "MYSQL_PASSWORD", "name": "MYSQL_DATABASE"},
}
SQL = ("postgres", "mysql")
PASSWORD = "throwaway"  # noqa: S105 -- of a database that is gone a minute later
# In characters: a longer name is not examined.
MAX_NAME = 200
PARTS = {
    "host": r"HOST(?:NAME)?|SERVER|ADDR(?:ESS)?",
    "port": r"PORT",
    "user": r"USER(?:NAME)?|LOGIN",
    "password": r"PASS(?:WORD|WD)?|PWD",
    "name": r"NAME|DB|DATABASE|DBNAME|DB_NAME",
    "url": r"UR[LI]|DSN|BACKEND|LOCATION",
}


@dataclass(frozen=True, kw_only=True)
class ServerBeside:
    """A server that runs beside the app.

    `name` is its host. `user`, `password` and `database` are empty for a server without them.
    `service` is its service in a compose file, None if there is none.
    """

    kind: str
    name: str
    image: str
    user: str = ""
    password: str = ""
    database: str = ""
    service: ComposeService | None = None

    def value_of(self, part: str, known: str = "") -> str:
        """Return the value of a variable for a part of the address; `known` is one elsewhere."""
        if part == "url":
            return self._url(known)
        port = str(PORTS.get(self.kind, ""))
        values = {
            "host": self.name, "port": port, "user": self.user, "password": self.password,
            "name": self.database,
        }  # fmt: skip
        return values[part]

    def _url(self, known: str) -> str:
        named = SCHEME.search(known)
        scheme = named["scheme"] if named else DEFAULT_SCHEME.get(self.kind, "")
        login = f"{self.user}:{self.password}@" if self.user else ""
        path = _path(known) if named and not re.search(r"\s", known) else ""
        if self.database:
            path = f"/{self.database}"
        elif self.kind == "redis" and not path:
            path = "/0"
        return f"{scheme}://{login}{self.name}:{PORTS.get(self.kind, '')}{path}"


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def from_services(
    services: Sequence[ComposeService], known: Mapping[str, str]
) -> list[ServerBeside]:
    """Return the servers that a compose file describes; `known` are values of variables.

    Where the compose file does not start them, their names are those that the input `services`
    takes.
    """
    by_compose = is_whole(services)
    return [
        _from_service(each, known, each.name if by_compose else host_name(each.name))
        for each in services
        if each.image
    ]


def _from_service(service: ComposeService, known: Mapping[str, str], name: str) -> ServerBeside:
    return make_server(
        service.kind,
        name,
        service.image,
        {**known, **_login(service, known), **service.environment},
        service,
    )


def _login(service: ComposeService, known: Mapping[str, str]) -> dict[str, str]:
    """Return what the URL of a service, the value of a variable, says of its user and database."""
    own = OWN_VARIABLES.get(service.kind, {})
    for url in known.values():
        if (found := LOGIN.match(url)) and found["host"] == service.name:
            return {variable: found[part] for part, variable in own.items() if found[part]}
    return {}


def make_server(
    kind: str,
    name: str,
    image: str,
    known: Mapping[str, str],
    service: ComposeService | None = None,
) -> ServerBeside:
    """Return a server with the user and the database that variables name, or usual ones."""
    own = OWN_VARIABLES.get(kind, {})
    if kind not in SQL:
        return ServerBeside(kind=kind, name=name, image=image, service=service)
    user = known.get(own["user"], "") or ("postgres" if kind == "postgres" else "app")
    return ServerBeside(
        kind=kind,
        name=name,
        image=image,
        user=user,
        password=known.get(own["password"], "") or PASSWORD,
        database=known.get(own["name"], "") or ("app" if kind == "mysql" else user),
        service=service,
    )


def part_of(
    variable: str, value: str, servers: Sequence[ServerBeside]
) -> tuple[ServerBeside, str] | None:
    """Return the server that a variable is about, and the part of its address; None without one.

    `value` is a value that the variable has elsewhere, or the text of the line that reads it.
    """
    for server in servers if len(variable) <= MAX_NAME else ():
        for part, ends in PARTS.items():
            if part in ("user", "password", "name") and server.kind not in SQL:
                continue
            words = NAME_WORDS.get(server.kind, "$^")
            if server.kind in (*SQL, "mongo"):
                words += f"|{DATABASE_WORDS}"
            matches = re.fullmatch(rf"(?:\w+_)?(?:{words})(?:_\w+)??_?(?:{ends})", variable)
            if matches and _fits(server, part, value):
                return server, part
    return None


def _fits(server: ServerBeside, part: str, value: str) -> bool:
    """Whether a value is no URL of another kind of server."""
    if part != "url" or "://" not in value:
        return True
    schemes = SCHEMES.get(server.kind, r"https?|smtp")
    return bool(re.search(rf"\b(?:{schemes})(?:\+\w+)?://", value))


def kinds_of(packages: str) -> Iterator[str]:
    """Yield the kinds of servers whose libraries are among an app's packages (in lower case)."""
    for kind, names in (
        ("postgres", r"psycopg(?:2|2-binary)?|asyncpg|pg8000|pg|pg-promise|postgres"),
        ("mysql", r"mysqlclient|pymysql|aiomysql|mysql2?"),
        ("mongo", r"pymongo|motor|mongoose|mongodb|mongoengine|beanie"),
        ("redis", r"redis|django-redis|ioredis|connect-redis|celery\[redis\]|channels[-_]redis"),
        ("rabbitmq", r"pika|aio-pika|amqplib"),
    ):  # fmt: skip
        if re.search(rf"(?:^|[\"'\s])(?:{names})(?=[\"'\s\[=<>!~;,]|$)", packages, re.MULTILINE):
            yield kind
