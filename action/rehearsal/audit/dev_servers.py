"""The servers of frameworks that are for development only: how to recognise one."""

import re

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex

# Before the name of a program: its interpreter and that one's options, what runs programs.
START = (
    r"(?:(?:python|pypy|node|nodejs|bun|deno|ruby)[\d.]*(?: -\S+)* )?"
    r"(?:(?:npx|bunx|bundle exec|(?:uv|poetry|pipenv|pdm) run|(?:npm|pnpm|yarn) exec) )*"
)
# Words between the name of a program and what makes it a server for development.
WORDS = r"(?: \S+)*?"
END = r"(?![^\s=])"
DJANGO = "gunicorn PROJECT.wsgi, or uvicorn PROJECT.asgi:application"
NODE = "build the pages in the Dockerfile, and serve the result with nginx or the like"


@dataclass(frozen=True, kw_only=True)
class DevServer:
    """A server for development.

    `command` matches the command of its process, without the folders of its words; `header` the
    response header Server. `instead` says what serves the same app in production.
    """

    name: str
    command: re.Pattern[str] | None = None
    header: re.Pattern[str] | None = None
    instead: str


def _server(name: str, instead: str, command: str = "", header: str = "") -> DevServer:
    return DevServer(
        name=name,
        command=regex(START + command + END) if command else None,
        header=regex(header) if header else None,
        instead=instead,
    )


def _reloading(name: str) -> DevServer:
    """Return a server that is for development when it watches its files."""
    instead = "the same command without --reload"
    return _server(f"{name} --reload", instead, rf"{name}{WORDS} --reload")


# Source: what the documentation of each says about production.
DEV_SERVERS = (
    _server("Django's runserver", DJANGO, rf"\S+{WORDS} runserver(?:_plus)?"),
    _server("Flask's own server", "gunicorn MODULE:app", rf"flask{WORDS} run", "Werkzeug/"),
    _server("Quart's own server", "hypercorn MODULE:app", rf"quart{WORDS} run"),
    _server("fastapi dev", "fastapi run, or uvicorn MODULE:app", rf"fastapi{WORDS} dev"),
    _reloading("gunicorn"),
    _reloading("uvicorn"),
    _reloading("hypercorn"),
    _reloading("granian"),
    _server("Python's http.server", "nginx, or a server for the app's framework",
            r"(?:http\.server|SimpleHTTPServer)", r"(?:Simple|Base)HTTP/"),
    # runserver has it, too: that is found by its process first.
    _server("Python's wsgiref", "gunicorn MODULE:application", header="WSGIServer/"),
    _server("nodemon", "node FILE", "nodemon"),
    _server("node --watch", "node FILE", r"node(?: -\S+)* --watch(?:-path)?"),
    _server("tsx watch", "node FILE, after tsc in the Dockerfile", "tsx watch"),
    _server("ts-node-dev", "node FILE, after tsc in the Dockerfile", "(?:ts-node-dev|tsnd)"),
    _server("nest start --watch", "node dist/main", rf"nest start{WORDS} --watch"),
    _server("Vite's own server", NODE, r"vite(?:\.js)?(?! build)"),
    # While it serves or watches, it calls its process just webpack.
    _server("webpack's own server", NODE,
            rf"(?:webpack(?:\.js|-cli)?{WORDS} (?:serve|server|s)|webpack$)"),
    _server("webpack's own server", NODE, r"webpack-dev-server(?:\.js)?"),
    _server("next dev", "next start, after next build in the Dockerfile", rf"next{WORDS} dev"),
    _server("nuxt dev", "node .output/server/index.mjs, after nuxt build", rf"nux[ti]{WORDS} dev"),
    _server("astro dev", NODE, rf"astro{WORDS} dev"),
    _server("ng serve", NODE, rf"ng{WORDS} (?:serve|s)"),
    _server("react-scripts start", NODE, rf"react-scripts{WORDS} start"),
    _server("vue-cli-service serve", NODE, rf"vue-cli-service{WORDS} serve"),
    _server("PHP's own server", "php-fpm behind nginx, or Apache",
            r"php[\d.]*(?: -\S+| [^\s-]\S*=\S*)* -S"),
    _server("artisan serve", "php-fpm behind nginx, or Apache",
            r"php[\d.]*(?: -\S+)* artisan serve"),
    # With a variable for the same only its pages show it: see the check debug.
    _server("Rails in development mode", "rails server with RAILS_ENV=production",
            rf"(?:rails{WORDS} (?:server|s)|puma){WORDS} (?:-e ?|--environment[= ])development"),
    _server("WEBrick", "puma", header="WEBrick/"),
)  # fmt: skip


def server_of_command(command: str) -> DevServer | None:
    """Return the server for development that a process with this command is."""
    words = command.split()
    line = " ".join(word.rpartition("/")[2] or word for word in words)
    return next((each for each in DEV_SERVERS if each.command and each.command.match(line)), None)


def server_of_header(value: str) -> DevServer | None:
    """Return the server for development that sends this response header Server."""
    return next((each for each in DEV_SERVERS if each.header and each.header.match(value)), None)
