"""The audit in a job summary: what failed or is waived, then the other checks, folded."""

from collections.abc import Iterable, Iterator, Sequence

from rehearsal.report import markdown
from rehearsal.report.audit_words import audit_counts
from rehearsal.results.audit import Audit, Finding, Outcome

MARKS = {
    Outcome.FAILED: "❌ failed",
    Outcome.WAIVED: "waived",
    Outcome.SKIPPED: "skipped",
    Outcome.PASSED: "passed",
}
MAX_FINDINGS = 50


def audit_fact(audit: Audit) -> str:
    """Return the line of a list that counts the findings."""
    return f"- Audit: {markdown.escape(audit_counts(audit))}"


def audit_sections(audit: Audit) -> Iterator[Iterable[str]]:
    """Yield sections: a table with what to do, the evidence, the other checks."""
    yield _findings(audit)
    for each in audit.failed[:MAX_FINDINGS]:
        yield markdown.collapsible(f"Evidence of {each.id}", each.evidence, collapsed=True)
    yield _others((*audit.having(Outcome.SKIPPED), *audit.having(Outcome.PASSED)))


def _findings(audit: Audit) -> Iterator[str]:
    listed = (*audit.failed, *audit.having(Outcome.WAIVED))
    yield from markdown.table(
        ["finding", "outcome", "what was found", "what to do"],
        [_row(each) for each in listed[:MAX_FINDINGS]],
        more=len(listed) - MAX_FINDINGS,
    )


def _row(finding: Finding) -> list[str]:
    todo = markdown.cell(finding.hint)
    if finding.reference:
        todo += f" ([more]({finding.reference}))"
    return [markdown.code(finding.id), MARKS[finding.outcome], markdown.cell(finding.message), todo]


def _others(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the checks that passed or were skipped as a list that opens on a click."""
    if not findings:
        return
    yield f"<details><summary>Passed or skipped ({len(findings)})</summary>"
    yield ""
    for each in findings[:MAX_FINDINGS]:
        # What a check asks is true of one that passed.
        title = f"{each.title}." if each.outcome is Outcome.PASSED else ""
        text = " ".join(filter(None, (title, each.message)))
        yield f"- {markdown.code(each.id)} {each.outcome}: {markdown.cell(text)}"
    yield ""
    yield "</details>"
    yield ""
