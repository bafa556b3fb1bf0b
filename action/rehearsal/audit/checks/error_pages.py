"""The pages for requests that fail: no debug page, and nothing about the inside of the app."""

import re
from collections.abc import Iterator

from rehearsal.audit.answered import answered_pages
from rehearsal.audit.check import CheckSkipped, Failure, Note, check
from rehearsal.audit.debug_pages import find_debug_page, line_of
from rehearsal.audit.exchange import Exchange
from rehearsal.audit.html_page import parse_page
from rehearsal.audit.observations import Observations
from rehearsal.regex import regex

ERROR_STATUSES = range(400, 600)
TRACEBACK = regex(
    r"Traceback \(most recent call last\)"
    r'|\bFile "/[^"\n]{1,200}", line \d+'
    r"|\bat [\w.$<>]{1,120} ?\([^()\s]{1,200}:\d+(?::\d+)?\)"
    r"|^#\d+ /[^\n]{1,200}\(\d+\):"
    r"|\bgoroutine \d+ \[",
    re.MULTILINE,
)
# Files of the system, or of an app in a folder where images have it. Of the latter only source
# files and databases, since a path of the site itself may begin like them.
PATH = regex(
    r"(?<![\w:/.%@+-])/(?:"
    r"(?:usr/(?:local|lib|share|bin|src)|var/(?:www|lib|log|task|run)|etc|proc)/[\w./@+-]{1,200}"
    r"|(?:app|code|data|home|opt|root|src|srv|tmp|workspace)/[\w./@+-]{1,200}"
    r"\.(?:py|[cm]?js|ts|php|rb|java|class|jar|war|go|exs?|erl|cs|dll|ini|sqlite3?|db)\b)"
)
VERSION = regex(
    r"\b(?:nginx|openresty|Apache|Apache Tomcat|gunicorn|uvicorn|hypercorn|Werkzeug|CPython|Python"
    r"|PHP|lighttpd|Microsoft-IIS|WEBrick|Ruby|Puma|OpenSSL|Django|Node\.js|WSGIServer|SimpleHTTP"
    r"|Caddy)/v?\d+(?:\.\d+)+"
    r"|\bJetty://? ?\d+(?:\.\d+)+|\bPhusion Passenger(?:\(R\))? \d+(?:\.\d+)+"
)
SETTING = regex(
    r"\b(?:ALLOWED_HOSTS|DJANGO_SETTINGS_MODULE|SECRET_KEY|APP_DEBUG|NODE_ENV|FLASK_ENV|FLASK_DEBUG"
    r"|RAILS_ENV|DATABASE_URL|config\.hosts|allowedHosts|DEBUG = True)\b"
)
# What an error page must not name, by the part of the check.
FORBIDDEN = {
    "traceback": ("a traceback", TRACEBACK),
    "path": ("a path of the container", PATH),
    "version": ("a version", VERSION),
    "setting": ("a setting", SETTING),
}
HINTS = {
    "version": "nginx: server_tokens off. Apache: ServerTokens Prod and ServerSignature Off. "
    'Tomcat: an ErrorReportValve with showServerInfo="false".',
}
# In characters, of what a page names.
MAX_SHOWN = 100


@check(
    "debug",
    title="No debug page answers",
    why="A debug page shows source, settings and environment to everybody, and some run code that "
    "a stranger types.",
    hint="Switch the debug mode off in the image.",
    reference="https://docs.djangoproject.com/en/stable/ref/settings/#debug",
)
def debug(seen: Observations) -> Iterator[Failure | Note]:
    """Fail if one of the answers is a debug page."""
    pages = answered_pages(seen)
    for each in (*pages.unknown, *pages.all, *filter(None, (pages.debugger,))):
        if found := find_debug_page(each):
            yield Failure(
                message=f"GET {each.path} is answered with {found.page.name}.",
                hint=found.page.hint,
                evidence=(*each.evidence("content-type"), found.line),
            )
            return
    if not pages.unknown[-1].status:
        raise CheckSkipped(f"GET {pages.unknown[-1].path}: {pages.unknown[-1].error}")


@check(
    "error-pages",
    title="Error pages tell nothing about the inside of the app",
    why="Paths, versions, settings and tracebacks tell an attacker what to try next.",
    hint="Write pages of your own for these errors, and switch off what the server adds to them.",
    reference="https://cheatsheetseries.owasp.org/cheatsheets/Error_Handling_Cheat_Sheet.html",
    parts="|".join(FORBIDDEN),
    parts_label="path, setting, traceback or version",
)
def error_pages(seen: Observations) -> Iterator[Failure | Note]:
    """Fail for each kind of detail that an error page names; debug pages are not its business."""
    errors = [each for each in answered_pages(seen).all if each.status in ERROR_STATUSES]
    if not errors:
        raise CheckSkipped("the app answered no request with an error")
    texts = [(each, _text(each)) for each in errors if not find_debug_page(each)]
    if not texts:
        raise CheckSkipped("the error pages are debug pages")
    for part, (name, pattern) in FORBIDDEN.items():
        for each, text in texts:
            if found := pattern.search(text):
                yield Failure(
                    part=part,
                    message=f"The page with status {each.status} names {name}: {_shown(found)}.",
                    hint=HINTS.get(part, ""),
                    evidence=(*each.evidence("content-type"), line_of(text, found)),
                )
                break
        # The paths of a traceback are no second finding.
        texts = [each for each in texts if not TRACEBACK.search(each[1])]


def _text(page: Exchange) -> str:
    """Return what a reader of the page sees, without the path that was asked for."""
    text = parse_page(page.text).text if page.is_html else page.text
    return re.sub(rf"{re.escape(page.path)}(?![\w./-])", "", text)


def _shown(found: re.Match[str]) -> str:
    return found[0].partition("\n")[0][:MAX_SHOWN]
