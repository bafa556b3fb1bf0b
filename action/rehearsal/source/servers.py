"""The servers of web apps: how to recognise one in a command, and where its address stands."""

import re
from collections.abc import Sequence

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.changes import Change
from rehearsal.source.command_line import CommandLine

ALL_ADDRESSES = "0.0.0.0"  # noqa: S104 -- what an app in a container has to listen on
LOOPBACK = r"(?:127\.\d+\.\d+\.\d+|localhost|\[::1\]|::1)"
ANY_IPV6 = r"(?:\[::\]|::)"
# A host, alone or before a port: an address that is not reachable, or a variable.
HOST = regex(rf"(?P<scheme>\w+://)?(?P<host>{LOOPBACK}|{ANY_IPV6}|\$\{{?\w+\}}?)(?P<port>:\S+)?")
# In the words that set an address.
PORT = "PORT"
OPERATORS = frozenset({"&&", "||", ";", "|", "&", "\n"})


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server: a pattern of its program, and the `words` that follow it (`run`).

    Its address follows one of `flags`; without flags it is a word of its own. `added` sets it, with
    PORT for the port; without `added` the command cannot say it.
    """

    name: str
    program: str
    flags: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def _server(name: str, flags: str, added: str, words: str = "", program: str = "") -> Server:
    return Server(
        name=name,
        program=program or re.escape(name),
        flags=tuple(flags.split()),
        added=tuple(added.split()),
        words=tuple(words.split()),
    )


PYTHON_PROGRAM = r"python[\d.]*|manage\.py|django-admin"
SERVERS = (
    _server("gunicorn", "--bind -b", "--bind 0.0.0.0:PORT"),
    _server("uvicorn", "--host", "--host 0.0.0.0"),
    _server("hypercorn", "--bind -b", "--bind 0.0.0.0:PORT"),
    _server("daphne", "--bind -b", "-b 0.0.0.0"),
    _server("granian", "--host", "--host 0.0.0.0"),
    _server("waitress", "--listen --host", "--listen=0.0.0.0:PORT", "", "waitress-serve"),
    # Without an option its file of settings says it, and an option would be a second address.
    _server("uwsgi", "--http --http-socket", ""),
    _server("flask", "--host -h", "--host 0.0.0.0", "run"),
    _server("fastapi", "--host", "--host 0.0.0.0", "run"),
    _server("fastapi", "--host", "--host 0.0.0.0", "dev"),
    _server("runserver", "", "0.0.0.0:PORT", "runserver", PYTHON_PROGRAM),
    _server("http.server", "--bind -b", "--bind 0.0.0.0", "-m http.server", PYTHON_PROGRAM),
    _server("streamlit", "--server.address", "--server.address=0.0.0.0", "run"),
    _server("puma", "--bind -b", "-b tcp://0.0.0.0:PORT"),
    _server("rails", "--binding -b", "-b 0.0.0.0", "server"),
    _server("rails", "--binding -b", "-b 0.0.0.0", "s"),
    _server("laravel", "--host", "--host=0.0.0.0", "artisan serve", "php"),
    _server("php", "-S", "-S 0.0.0.0:PORT"),
    _server("next", "--hostname -H", "-H 0.0.0.0", "start"),
    _server("vite", "--host", "--host 0.0.0.0", "preview"),
    _server("apache", "", "", "", "apache2-foreground|httpd"),
    *(_server(name, "", "") for name in ("nginx", "caddy")),
    *(_server(name, "", "", "start") for name in ("npm", "yarn", "pnpm")),
    _server("npm", "", "", "run start"),
    *(_server(name, "", "") for name in ("node", "deno", "bun", "java", "dotnet")),
    _server("python", "", "", "", r"python[\d.]*"),
)


def find_server(words: Sequence[str]) -> tuple[Server, int] | None:
    """Return the server that a command starts, and the index of the last word that names it.

    `python -m gunicorn` and `uv run gunicorn` are gunicorn, too.
    """
    for server in SERVERS:
        for index, word in enumerate(words):
            if re.fullmatch(server.program, word.rpartition("/")[2]):
                last = _last_word(server, words, index)
                if last >= 0:
                    return server, last
    return None


def _last_word(server: Server, words: Sequence[str], index: int) -> int:
    """Return the index of the last of the server's words after its program, -1 if one lacks."""
    for wanted in server.words:
        try:
            index = words.index(wanted, index + 1)
        except ValueError:
            return -1
    return index


def bind_to_all(command: CommandLine, port: str) -> Change | None:
    """Return the change that lets a command's server listen on all IPv4 addresses.

    None if the command cannot say where its server listens, or says it already.
    """
    found = find_server(command.texts)
    if not found:
        return None
    server, last = found
    has_port = bool(server.added) and server.added[-1].endswith(PORT)
    place = _address(server, command.texts, last)
    if not place and not server.added:
        return None
    if not place:
        return command.insert_after(last, *(each.replace(PORT, port) for each in server.added))
    index, before, address = place
    if address.isdigit() and has_port:
        return command.replace(index, f"{before}{ALL_ADDRESSES}:{address}")
    if not (known := HOST.fullmatch(address)):
        return None
    new_port = known["port"] or (f":{port}" if has_port else "")
    return command.replace(index, f"{before}{known['scheme'] or ''}{ALL_ADDRESSES}{new_port}")


def _address(server: Server, texts: Sequence[str], last: int) -> tuple[int, str, str] | None:
    """Return the word that has the server's address: its index, what is before it, and it."""
    for index, text in enumerate(texts[last + 1 :], last + 1):
        if text in OPERATORS:
            break
        if (
            server.added
            and not server.flags
            and (text.isdigit() or HOST.fullmatch(text) or ":" in text)
        ):
            return index, "", text
        for flag in server.flags:
            if text == flag and index + 1 < len(texts):
                return index + 1, "", texts[index + 1]
            if text.startswith(f"{flag}="):
                return index, f"{flag}=", text.removeprefix(f"{flag}=")
            if len(flag) == len("-b") and text.startswith(flag) and text != flag:
                return index, flag, text.removeprefix(flag)
    return None
