"""Run the checks over what was observed; a failed one may decide the verdict."""

from collections.abc import Iterable
from dataclasses import replace

from rehearsal.audit.check import Check
from rehearsal.audit.evaluate import evaluate
from rehearsal.audit.observations import Observations
from rehearsal.audit.registry import CHECKS
from rehearsal.config.rehearsal_plan import AuditPlan
from rehearsal.pipeline.run_state import RunState
from rehearsal.report.audit_words import WAIVE, audit_message
from rehearsal.results.audit import ENFORCE, Audit
from rehearsal.verdict import Problem, Verdict


def judge(
    plan: AuditPlan,
    state: RunState,
    observations: Observations,
    *,
    checks: Iterable[Check] = CHECKS,
) -> None:
    """Record the audit; where it is enforced, what failed is a problem."""
    audit = evaluate(
        observations, mode=plan.mode, active=plan.active, waivers=plan.waivers, checks=checks
    )
    state.audit = audit
    state.warnings += (
        f"audit-ignore names {waiver}, which does not fail: remove that line."
        for waiver in audit.needless_waivers
    )
    if plan.mode == ENFORCE and audit.failed:
        state.problems.append(audit_problem(audit))
        state.stages = [
            replace(stage, ok=False) if stage.name == "audit" else stage for stage in state.stages
        ]


def audit_problem(audit: Audit) -> Problem:
    """Return the problem that the failed findings make together."""
    failed = audit.failed
    todo = failed[0].hint if len(failed) == 1 else "Each finding says what to do about it."
    return Problem(Verdict.AUDIT_FAILED, audit_message(audit), hint=f"{todo} {WAIVE}")
