"""After failed tests: ask the app for what its log may not show. It changes no verdict."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from rehearsal.config.rehearsal_plan import Plan
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.log import Log
from rehearsal.outside import http_probe
from rehearsal.outside.folder import Folder
from rehearsal.outside.page_links import refused_links
from rehearsal.pipeline.context import RunContext
from rehearsal.pipeline.run_state import RunState
from rehearsal.pipeline.stages.ask_again import ask_again, has_memory_limit
from rehearsal.pipeline.stages.container import Container
from rehearsal.pipeline.stages.observations import PAGE_LINKS
from rehearsal.pipeline.stages.probe import request_headers
from rehearsal.results.file_names import ASKED_AGAIN_LOG

# In seconds, for all links, and for each page.
LINKS_TIMEOUT = 5.0
PAGE_TIMEOUT = 3.0
SERVER_ERROR = 500
# In what tests report and keep: Django's own page, Chrome's console, Python's urllib.
SIGNS_OF_500 = re.compile(r"Server Error \(500\)|status of 500|Internal Server Error|Error 500")
TRACEBACK = "Traceback (most recent call last):"
# Tests that are looked at, and bytes of each file.
MAX_TESTS = 5
MAX_LINES = 1000
MAX_SIZE = 64 << 10


def ask_the_app(
    plan: Plan, context: RunContext, state: RunState, container: Container, log: Log
) -> None:
    """Ask for the files that the page links to, and a Django app why it answered with 500.

    `log` is the app's: a traceback in it makes the second question needless.
    """
    headers = request_headers(plan.probe, container.port)
    links = refused_links(container.port, plan.probe.path, headers, seconds=LINKS_TIMEOUT)
    state.observations[PAGE_LINKS] = tuple(links)
    texts = [*_failures(state), *_staged_texts(context.evidence, ("page.html", "console.log"))]
    is_django = (plan.directory / "manage.py").is_file()
    if not is_django or TRACEBACK in "\n".join(log.tail(MAX_LINES)):
        return
    is_500 = any(SIGNS_OF_500.search(text) for text in texts)
    if is_500 and not has_memory_limit(container, context.engine):
        paths = [
            path
            for path in dict.fromkeys(_paths(context.evidence))
            if http_probe.get(container.port, path, headers, timeout=PAGE_TIMEOUT).status
            == SERVER_ERROR
        ]
        again = context.evidence.log(ASKED_AGAIN_LOG)
        try:
            ask_again(container, context.engine, paths, headers["Host"], again)
        finally:
            again.close()


def _failures(state: RunState) -> Iterator[str]:
    if state.suite_results:
        yield from (failure.message for failure in state.suite_results.failed[:MAX_TESTS])


def _paths(evidence: Evidence) -> Iterator[str]:
    """Yield the paths of the pages on which tests failed, but none with a query.

    A browser writes an address in ASCII; of anything else no request can be made.
    """
    for address in _staged_texts(evidence, ("address.txt",)):
        try:
            url = urlsplit(address.strip())
        except ValueError:
            continue
        is_requestable = url.path.isascii() and url.path.isprintable() and " " not in url.path
        if url.path.startswith("/") and is_requestable and not url.query:
            yield url.path


def _staged_texts(evidence: Evidence, names: tuple[str, ...]) -> Iterator[str]:
    """Yield the beginnings of these files of the failed tests."""
    try:
        folder = evidence.open_staged("traces")
        tests = [entry.name for entry in folder.entries() if entry.is_folder][:MAX_TESTS]
    except OSError:
        return
    for test in tests:
        for name in names:
            yield _read(folder, f"{test}/{name}")


def _read(folder: Folder, name: str) -> str:
    try:
        with folder.open_file(name) as file:
            return file.read(MAX_SIZE).decode(errors="replace")
    except OSError:
        return ""
