"""The audit on the page: a card for each finding that failed or is waived, then the others."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from rehearsal.report.audit_words import ORDER, audit_counts
from rehearsal.report.page.layout import preformatted
from rehearsal.report.page.markup import Child, Markup, element
from rehearsal.results.audit import Audit, Finding, Outcome

SHOWN = (Outcome.FAILED, Outcome.WAIVED)


def audit_section(audit: Audit | None) -> Child:
    """Return the section of the audit; each finding has an anchor, like #audit-non-root."""
    if not audit:
        return None
    findings = list(_anchored(audit))
    others = [(anchor, each) for anchor, each in findings if each.outcome not in SHOWN]
    return element(
        "section",
        element("h2", "Audit"),
        element("p", f"{audit_counts(audit)}.", class_="soft"),
        [_card(anchor, each) for anchor, each in findings if each.outcome in SHOWN],
        _folded(others) if others else None,
        id="audit",
    )


def _anchored(audit: Audit) -> Iterator[tuple[str, Finding]]:
    """Yield the findings in the order of the page, each with an anchor that no other has."""
    used: Counter[str] = Counter()
    for outcome in ORDER:
        for finding in audit.having(outcome):
            anchor = f"audit-{re.sub('[^a-z0-9]+', '-', finding.id.lower())}"
            used[anchor] += 1
            yield anchor if used[anchor] == 1 else f"{anchor}--{used[anchor]}", finding


def _card(anchor: str, finding: Finding) -> Markup:
    is_failure = finding.outcome is Outcome.FAILED
    return element(
        "section",
        element("h3", element("a", finding.id, href=f"#{anchor}"), f" {finding.outcome}"),
        element("p", f"The check: {finding.title}.", class_="soft"),
        element("p", finding.message, class_="error" if is_failure else None),
        _evidence(finding),
        _labelled("What to do", finding.hint),
        _labelled("Why", finding.why),
        element("p", element("a", finding.reference, href=finding.reference), class_="soft")
        if finding.reference
        else None,
        id=anchor,
        class_="card test" if is_failure else "card",
    )


def _folded(findings: Iterable[tuple[str, Finding]]) -> Markup:
    """Return the checks that passed or were skipped."""
    rows = [_row(*each) for each in findings]
    return element(
        "details",
        element("summary", element("h3", f"Passed or skipped ({len(rows)})")),
        element("table", element("tbody", *rows), class_="findings"),
        class_="card",
    )


def _row(anchor: str, finding: Finding) -> Markup:
    return element(
        "tr",
        element(
            "th", finding.id, " ", element("span", str(finding.outcome), class_="soft"), scope="row"
        ),
        element(
            "td",
            element("p", finding.title),
            element("p", finding.message, class_="soft") if finding.message else None,
            _evidence(finding),
        ),
        id=anchor,
    )


def _evidence(finding: Finding) -> Child:
    if not finding.evidence:
        return None
    text = preformatted("\n".join(finding.evidence), f"Evidence of {finding.id}")
    return element("div", text, class_="wrap")


def _labelled(label: str, text: str) -> Child:
    return element("p", element("strong", f"{label}: "), text) if text else None
