"""Answers of an app that passes every check, and what checks find in others."""

from typing import Any

from rehearsal.audit.check import Check
from rehearsal.audit.evaluate import evaluate
from rehearsal.audit.exchange import Exchange
from rehearsal.audit.observations import FOREIGN_HOST, Asset, DjangoProject, Observations, Pages
from rehearsal.results.audit import Finding, Outcome

UNKNOWN = "/rehearsal-c0ffee"
SOUND_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
}
FOREIGN = {"Host": FOREIGN_HOST}


def answer(
    path: str = "/",
    status: int = 200,
    body: str = "<!doctype html><h1>Lists</h1>",
    kind: str = "text/html",
    **changes: Any,
) -> Exchange:
    """Return the answer to a request; `headers` and `request_headers` may be mappings."""
    headers = {"content-type": kind, **changes.pop("headers", SOUND_HEADERS)}
    return Exchange(
        path=path, status=status, body=body.encode(), headers=tuple(headers.items()), **changes
    )


def observed(*, django: bool = False, **changes: Any) -> Observations:
    """Return what was seen of an app whose answers are changed."""
    home = changes.pop("home", (answer(),))
    pages = Pages(
        **{
            "ready": home,
            "home": home,
            "unknown": (answer(UNKNOWN, 404),),
            "malformed": answer(f"{UNKNOWN}-%", 404),
            "foreign": (answer("/", 400, request_headers=FOREIGN),),
            "logged": (f"Not Found: {UNKNOWN}",),
            "marks": (UNKNOWN[1:], FOREIGN_HOST),
            **changes,
        }
    )
    return Observations(pages=pages, django=DjangoProject(version="5.2") if django else None)


def loaded(path: str, kind: str, content_type: str, body: str = "x", **headers: str) -> Asset:
    """Return a file that a page loads; headers are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    file = answer(path, 200, body, content_type, headers=named)
    return Asset(kind=kind, link=path, plain=file, compressed=file)


def findings(check: Check, seen: Observations) -> tuple[Finding, ...]:
    """Return what a check finds."""
    return evaluate(seen, mode="warn", active=True, waivers=(), checks=(check,)).findings


def failed(check: Check, seen: Observations) -> dict[str, Finding]:
    """Return the failed findings of a check by their ids."""
    return {each.id: each for each in findings(check, seen) if each.outcome is Outcome.FAILED}


def skipped(check: Check, seen: Observations) -> str:
    """Return why a check was skipped, or nothing."""
    reasons = [each for each in findings(check, seen) if each.outcome is Outcome.SKIPPED]
    return reasons[0].message if reasons else ""
