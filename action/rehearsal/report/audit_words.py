"""The audit in words that several reports share: its counts, and what failed."""

from collections.abc import Iterator

from rehearsal.report.words import join_names
from rehearsal.results.audit import Audit, Outcome
from rehearsal.results.bounded_text import cut_text

# In characters. GitHub cuts an annotation after 4,096; the texts around this one need some.
MAX_TEXT = 3000
MAX_MESSAGE = 300
IN_SUMMARY = (
    "The job summary says what to do about each. On a laptop, the page does: --evidence always."
)
WAIVE = "If a finding is intended, name its id in audit-ignore, with the reason in a comment."
# As reports list them: what has to be read comes first.
ORDER = (Outcome.FAILED, Outcome.WAIVED, Outcome.SKIPPED, Outcome.PASSED)


def audit_counts(audit: Audit) -> str:
    """Return how many findings ended how, and which of them failed."""
    return ", ".join(_counts(audit))


def _counts(audit: Audit) -> Iterator[str]:
    passed, skipped = audit.having(Outcome.PASSED), audit.having(Outcome.SKIPPED)
    yield f"{len(passed)} passed"
    for outcome in (Outcome.FAILED, Outcome.WAIVED):
        found = audit.having(outcome)
        names = f" ({join_names(each.id for each in found)})" if found else ""
        if found or outcome is Outcome.FAILED:
            yield f"{len(found)} {outcome}{names}"
    if skipped:
        yield f"{len(skipped)} skipped"


def audit_message(audit: Audit) -> str:
    """Return one sentence about what failed, or two where that is one finding."""
    failed = audit.failed
    if len(failed) == 1:
        return f"The audit found a fault: {failed[0].id}. {failed[0].message}"
    return f"The audit found {len(failed)} faults: {join_names(each.id for each in failed)}."


def audit_text(audit: Audit) -> str:
    """Return what failed as an annotation says it: each finding with what to do, if there is room.

    All findings are in one annotation, since GitHub shows ten in a whole job.
    """
    failed = audit.failed
    if len(failed) == 1:
        return f"{audit_message(audit)}\n{failed[0].hint}\n{WAIVE}"
    lines = [f"{each.id}: {cut_text(each.message, MAX_MESSAGE)}" for each in failed]
    told = [f"{line}\n{each.hint}" for line, each in zip(lines, failed, strict=True)]
    text = "\n\n".join((audit_message(audit), *told, WAIVE))
    if len(text) <= MAX_TEXT:
        return text
    return "\n".join(
        (audit_message(audit), cut_text("\n".join(lines), MAX_TEXT), IN_SUMMARY, WAIVE)
    )
