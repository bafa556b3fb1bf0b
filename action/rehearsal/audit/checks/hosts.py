"""The host that a request names, and whether a refused request can be seen in the log."""

import re
from collections.abc import Iterator

from rehearsal.audit.answered import answered_pages
from rehearsal.audit.check import CheckSkipped, Failure, Note, check
from rehearsal.audit.debug_pages import find_debug_page
from rehearsal.audit.exchange import Exchange
from rehearsal.audit.html_page import parse_page
from rehearsal.audit.observations import FOREIGN_HOST, Observations, Pages
from rehearsal.regex import regex

ERROR_STATUSES = range(400, 600)
LINK_HEADERS = ("location", "content-location", "link", "refresh")
FOREIGN_URL = regex(rf"(?:https?:)?//{re.escape(FOREIGN_HOST)}(?![\w.-])")
# The value of an attribute; that of a meta tag may begin with a number of seconds.
FOREIGN_LINK = regex(rf"(?:\d+; *url=['\"]?)?{FOREIGN_URL.pattern}", re.IGNORECASE)
# In a text that is not HTML, a URL is a link if a string of JSON begins with it.
FOREIGN_STRING = regex(rf'"{FOREIGN_URL.pattern}')
# Of those that the log has.
MAX_LOG_LINES = 5


@check(
    "host-check",
    title="A foreign Host header is refused, or at least not written into links",
    why="Whoever chooses the host in an app's links chooses where the link of a password reset, or "
    "of a page in a cache, leads.",
    hint="Compare the Host header with the site's own names, and answer 400 to all others.",
    reference="https://docs.djangoproject.com/en/stable/topics/security/"
    "#host-headers-and-virtual-hosting",
)
def host_check(seen: Observations) -> Iterator[Failure | Note]:
    """Fail if Django answers to any host, or if a page links to the foreign one."""
    pages = answered_pages(seen)
    if not pages.foreign:
        raise CheckSkipped("the app took too long for the pages before")
    for each in pages.foreign:
        # The links of a debug page are the fault of the debug mode.
        if not find_debug_page(each) and (place := _reflection(each)):
            yield Failure(
                message=f"The answer to GET {each.path} links to the host that the request names.",
                evidence=(*each.evidence(*LINK_HEADERS), place),
            )
            return
    if seen.is_django and not any(_is_refused(each, pages) for each in pages.foreign):
        first = pages.foreign[0]
        yield Failure(
            message=f"Django answers GET {first.path} for the host {FOREIGN_HOST}.",
            hint="Set ALLOWED_HOSTS to the site's own names, without '*'.",
            evidence=first.evidence("content-type"),
        )


@check(
    "logging",
    title="A refused request can be seen in the log",
    why="If the app says nothing of what it refuses, nobody finds out why users see errors.",
    hint="Log to standard output or standard error, errors and refused requests included. "
    "Django: a console handler for the root logger in LOGGING. gunicorn: --access-logfile -.",
    reference="https://docs.djangoproject.com/en/stable/topics/logging/",
)
def logging(seen: Observations) -> Iterator[Failure | Note]:
    """Fail if the app logged nothing about requests that it refused."""
    pages = answered_pages(seen)
    about = any(mark in line for line in pages.logged for mark in pages.marks)
    refused = [
        each
        for each in (pages.unknown[-1], pages.malformed, *pages.foreign)
        if each.status in ERROR_STATUSES
    ]
    if about:
        return
    if pages.logged:
        yield Note(
            "The log has lines from the time of the refused requests, but none has the "
            "path or the host of one.",
            evidence=pages.logged[:MAX_LOG_LINES],
        )
    elif not refused:
        raise CheckSkipped("the app refused none of the requests")
    else:
        first = refused[0]
        yield Failure(
            message=f"GET {first.path} was answered with {first.status}, and the container logged "
            "nothing.",
            evidence=first.evidence("content-type"),
        )


def _reflection(answer: Exchange) -> str:
    """Return a link to the foreign host in an answer, or nothing."""
    for name in LINK_HEADERS:
        if FOREIGN_URL.search(answer.header(name)):
            return f"{name}: {answer.header(name)}"
    if answer.is_html:
        urls = parse_page(answer.text).urls
        return next((url for url in urls if FOREIGN_LINK.match(url)), "")
    found = FOREIGN_STRING.search(answer.text)
    return found[0].strip('"') if found else ""


def _is_refused(foreign: Exchange, pages: Pages) -> bool:
    """Return whether the foreign host got an error where the app's own got something else."""
    own = next((each for each in pages.all if each.path == foreign.path), foreign)
    is_error = not foreign.status or foreign.status in ERROR_STATUSES
    return is_error and foreign.status != own.status
