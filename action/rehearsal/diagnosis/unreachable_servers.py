"""Which database or Redis the app could not use, compared with the services that there are."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from rehearsal.dataclass import dataclass
from rehearsal.diagnosis.companions import Companions, Service, read_companions
from rehearsal.diagnosis.facts import (
    DATABASE_SERVER,
    DATABASE_WORDS,
    FAILED_STEP,
    REDIS_SERVER,
    REDIS_WORDS,
    WORKER_LOG,
    Facts,
)
from rehearsal.diagnosis.unreachable_words import (
    ANY_SERVER,
    AT_THE_END,
    MONGO,
    MYSQL,
    OF_MONGO,
    OF_MYSQL,
    OF_OTHERS,
    OF_POSTGRES,
    OF_REDIS,
    PORTS,
    POSTGRES,
    REACHED,
    REDIS,
    Words,
)
from rehearsal.regex import regex
from rehearsal.results.file_names import ASKED_AGAIN_LOG, BEFORE_LOG, CONTAINER_LOG, SETUP_LOG
from rehearsal.verdict import Verdict

LOGS = (SETUP_LOG, BEFORE_LOG, CONTAINER_LOG, ASKED_AGAIN_LOG, WORKER_LOG)
LOGS_BY_VERDICT = {
    Verdict.BUILD_FAILED: (FAILED_STEP,),
    # What the app says while tests run for too long may be old.
    Verdict.TIMED_OUT: (SETUP_LOG, BEFORE_LOG),
}
# Words of clients; a log that has any of them needs no guess.
KNOWN_WORDS = (*OF_POSTGRES, *OF_MYSQL, *OF_MONGO, *OF_REDIS, *OF_OTHERS)
# Without any of these a log has none of the words; most logs are passed over by that.
LIKELY = regex(
    r"translate host|- host: |refused|REFUSED|resolve|server|Server|database|NOTFOUND|EAI_AGAIN"
    r"|password|PASS|AUTH|connect|[Ww]aiting|Timeout|Timed out|socket|role \"|no response|SQLSTATE"
    r"|getaddrinfo|nc: |/dev/tcp/|dial tcp|unavailable"
)
LOOPBACK = regex(r"localhost|127(?:\.\d+){3}|::1|0\.0\.0\.0")
ADDRESS = regex(r"\d+(?:\.\d+){3}|[\da-fA-F]*:[\da-fA-F:]+")
# What people call such servers, as their host names.
NAMES = (
    (regex(r"post?gres|psql|pgsql|\bpg|pg\b"), POSTGRES),
    (regex(r"mysql|maria"), MYSQL),
    (regex(r"mongo"), MONGO),
    (regex(r"redis|valkey|\bcache\b"), REDIS),
)
A_DATABASE = regex(r"\bdb\b|database")
# Words of the clients in a traceback.
CLIENTS = (
    (regex(r"mysql", re.IGNORECASE), MYSQL),
    (regex(r"ioredis|@redis/|\bRedis", re.IGNORECASE), REDIS),
)
DATABASES = frozenset({POSTGRES, MYSQL, MONGO})
# What a client says on the lines around its error, in lines.
AROUND = 8


@dataclass(frozen=True, kw_only=True)
class Unreachable:
    """A server that the app could not use: what it is, the address as far as it is known, and why.

    `host` may be an IP address. `lines` are those of the log that say it.
    """

    server: str
    problem: str
    host: str = ""
    port: str = ""
    user: str = ""
    database: str = ""
    lines: tuple[str, ...] = ()

    @property
    def asked(self) -> str:
        """The address in one word."""
        return ":".join(filter(None, (self.host, self.port)))

    @property
    def is_here(self) -> bool:
        """Whether the address is that of the container itself."""
        return bool(LOOPBACK.fullmatch(self.host))


def find_unreachable(facts: Facts, servers: Iterable[str]) -> Unreachable | None:
    """Return the server, of one of these kinds, that a log says could not be used."""
    wanted, companions = frozenset(servers), read_companions(facts)
    for words in (KNOWN_WORDS, ANY_SERVER, AT_THE_END):
        for log in LOGS_BY_VERDICT.get(facts.verdict, LOGS):
            text = facts.text(log)
            if text and LIKELY.search(text):
                found = list(_find(text, words, wanted, companions))
                if found:
                    return max(found, key=lambda each: each[0])[1]
    return None


def unreachable_lines(facts: Facts) -> dict[str, tuple[str, ...]]:
    """Return the lines about the database and about Redis, and the app's words for each.

    The first is `PROBLEM STATE`. The state is `none` (there are no services), `other` (none has the
    name that was asked for), `named` (one has it), `here` (the app asked its own container),
    `network` (the network is the caller's), `outside` (a name with dots) or `build` (an instruction
    of the Dockerfile asked). Then come `server`,
    `asked` (an address), and what is known of `host`, `port`, `user`, `database`, `service` (the
    one that fits), `services` (the names of all).
    """
    lines: dict[str, tuple[str, ...]] = {}
    for source, words, kinds in (
        (DATABASE_SERVER, DATABASE_WORDS, DATABASES),
        (REDIS_SERVER, REDIS_WORDS, {REDIS}),
    ):
        if found := find_unreachable(facts, kinds):
            lines |= {source: tuple(_lines(facts, found)), words: found.lines}
    return lines


def fitting_service(companions: Companions, found: Unreachable) -> Service | None:
    """Return the service that the app means, None if there is none or several may be meant."""
    for each in companions.services:
        if each.name == found.host:
            return each
    fits = [
        each
        for each in companions.services
        if server_of(each.image.rpartition("/")[2]) == found.server
        or server_of(each.name) == found.server
    ]
    return fits[0] if len(fits) == 1 else None


def server_of(name: str) -> str:
    """Return what a server with this name is, empty if the name does not tell."""
    return next((server for pattern, server in NAMES if pattern.search(name)), "")


def _lines(facts: Facts, found: Unreachable) -> Iterator[str]:
    companions = read_companions(facts)
    service = fitting_service(companions, found)
    yield f"{found.problem} {_state(facts, companions, found)}"
    yield f"server {found.server}"
    yield f"asked {found.asked or 'an address that no log tells'}"
    known = {
        "host": found.host,
        "port": found.port,
        "user": found.user,
        "database": found.database,
        "service": service.name if service else "",
        "services": _in_words([each.name for each in companions.services]),
    }
    yield from (f"{name} {value}" for name, value in known.items() if value)


def _state(facts: Facts, companions: Companions, found: Unreachable) -> str:
    names = {each.name for each in companions.services}
    if facts.verdict is Verdict.BUILD_FAILED:
        return "build"
    if found.is_here:
        return "here"
    if found.host in names or (names and (not found.host or ADDRESS.fullmatch(found.host))):
        return "named"
    if "." in found.host and not ADDRESS.fullmatch(found.host):
        return "outside"
    if names:
        return "other"
    return "network" if "network given" in facts.lines.get("inputs", ()) else "none"


def _in_words(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1] if names else "")))


def _find(
    text: str, words: Iterable[Words], wanted: frozenset[str], companions: Companions
) -> Iterator[tuple[tuple[int, int], Unreachable]]:
    """Yield what the words say, each with its place: the line, and how early the words are."""
    reached = max((found.end() for found in REACHED.finditer(text)), default=0)
    for rank, each in enumerate(words):
        last = next(iter(deque(each.says.finditer(text), maxlen=1)), None)
        if last is None or last.start() < reached:
            continue
        values = {name: value for name, value in last.groupdict().items() if value}
        if values.pop("socket", ""):
            values["host"] = "localhost"
        server = each.server or _guess(text, last, values, companions)
        if server in wanted:
            values = _completed(values, companions.asked(server))
            place = text.count("\n", 0, last.end()), -rank
            yield (
                place,
                Unreachable(
                    server=server, problem=each.problem, lines=_whole_lines(text, last), **values
                ),
            )


def _completed(values: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Return the values of an address, with what the app's variables say of it."""
    values = {**known, **values}
    host = values.get("host", "")
    if LOOPBACK.fullmatch(host):
        return {**values, "host": "localhost"}
    if ADDRESS.fullmatch(host):
        # It is that of a name, which a client has resolved.
        return {**values, "host": known.get("host", host)}
    return values


def _guess(
    text: str, match: re.Match[str], values: Mapping[str, str], companions: Companions
) -> str:
    """Return what the server is: by its port, by its name, or by what says it nearby."""
    host, port = values.get("host", ""), values.get("port", "")
    if port:
        return PORTS.get(port, "") or companions.server_of(host)
    if known := server_of(host) or companions.server_of(host):
        return known
    if host and not A_DATABASE.search(host):
        return ""
    before = text[: match.start()].rsplit("\n", AROUND)[1:]
    after = text[match.end() :].split("\n", AROUND + 1)[:-1]
    nearby = "\n".join((*before, *after))
    return next((server for pattern, server in CLIENTS if pattern.search(nearby)), POSTGRES)


def _whole_lines(text: str, match: re.Match[str]) -> tuple[str, ...]:
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    return (text[start : end if end != -1 else len(text)].rsplit("\n", maxsplit=1)[-1],)
