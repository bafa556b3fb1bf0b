"""Read from the real words of clients which server they could not use."""

import re
from pathlib import Path

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import DATABASE_SERVER, DATABASE_WORDS, REDIS_SERVER, Facts
from rehearsal.diagnosis.hopeless_cause import find_hopeless_cause
from rehearsal.diagnosis.rules import diagnose
from rehearsal.diagnosis.unreachable_servers import unreachable_lines
from rehearsal.verdict import Verdict

SOURCES = {"database": DATABASE_SERVER, "redis": REDIS_SERVER}
# Recorded from the clients, against servers of Debian; each part says what its log means.
PARTS = [
    (f"{file.stem}: {says}", says, log)
    for file in sorted((Path(__file__).parent / "unreachable").glob("*.txt"))
    for says, log in re.findall(r"^### (.+)\n((?:(?!### ).*\n)*)", file.read_text(), re.MULTILINE)
]
# These words name no host at all.
NO_HOST = re.compile(r"asyncpg|\[2002\] Connection refused|RedisException: Connection refused")
# The host `idle`, of which some clients tell the address alone.
IDLE = {"host idle", "host 172.18.0.9"}
NO_SUCH_HOST = 'could not translate host name "db" to address: Name or service not known'


def facts_of(
    log: str, *companions: str, source: str = "container.log", network: str = "none"
) -> Facts:
    lines = {
        source: tuple(log.splitlines()),
        "companions": companions,
        "inputs": (f"network {network}",),
    }
    facts = Facts(verdict=Verdict.CRASHED, lines=lines)
    return Facts(verdict=Verdict.CRASHED, lines={**lines, **unreachable_lines(facts)})


@pytest.mark.parametrize("says, log", [part[1:] for part in PARTS], ids=[part[0] for part in PARTS])
def test_unreachable__real_words(says: str, log: str) -> None:
    cause, problem, *hosts = says.partition(" #")[0].split(" ")
    facts = facts_of(log)
    (source,) = (each for each in SOURCES.values() if each in facts.lines)
    assert source == SOURCES[cause]
    assert facts.lines[source][0].split(" ")[0] == problem
    for host in hosts:
        asked = {each for each in facts.lines[source] if each.startswith("host ")}
        assert asked <= (IDLE if host == "idle" else {f"host {host}"})
        assert asked or NO_HOST.search(log)
    (found,) = diagnose(facts, CAUSES)
    assert found.id == f"{cause}-unreachable"
    assert set(found.matching_lines) <= set(log.splitlines())


@pytest.mark.parametrize(
    "log, says",
    [
        # Alpine's C library says it in other words, and the network's name server may not answer.
        (
            'could not translate host name "db" to address: Name does not resolve',
            "unresolved none\nserver PostgreSQL\nasked db\nhost db",
        ),
        (
            "Error: P1001: Can't reach database server at `db:5432`",
            "silent none\nserver PostgreSQL\nasked db:5432\nhost db\nport 5432",
        ),
        (
            "Can't reach database server at `mysql`:`3306`",
            "silent none\nserver MySQL\nasked mysql:3306\nhost mysql\nport 3306",
        ),
        (
            ("Authentication failed against database server, the provided database credentials for "
            "`app` are not valid."),
            "password none\nserver PostgreSQL\nasked an address that no log tells\nuser app",
        ),
        (
            "Database `shop` does not exist on the database server at `db:5432`.",
            ("no-database none\nserver PostgreSQL\nasked an address that no log tells\n"
            "database shop"),
        ),
        (
            ("2026/01/02 Problem with dial tcp://db:5432: dial tcp: lookup db on 127.0.0.11:53: no "
            "such host. Sleeping 1s"),
            "unresolved none\nserver PostgreSQL\nasked db:5432\nhost db\nport 5432",
        ),
        (
            "Timeout after 10s waiting on dependencies to become available: [tcp://db:3306]",
            "silent none\nserver MySQL\nasked db:3306\nhost db\nport 3306",
        ),
        ("nc: bad address 'db'", "unresolved none\nserver PostgreSQL\nasked db\nhost db"),
        (
            ('could not connect to server: Connection refused\n\tIs the '
            'server running on host "db" '
            "(172.18.0.2) and accepting\n\tTCP/IP connections on port 5432?"),
            "refused none\nserver PostgreSQL\nasked db:5432\nhost db\nport 5432",
        ),
        (
            "FATAL:  the database system is starting up",
            "starting none\nserver PostgreSQL\nasked an address that no log tells",
        ),
        (
            "Waiting for postgres...",
            "silent none\nserver PostgreSQL\nasked an address that no log tells",
        ),
        (
            "Postgres is unavailable - sleeping\nPostgres is unavailable - sleeping",
            "silent none\nserver PostgreSQL\nasked an address that no log tells",
        ),
        (
            "migrating\nWaiting for the database\n",
            "silent none\nserver PostgreSQL\nasked an address that no log tells",
        ),
        (
            "pymongo.errors.ServerSelectionTimeoutError: mongo:27017: [Errno -2] Name or service",
            "unresolved none\nserver MongoDB\nasked mongo:27017\nhost mongo\nport 27017",
        ),
    ],
)  # fmt: skip
def test_unreachable__other_words(log: str, says: str) -> None:
    assert "\n".join(facts_of(log).lines[DATABASE_SERVER]) == says


@pytest.mark.parametrize(
    "log",
    [
        "Error: getaddrinfo ENOTFOUND api.example.com",
        "Error: connect ECONNREFUSED 127.0.0.1:3000",
        "dial tcp: lookup mail on 127.0.0.11:53: no such host",
        (
            "wait-for-it: waiting 15 seconds for db:5432\nwait-for-it: "
            "db:5432 is available after 2 "
            "seconds"
        ),
        "dial tcp 127.0.0.1:9000: connect: connection refused",
        "DETAIL:  host is up to date",
        "Waiting for postgres...\nPostgreSQL started\nOperations to perform:\n  Apply all: shop",
    ],
)
def test_unreachable__other_servers_and_those_that_were_reached(log: str) -> None:
    assert not unreachable_lines(facts_of(log))


@pytest.mark.parametrize(
    "asked, companions, network, state",
    [
        ("db", (), "none", "unresolved none"),
        ("db", (), "given", "unresolved network"),
        ("db", ("service db postgres:17",), "none", "unresolved named\nservice db"),
        ("db", ("service pg postgres:17",), "none", "unresolved other\nservice pg"),
        ("db", ("service pg my/image:1",), "none", "unresolved other\nservice pg"),
        ("db", ("service redis redis:8",), "none", "unresolved other"),
        ("db.example.com", ("service pg postgres:17",), "none", "unresolved outside\nservice pg"),
        ("localhost", ("service pg postgres:17",), "none", "unresolved here\nservice pg"),
        (
            "db",
            ("service one postgres:17", "service two postgres:17"),
            "none",
            "unresolved other",
        ),
    ],
)
def test_unreachable__compared_with_the_services(
    asked: str, companions: tuple[str, ...], network: str, state: str
) -> None:
    log = NO_SUCH_HOST.replace("db", asked)
    lines = facts_of(log, *companions, network=network).lines[DATABASE_SERVER]
    assert "\n".join((lines[0], *(each for each in lines if each.startswith("service ")))) == state


def test_unreachable__what_the_variables_say() -> None:
    """psycopg tells the address of a name, and never the user or the database."""
    log = 'connection to server at "172.18.0.2", port 5432 failed: Connection refused'
    companions = (
        "host DATABASE_URL db postgres",
        "user DATABASE_URL app postgres",
        "host REDIS_URL cache redis",
        "database MYSQL_DATABASE other",
    )
    assert facts_of(log, *companions).lines[DATABASE_SERVER] == (
        "refused none",
        "server PostgreSQL",
        "asked db:5432",
        "host db",
        "port 5432",
        "user app",
    )


def test_unreachable__the_last_words_count() -> None:
    """At first it did not listen; then it did, and refused the password."""
    log = (
        'connection to server at "db" (172.18.0.2), port 5432 failed: Connection refused\n'
        'connection to server at "db" (172.18.0.2), port 5432 failed: FATAL:  password '
        'authentication failed for user "app"'
    )
    facts = facts_of(log)
    assert facts.lines[DATABASE_SERVER][0] == "password none"
    assert facts.lines[DATABASE_WORDS] == (log.split("\n")[1],)


def test_unreachable__both_at_once() -> None:
    log = f"{NO_SUCH_HOST}\nError -2 connecting to cache:6379. Name or service not known."
    found = [each.id for each in diagnose(facts_of(log), CAUSES)]
    assert found == ["database-unreachable", "redis-unreachable"]


@pytest.mark.parametrize("source", ["before.log", "setup.log", "log of the worker"])
def test_unreachable__in_each_log_of_the_app(source: str) -> None:
    assert DATABASE_SERVER in facts_of(NO_SUCH_HOST, source=source).lines


@pytest.mark.parametrize("log, found", [("before.log", True), ("container.log", False)])
def test_unreachable__when_the_time_is_up(log: str, found: bool) -> None:
    """An ENTRYPOINT that waits for ever keeps before-command from its turn."""
    facts = Facts(verdict=Verdict.TIMED_OUT, lines={log: ("Waiting for postgres...",)})
    assert bool(unreachable_lines(facts)) == found


def test_unreachable__in_a_build() -> None:
    """Only the step that failed counts."""
    lines = {
        "failed step": ("RUN migrate", NO_SUCH_HOST),
        "container.log": ("nc: bad address 'x'",),
    }
    facts = Facts(verdict=Verdict.BUILD_FAILED, lines=lines)
    (found,) = diagnose(Facts(verdict=facts.verdict, lines=unreachable_lines(facts)), CAUSES)
    assert found.title.startswith("An instruction of the Dockerfile asks for PostgreSQL at db,")


@pytest.mark.parametrize("network, found", [("none", "database-unreachable"), ("given", None)])
def test_unreachable__waiting_for_a_name_that_nobody_has(network: str, found: str | None) -> None:
    """In the network of somebody else, a service may still be started."""
    lines = {"container.log": (NO_SUCH_HOST,), "inputs": (f"network {network}",)}
    cause = find_hopeless_cause(Facts(verdict=Verdict.NOT_READY, lines=lines))
    assert (cause.id if cause else None) == found
