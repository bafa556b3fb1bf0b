"""Run the checks over what was observed, and apply the waivers."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from rehearsal.audit.check import Check, CheckSkipped, Failure, Note
from rehearsal.audit.observations import Observations
from rehearsal.audit.registry import CHECKS
from rehearsal.results.audit import Audit, Finding, Outcome
from rehearsal.results.bounded_text import cut_lines, cut_text

# Of what a finding shows, since the app may have written it: characters of a line, and lines.
MAX_LINE = 500
MAX_LINES = 40
NOT_ACTIVE = "it starts further containers, for which audit-active has to be 'true'"
ENDED = " (the container ended by itself during the audit)"
LATE = " (the audit's time was over before it had looked at everything)"


def evaluate(
    observations: Observations,
    *,
    mode: str,
    active: bool,
    waivers: Iterable[str],
    checks: Iterable[Check] = CHECKS,
) -> Audit:
    """Return what the checks say of the observations; `waivers` are the ids in audit-ignore."""
    waivers = tuple(waivers)
    findings: list[Finding] = []
    for check in checks:
        findings += _findings(check, observations, active=active)
    waived = tuple(_waive(finding, waivers) for finding in findings)
    return Audit(
        mode=mode,
        active=active,
        findings=waived,
        needless_waivers=tuple(each for each in waivers if _is_needless(each, waived)),
    )


def _findings(check: Check, observations: Observations, *, active: bool) -> Iterator[Finding]:
    """Yield a finding for each failure, or one that says that the check passed or was skipped."""
    if check.active and not active:
        yield _finding(check, Outcome.SKIPPED, NOT_ACTIVE)
        return
    found: list[Failure | Note] = []
    skipped = ""
    try:
        for each in check.find(observations):
            found.append(each)  # noqa: PERF402  (what comes before a skip counts)
    except CheckSkipped as reason:
        skipped = str(reason)
    except Exception as fault:  # noqa: BLE001  (one check of ours must not cost the others)
        # Not the text, which may quote what was read.
        skipped = f"an error in Dress Rehearsal: {type(fault).__name__}"
    failures = [each for each in found if isinstance(each, Failure)]
    notes = [each for each in found if isinstance(each, Note)]
    for failure in failures:
        yield _finding(
            check,
            Outcome.FAILED,
            failure.message,
            part=failure.part,
            hint=failure.hint or check.hint,
            evidence=failure.evidence,
        )
    if skipped and observations.stop and observations.stop.by_itself:
        skipped += ENDED
    elif skipped and observations.is_late:
        skipped += LATE
    if skipped:
        yield _finding(check, Outcome.SKIPPED, skipped)
    elif not failures:
        yield _finding(
            check,
            Outcome.PASSED,
            " ".join(note.message for note in notes),
            evidence=tuple(line for note in notes for line in note.evidence),
        )


def _finding(
    check: Check,
    outcome: Outcome,
    message: str,
    *,
    part: str = "",
    hint: str = "",
    evidence: tuple[str, ...] = (),
) -> Finding:
    return Finding(
        id=f"{check.id}:{part}" if part else check.id,
        outcome=outcome,
        title=check.title,
        message=cut_text(message, MAX_LINE),
        hint=hint,
        why=check.why,
        reference=check.reference,
        evidence=tuple(cut_text(line, MAX_LINE) for line in cut_lines(evidence, MAX_LINES)),
    )


def _waive(finding: Finding, waivers: tuple[str, ...]) -> Finding:
    if finding.outcome is Outcome.FAILED and any(_covers(each, finding) for each in waivers):
        return replace(finding, outcome=Outcome.WAIVED)
    return finding


def _is_needless(waiver: str, findings: Iterable[Finding]) -> bool:
    """Return whether a waiver waives nothing; where its check was skipped that is not known."""
    check = waiver.partition(":")[0]
    return not any(
        (each.outcome is Outcome.WAIVED and _covers(waiver, each))
        or (each.outcome is Outcome.SKIPPED and each.id == check)
        for each in findings
    )


def _covers(waiver: str, finding: Finding) -> bool:
    """Return whether a waiver is for this finding, or for the whole check."""
    return waiver in (finding.id, finding.id.partition(":")[0])
