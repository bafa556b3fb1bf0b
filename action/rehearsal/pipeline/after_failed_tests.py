"""After failed tests: ask the app for what its log may not show. It changes no verdict."""

import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from urllib.parse import urlsplit

from rehearsal.config.rehearsal_plan import Plan
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.log import Log
from rehearsal.evidence.log_slices import DELIVERY_DELAY
from rehearsal.outside import http_probe
from rehearsal.outside.folder import Folder
from rehearsal.outside.page_links import answered_links
from rehearsal.pipeline.context import RunContext
from rehearsal.pipeline.run_state import RunState
from rehearsal.pipeline.stages.ask_again import ask_again, has_memory_limit, is_silent_django
from rehearsal.pipeline.stages.container import Container
from rehearsal.pipeline.stages.observations import (
    BROWSER_CONSOLE,
    FINAL_PAGE,
    HTTPS_REDIRECTS,
    PAGE_LINKS,
    console_lines,
    page_line,
)
from rehearsal.pipeline.stages.probe import leads_to_https, request_headers
from rehearsal.regex import regex
from rehearsal.results.file_names import ASKED_AGAIN_LOG

# In seconds, for all links, and for each page.
LINKS_TIMEOUT = 5.0
PAGE_TIMEOUT = 3.0
# In seconds: what the app logs goes through the engine, and comes after what it answers.
LOG_DELAY = 2.0
SERVER_ERROR = 500
# In what tests report and keep: Django's own page, Chrome's console, Python's urllib.
SIGNS_OF_500 = regex(r"Server Error \(500\)|status of 500|Internal Server Error|Error 500")
# An address as clients name it in their exceptions: requests, httpx, Playwright.
ADDRESS = regex(r"""\bhttps?://[\w.-]+:(?P<port>\d{1,5})/[^\s'"<>)\]]*""")
# Tests and pages that are looked at, and bytes of each file.
MAX_TESTS = 5
MAX_PAGES = 3
MAX_SIZE = 256 << 10
CONSOLE = "console.log"


def ask_the_app(
    plan: Plan, context: RunContext, state: RunState, container: Container, log: Log
) -> None:
    """Note what the tests saw; ask for what the page links to, and a Django app why it failed.

    `log` is the app's: a traceback in it makes the second question needless.
    """
    # What the tests led to has its place in the log before what our own requests lead to.
    time.sleep(2 * DELIVERY_DELAY)
    log.mark_own_requests()
    published = container.published
    headers = request_headers(plan.probe, published.port)
    links = answered_links(published, plan.probe.path, headers, seconds=LINKS_TIMEOUT)
    state.observations[PAGE_LINKS] = tuple(links)
    pages, consoles, addresses = (
        list(_staged_texts(context.evidence, name))
        for name in ("page.html", CONSOLE, "address.txt")
    )
    seen = (page_line(*each) for each in zip(pages, map(str.strip, addresses), strict=True))
    state.observations[FINAL_PAGE] = tuple(filter(None, seen))
    redirects = _https_redirects(plan, container, headers, addresses)
    state.observations[HTTPS_REDIRECTS] = tuple(redirects)
    messages = (console_lines(each, published.port) for each in consoles)
    state.observations[BROWSER_CONSOLE] = tuple(chain.from_iterable(messages))
    texts = [*_failures(state), *pages, *consoles]
    is_500 = any(SIGNS_OF_500.search(text) for text in texts)
    if not is_500 or not _stays_silent(plan, log):
        return
    if not has_memory_limit(container, context.engine):
        named = chain.from_iterable(map(ADDRESS.finditer, _failures(state)))
        own = (found[0] for found in named if found["port"] == str(published.port))
        paths = [
            path
            for path in islice(dict.fromkeys(_paths([*addresses, *own])), MAX_TESTS)
            if http_probe.get(published, path, headers, timeout=PAGE_TIMEOUT).status == SERVER_ERROR
        ]
        again = context.evidence.log(ASKED_AGAIN_LOG)
        try:
            ask_again(container, context.engine, paths, headers["Host"], again.stream())
        finally:
            again.close()


def _stays_silent(plan: Plan, log: Log) -> bool:
    """Whether the app is Django's and has logged no traceback, also not a moment later."""
    limit = time.monotonic() + LOG_DELAY
    while is_silent := is_silent_django(plan, log):
        if time.monotonic() > limit:
            break
        time.sleep(LOG_DELAY / 20)
    return is_silent


def _https_redirects(
    plan: Plan, container: Container, headers: Mapping[str, str], addresses: Iterable[str]
) -> Iterator[str]:
    """Yield `PATH to ADDRESS` for each page of the tests that leads to https on the same host.

    What a client says of it depends on the server: many wait for the end of a request line.
    """
    for path in islice(dict.fromkeys(["/", *_paths(addresses)]), MAX_PAGES):
        answer = http_probe.get(container.published, path, headers, timeout=PAGE_TIMEOUT)
        if leads_to_https(plan.probe, answer):
            yield f"{path} to {answer.headers['location']}"


def _failures(state: RunState) -> Iterator[str]:
    if state.suite_results:
        for failure in state.suite_results.failed[:MAX_TESTS]:
            yield f"{failure.message}\n{failure.trace}"


def _paths(addresses: Iterable[str]) -> Iterator[str]:
    """Yield the paths of the pages on which tests failed, but none with a query.

    A browser writes an address in ASCII; of anything else no request can be made.
    """
    for address in addresses:
        try:
            url = urlsplit(address.strip())
        except ValueError:
            continue
        is_requestable = url.path.isascii() and url.path.isprintable() and " " not in url.path
        if url.path.startswith("/") and is_requestable and not url.query:
            yield url.path


def _staged_texts(evidence: Evidence, name: str) -> Iterator[str]:
    """Yield the beginning of this file of each failed test, redacted, empty if a test has none.

    Of a longer console nothing: its end is looked at, and could be a part of a secret.
    """
    try:
        folder = evidence.open_staged("traces")
        tests = [entry.name for entry in folder.entries() if entry.is_folder][:MAX_TESTS]
    except OSError:
        return
    for test in tests:
        text = _read(folder, f"{test}/{name}", is_whole=name == CONSOLE)
        yield evidence.redactor.redact(text)


def _read(folder: Folder, name: str, *, is_whole: bool) -> str:
    try:
        with folder.open_file(name) as file:
            content = file.read(MAX_SIZE)
            return "" if is_whole and file.read(1) else content.decode(errors="replace")
    except OSError:
        return ""
