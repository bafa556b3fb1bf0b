from collections.abc import Iterator

from rehearsal.audit.check import Failure, Note, check
from rehearsal.audit.observations import Observations
from rehearsal.config.rehearsal_plan import AuditPlan
from rehearsal.outside.github import Console
from rehearsal.pipeline.audit.judge import audit_problem, judge
from rehearsal.pipeline.run_state import RunState
from rehearsal.report.audit_words import WAIVE
from rehearsal.results.audit import Audit, Finding, Outcome
from rehearsal.verdict import Verdict

# Nothing fails without anything to look at, and nothing passes.
NOTHING = Observations()


def finding(id_: str, outcome: Outcome = Outcome.FAILED) -> Finding:
    return Finding(
        id=id_, outcome=outcome, title="T", message="It is so.", hint="Mend it.", evidence=("line",)
    )


def audited() -> RunState:
    state = RunState(observer=Console({}))
    with state.stage("audit"):
        pass
    return state


def test_judge__nothing_observed_is_no_problem() -> None:
    state = audited()
    judge(AuditPlan(mode="enforce"), state, NOTHING)
    assert state.audit
    assert state.audit.mode == "enforce"
    assert not state.audit.failed
    assert not state.problems
    assert [stage.ok for stage in state.stages] == [True]


def test_audit_problem__one_finding_says_all() -> None:
    problem = audit_problem(Audit(findings=(finding("a"), finding("b", Outcome.WAIVED))))
    assert problem.verdict is Verdict.AUDIT_FAILED
    assert problem.message == "The audit found a fault: a. It is so."
    assert problem.hint == f"Mend it. {WAIVE}"


def test_audit_problem__names_several() -> None:
    problem = audit_problem(Audit(findings=(finding("a"), finding("b:c"))))
    assert problem.message == "The audit found 2 faults: a, b:c."


def fails(_: Observations) -> Iterator[Failure | Note]:
    yield Failure("It is so.", evidence=("line",))


def judged(mode: str, *waivers: str) -> RunState:
    state = audited()
    wrong = check("a", title="T", why="W.", hint="Mend it.", reference="https://x")(fails)
    judge(AuditPlan(mode=mode, waivers=waivers), state, NOTHING, checks=[wrong])
    return state


def test_judge__a_failure_decides_only_where_it_is_enforced() -> None:
    assert not judged("warn").problems
    (problem,) = (enforced := judged("enforce")).problems
    assert problem.verdict is Verdict.AUDIT_FAILED
    assert [stage.ok for stage in enforced.stages] == [False]
    assert not judged("enforce", "a").problems


def test_judge__warns_of_a_waiver_that_waives_nothing() -> None:
    assert judged("warn", "a", "a:b").warnings == [
        "audit-ignore names a:b, which does not fail: remove that line."
    ]
