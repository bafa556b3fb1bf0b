"""Audits for the tests of the reports: findings made by hand."""

from typing import Any

from rehearsal.results.audit import Audit, Finding, Outcome

REFERENCE = "https://docs.example.org/page.html#part"


def finding(id_: str, outcome: Outcome = Outcome.FAILED, **changes: Any) -> Finding:
    """Return a finding as a check makes it: one that just passed has no message."""
    values: dict[str, Any] = {
        "title": f"The title of {id_}",
        "why": f"The reason of {id_}.",
        "reference": REFERENCE,
    }
    if outcome is not Outcome.PASSED:
        values["message"] = f"The message of {id_}."
    if outcome in (Outcome.FAILED, Outcome.WAIVED):
        values |= {"hint": f"The hint of {id_}.", "evidence": (f"evidence of {id_}",)}
    return Finding(id=id_, outcome=outcome, **values | changes)


def audit(*failed: str, waived: str = "", mode: str = "warn") -> Audit:
    """Return an audit in which one check passed, one was skipped, and others failed."""
    return Audit(
        mode=mode,
        findings=(
            finding("debug", Outcome.PASSED),
            *map(finding, failed),
            *([finding(waived, Outcome.WAIVED)] if waived else []),
            finding("migrations", Outcome.SKIPPED, message="this is not Django"),
        ),
    )
