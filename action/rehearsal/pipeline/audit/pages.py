"""Ask the app for its pages and for what they load."""

import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from posixpath import dirname

from rehearsal.audit.exchange import Exchange
from rehearsal.audit.html_page import PageFile, parse_page
from rehearsal.audit.observations import FOREIGN_HOST, Asset, Pages
from rehearsal.evidence.log import Log
from rehearsal.pipeline.audit.app_client import AppClient
from rehearsal.pipeline.audit.origin import origin_of
from rehearsal.pipeline.audit.subject import Subject
from rehearsal.pipeline.stages.probe import request_headers

# In seconds: for all requests, and for the app to log the last ones.
TOTAL_TIMEOUT = 15.0
LOG_TIMEOUT = 2.0
POLL_INTERVAL = 0.01
MAX_ASSETS = 40
# In characters: servers refuse longer ones.
MAX_PATH = 2000
OK = 200
# An app behind a proxy takes its host from one of these.
HOST_HEADERS = ("Host", "X-Forwarded-Host")
COMPRESSED = {"Accept-Encoding": "gzip, br"}
WERKZEUG = "werkzeug"
# Werkzeug's debugger answers to this on each path; without the debugger no path does.
DEBUGGER_QUERY = "__debugger__=yes&cmd=resource&f=debugger.js"


def observe_pages(subject: Subject) -> Pages:
    """Ask the app for its pages and for what they load."""
    published, probe = subject.container.published, subject.plan.probe
    headers = request_headers(probe, published.port)
    client = AppClient(
        published=published,
        headers=headers,
        origin=origin_of(published, subject.plan.container.port, headers),
        deadline=time.monotonic() + TOTAL_TIMEOUT,
    )
    ready = client.follow(probe.path)
    home = ready if probe.path == "/" else client.follow("/")
    files = _page_files(client, (ready[-1], home[-1]))
    assets = tuple(_ask_for_files(client, files))
    marks = (f"rehearsal-{secrets.token_hex(6)}", FOREIGN_HOST)
    # An app below a path prefix has its error pages only there.
    unknown_path = f"{dirname(probe.path.partition('?')[0]).rstrip('/')}/{marks[0]}"
    received = subject.log.received
    unknown = client.follow(unknown_path)
    malformed = client.ask(f"{unknown_path}-%")
    foreign = tuple(_ask_as_foreign(client, (*ready, *home, *unknown)))
    return Pages(
        ready=ready,
        home=home,
        unknown=unknown,
        malformed=malformed,
        foreign=foreign,
        assets=assets,
        left_out=len(files) - len(assets),
        logged=_wait_for_lines(subject.log, received, marks),
        marks=marks,
        debugger=_ask_for_debugger(client, (*ready, *home)),
    )


def _page_files(client: AppClient, pages: Iterable[Exchange]) -> Mapping[str, PageFile]:
    """Return the app's own files that the pages load, by their paths."""
    found: dict[str, PageFile] = {}
    for page in pages:
        if page.is_html and page.status == OK:
            parsed = parse_page(page.text)
            for file in parsed.files:
                path = client.origin.path_of(file.link, page.path, parsed.base)
                if 0 < len(path) <= MAX_PATH:
                    found.setdefault(path, file)
    return found


def _ask_for_files(client: AppClient, files: Mapping[str, PageFile]) -> Iterator[Asset]:
    """Yield the first files, each as it is and compressed, as far as there is time."""
    for path, file in list(files.items())[:MAX_ASSETS]:
        plain = client.follow(path)[-1]
        compressed = client.ask(plain.path, COMPRESSED) if plain.status == OK else None
        if client.is_out_of_time:
            return
        yield Asset(kind=file.kind, link=file.link, plain=plain, compressed=compressed)


def _ask_as_foreign(client: AppClient, known: Iterable[Exchange]) -> Iterator[Exchange]:
    """Yield the answers to the same paths with a foreign host."""
    changed = {name: FOREIGN_HOST for name in HOST_HEADERS if name in client.headers}
    for path in dict.fromkeys(each.path for each in known):
        if client.is_out_of_time:
            return
        yield client.ask(path, changed)


def _ask_for_debugger(client: AppClient, known: Iterable[Exchange]) -> Exchange | None:
    """Ask for the script of Werkzeug's debugger, if Werkzeug's server answers."""
    for each in known:
        if WERKZEUG in each.header("server").lower():
            return client.ask(f"/?{DEBUGGER_QUERY}")
    return None


def _wait_for_lines(log: Log, received: int, marks: tuple[str, ...]) -> tuple[str, ...]:
    """Return the lines since `received`, as soon as one of them has a mark."""
    limit = time.monotonic() + LOG_TIMEOUT
    while True:
        lines = log.since(received)
        if any(mark in line for line in lines for mark in marks) or time.monotonic() > limit:
            return lines
        time.sleep(POLL_INTERVAL)
