"""What programs print when they cannot use a database or Redis, in their own words.

Recorded from the clients, in action/tests/diagnosis/unreachable; those of Prisma, dockerize and
busybox are from their source.
"""

import re

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex

POSTGRES, MYSQL, MONGO, REDIS = "PostgreSQL", "MySQL", "MongoDB", "Redis"
# The ports on which each listens unless it is told otherwise.
PORTS = {
    "5432": POSTGRES, "5433": POSTGRES, "6432": POSTGRES, "3306": MYSQL, "3307": MYSQL,
    "27017": MONGO, "6379": REDIS, "6380": REDIS,
}  # fmt: skip
# What went wrong.
UNRESOLVED, REFUSED, SILENT = "unresolved", "refused", "silent"
PASSWORD, NO_DATABASE, NO_USER, STARTING = "password", "no-database", "no-user", "starting"

HOST, PORT = r"\[?(?P<host>[\w.:-]+?)\]?", r"(?P<port>\d+)"
AT = rf"{HOST}:{PORT}"
QUOTED = r"[`'\"]"


@dataclass(frozen=True, kw_only=True)
class Words:
    """`says` is a regular expression; its groups are host, port, user and database.

    `server` is empty for words of any program; then the port or the name of the host tells it.
    """

    says: re.Pattern[str]
    problem: str
    server: str = ""


def _words(server: str, **says: tuple[str, ...]) -> tuple[Words, ...]:
    return tuple(
        Words(says=regex(each, re.MULTILINE), problem=problem.replace("_", "-"), server=server)
        for problem, patterns in says.items()
        for each in patterns
    )


# libpq, with which most programs ask Postgres, and what has its own client.
OF_POSTGRES = _words(
    POSTGRES,
    unresolved=(
        r"could not translate host name \"(?P<host>[^\"\n]+)\" to address",
        r"failed to resolve host '(?P<host>[^'\n]+)'",
        # The exception names no host.
        (
            r"^  File \"\S*/asyncpg/connection\.py\".*\n(?:[ \t].*\n){0,90}"
            r"socket\.gaierror: \[Errno -\d+\] .*"
        ),
        (
            r"PSQLException: The connection attempt failed\.$(?:\n[ \t].*)*"
            r"\nCaused by: java\.net\.UnknownHostException: (?P<host>\S+)"
        ),
    ),
    refused=(
        # psycopg, which tries all addresses of a name.
        rf"^- host: '{HOST}', port: '?{PORT}'?, hostaddr: .*",
        (
            rf"connection to server at \"{HOST}\"(?: \([^)\n]+\))?, port {PORT} failed: "
            r"(?:Connection refused|timeout expired|Connection timed out|No route to host)"
        ),
        (
            rf"Is the server running on host \"{HOST}\"(?: \([^)\n]+\))? and accepting\n"
            rf"\s*TCP/IP connections on port {PORT}\?"
        ),
        (
            r"(?P<socket>(?:server on socket|Unix domain socket) "
            r"\"[^\"\n]+/\.s\.PGSQL\.(?P<port>\d+)\")"
        ),
        rf"PSQLException: Connection to {AT} refused",
    ),
    silent=(rf"^{AT} - no response$",),
    password=(
        r"password authentication failed for user \"(?P<user>[^\"\n]+)\"",
        r"no password supplied$",
        r"SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be .*",
    ),
    no_user=(r"(?:FATAL: +|[Ee]rror: |pq: |\): )role \"(?P<user>[^\"\n]+)\" does not exist",),
    no_database=(
        r"(?:FATAL: +|[Ee]rror[:\]]+ |pq: |\): )database \"(?P<database>[^\"\n]+)\" does not exist",
    ),
    starting=(r"the database system is (?:starting up|not yet accepting connections)",),
)
OF_MYSQL = _words(
    MYSQL,
    unresolved=(
        r"Unknown (?:MySQL |MariaDB )?server host '(?P<host>[^'\n]+)'",
        r"Can't connect to (?:MySQL |MariaDB )?server on '(?P<host>[^'\n]+)' \(\[Errno -\d+\]",
        r"Socket fail to connect to host:(?P<host>[^,\s]+), port:(?P<port>\d+)\. (?!Connection)",
        r"SQLSTATE\[HY000\] \[2002\] php_network\w+: getaddrinfo for (?P<host>\S+) failed",
    ),
    refused=(
        (
            r"Can't connect to (?:MySQL |MariaDB )?server on "
            r"'(?P<host>[^':\n]+)(?::(?P<port>\d+))?' \((?!\[Errno -)"
        ),
        r"(?P<socket>Can't connect to local (?:MySQL |MariaDB )?server through socket '[^'\n]+')",
        r"Socket fail to connect to host:(?P<host>[^,\s]+), port:(?P<port>\d+)\. Connection",
        r"(?P<socket>SQLSTATE\[HY000\] \[2002\] No such file or directory)",
        r"SQLSTATE\[HY000\] \[2002\] Connection refused",
    ),
    password=(r"Access denied for user '(?P<user>[^'\n]*)'@'[^'\n]*' \(using password: \w+\)",),
    no_database=(
        (
            r"Access denied for user '(?P<user>[^'\n]*)'@'[^'\n]*' "
            r"to database '(?P<database>[^'\n]+)'"
        ),
        r"Unknown database '(?P<database>[^'\n]+)'",
    ),
)
OF_MONGO = _words(
    MONGO,
    unresolved=(
        r"Mongo\w*Error: getaddrinfo \w+ (?P<host>[\w.-]+)",
        r"ServerSelectionTimeoutError: (?P<host>[\w.-]+):(?P<port>\d+): \[Errno -\d+\]",
    ),
    refused=(
        rf"Mongo\w*Error: connect ECONNREFUSED {AT}$",
        rf"ServerSelectionTimeoutError: {AT}: \[Errno \d+\]",
    ),
)
OF_REDIS = _words(
    REDIS,
    unresolved=(
        rf"Error -\d+ connecting to {AT}\.",
        rf"Error connecting to Redis on {AT} \(SocketError\)",
        rf"Could not connect to Redis at {AT}: (?!Connection)",
    ),
    refused=(
        rf"Error [^-\n][^\n]{{0,200}}? connecting to {AT}\.",
        rf"Error connecting to Redis on {AT} \(Errno::",
        rf"Could not connect to Redis at {AT}: Connection",
        r"RedisException: Connection refused",
    ),
    password=(
        r"invalid username-password pair or user is disabled",
        r"NOAUTH Authentication required",
        r"HELLO must be called with the client already authenticated",
        r"AUTH <password> called without any password configured",
        r"Client sent AUTH, but no password is set",
    ),
)
# Of ORMs and programs that wait: the port tells the server, or the name of the host.
OF_OTHERS = (
    *_words(
        "",
        unresolved=(
            rf"Problem with dial tcp://{AT}: dial tcp: lookup ",
            rf"nc: getaddrinfo for host \"(?P<host>[^\"\n]+)\" port {PORT}:",
            rf"/dev/tcp/(?P<host>[^/\s]+)/{PORT}: Invalid argument",
            r"^nc: bad address '(?P<host>[^'\n]+)'",
        ),
        refused=(
            rf"Problem with dial tcp://{AT}: (?!dial tcp: lookup)",
            rf"nc: connect to (?P<host>\S+) (?:\([^)\n]+\) )?port {PORT} \(tcp\) failed",
            rf"/dev/tcp/(?P<host>[^/\s]+)/{PORT}: Connection refused",
        ),
        silent=(
            (
                rf"Can't reach database server at {QUOTED}(?P<host>[\w.-]+){QUOTED}?"
                rf":{QUOTED}?(?P<port>\d+)"
            ),
            rf"timeout occurred after waiting \d+ seconds for {AT}$",
            rf"Timeout after \S+ waiting on dependencies to become available: \[tcp://{AT}\b",
            rf"Timed out waiting for: tcp:{AT}$",
            rf"^\S+: waiting (?:\d+ seconds )?for {AT}(?: without a timeout)?$",
        ),
        password=(
            (
                r"Authentication failed against (?:the )?database server[^`\n]{0,100}"
                r"(?:`[^`\n]+`, the provided database )?credentials for `(?P<user>[^`\n]+)`"
            ),
        ),
        no_database=(r"Database `(?P<database>[^`\n]+)` does not exist on the database server",),
    ),
)
# Words of every program for every server: believed only if the port or the host's name says which.
ANY_SERVER = _words(
    "",
    unresolved=(
        r"\b(?:ENOTFOUND|EAI_AGAIN) (?P<host>[\w.-]+)(?::(?P<port>\d+))?",
        r"\blookup (?P<host>[\w.-]+)(?: on \S+)?: (?:no such host|server misbehaving)",
        r"\bgetaddrinfo for (?P<host>[\w.-]+) failed",
    ),
    refused=(
        rf"\bECONNREFUSED {AT}$",
        rf"\bdial tcp {AT}: connect: connection refused",
        rf"Connect call failed \('(?P<host>[^'\n]+)', {PORT}\b",
    ),
)
# What scripts print while they wait: it counts if nothing more comes.
_WAITING = r"^\W{{0,5}}(?:[Ww]aiting for (?:the )?{name}|{name} (?:is|was) (?:un|not )\w+).*"
_END = r"(?:\n.*){0,2}\Z"
AT_THE_END = tuple(
    Words(
        says=regex(_WAITING.format(name=f"(?:{name})\\b") + _END, re.MULTILINE),
        problem=SILENT,
        server=server,
    )
    for server, name in (
        (POSTGRES, r"[Pp]ostgres\w*|PostgreSQL|[Dd]atabase|[Dd]b|DB"),
        (MYSQL, r"[Mm]y[Ss][Qq][Ll]|[Mm]aria[Dd][Bb]"),
        (MONGO, r"[Mm]ongo\w*"),
        (REDIS, r"[Rr]edis|[Vv]alkey"),
    )
)
# After one of these the server was there.
REACHED = regex(r"is available after \d+ seconds|\bConnected to (?:redis|tcp)://")
