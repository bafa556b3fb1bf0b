"""The headers that protect a page in the browser, and the attributes of cookies."""

import re
from collections.abc import Iterator

from rehearsal.audit.answered import answered_pages
from rehearsal.audit.check import CheckSkipped, Failure, Note, check
from rehearsal.audit.cookies import set_cookies
from rehearsal.audit.exchange import Exchange
from rehearsal.audit.html_page import parse_page
from rehearsal.audit.observations import Observations, Pages
from rehearsal.regex import regex

SUCCESSES = range(200, 300)
# Who reads it is no browser.
HEALTH_PATH = regex(
    r"(?<![a-z])(?:health(?:z|check)?|ready|readyz|readiness|live|livez|liveness|alive|ping|status"
    r"|heartbeat)(?![a-z])",
    re.IGNORECASE,
)
FRAME_OPTIONS = ("deny", "sameorigin")
# With * or a whole scheme any site may show the page in a frame.
FRAME_ANCESTORS = regex(
    r"(?:^|[;,])\s*frame-ancestors(?![^;,]*\s(?:\*|https?:)\s*(?:[;,\s]|$))", re.IGNORECASE
)
REFERRER_POLICIES = (
    "no-referrer",
    "no-referrer-when-downgrade",
    "origin",
    "origin-when-cross-origin",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
)
FRAME_HEADERS = ("x-frame-options", "content-security-policy")


@check(
    "headers",
    title="Pages have the headers that protect them, and cookies their attributes",
    why="Without them other sites may show a page in a frame, learn its address, or have its "
    "cookies sent along with their own requests.",
    hint="Send them with every page.",
    reference="https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html",
    parts="nosniff|frame|referrer|cookies",
    parts_label="nosniff, frame, referrer or cookies",
)
def headers(seen: Observations) -> Iterator[Failure | Note]:
    """Fail for each header that a page lacks, and for cookies without their attributes."""
    pages = answered_pages(seen)
    yield from _cookies(pages)
    judged = _judged(pages)
    if not judged:
        home = pages.home[-1]
        raise CheckSkipped(f"GET {home.path} is answered with {home.status or home.error}")
    missing: dict[str, Failure] = {}
    for page in judged:
        for failure in _missing(page):
            missing.setdefault(failure.part, failure)
    yield from missing.values()


def _judged(pages: Pages) -> list[Exchange]:
    """Return the pages that users see, without the answer to a health check."""
    shown = [pages.home[-1]]
    if not HEALTH_PATH.search(pages.ready[0].path):
        shown.append(pages.ready[-1])
    answers = [each for each in shown if each.status in SUCCESSES]
    html = [each for each in answers if _is_page(each)]
    return html or [each for each in answers if each is pages.home[-1]]


def _is_page(answer: Exchange) -> bool:
    # Frameworks send the text "ok" as HTML, too.
    return answer.is_html and b"<" in answer.body


def _missing(page: Exchange) -> Iterator[Failure]:
    """Yield a failure for each header that a page lacks."""
    if page.header("x-content-type-options").partition(",")[0].strip().lower() != "nosniff":
        yield Failure(
            part="nosniff",
            message=f"GET {page.path} has no X-Content-Type-Options: nosniff.",
            hint="Send X-Content-Type-Options: nosniff. Django: SecurityMiddleware does.",
            evidence=page.evidence("content-type", "x-content-type-options"),
        )
    if not _is_page(page):
        return
    if not _refuses_frames(page):
        yield Failure(
            part="frame",
            message=f"GET {page.path} may be shown in a frame of any site.",
            hint="Send X-Frame-Options: DENY, or frame-ancestors in a Content-Security-Policy. "
            "Django: XFrameOptionsMiddleware.",
            evidence=page.evidence(*FRAME_HEADERS),
        )
    policies = f"{page.header('referrer-policy')},{parse_page(page.text).referrer}".lower()
    if not any(each.strip() in REFERRER_POLICIES for each in policies.split(",")):
        yield Failure(
            part="referrer",
            message=f"GET {page.path} has no Referrer-Policy.",
            hint="Send Referrer-Policy: same-origin. Django: SECURE_REFERRER_POLICY, which "
            "SecurityMiddleware sends.",
            evidence=page.evidence("referrer-policy"),
        )


def _refuses_frames(page: Exchange) -> bool:
    options = page.header("x-frame-options").split(",")
    return any(each.strip().lower() in FRAME_OPTIONS for each in options) or bool(
        FRAME_ANCESTORS.search(page.header("content-security-policy"))
    )


def _cookies(pages: Pages) -> Iterator[Failure]:
    """Yield a failure if cookies lack attributes."""
    lacking = []
    for cookie in set_cookies((*pages.all, *(each.plain for each in pages.assets))):
        missing = [] if "samesite" in cookie.attributes else ["no SameSite"]
        if cookie.is_session and "httponly" not in cookie.attributes:
            missing.append("no HttpOnly")
        if missing:
            lacking.append((cookie, " and ".join(missing)))
    if lacking:
        names = ", ".join(f"{cookie.name} has {missing}" for cookie, missing in lacking)
        yield Failure(
            part="cookies",
            message=f"Cookies lack attributes: {names}.",
            hint="Set SameSite=Lax on every cookie, and HttpOnly on those of a session. Flask: "
            "SESSION_COOKIE_SAMESITE. PHP: session.cookie_samesite and session.cookie_httponly.",
            evidence=lacking[0][0].answer.evidence("set-cookie"),
        )
