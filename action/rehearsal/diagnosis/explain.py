"""Explain a failure: gather its facts and match them with the known causes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.gather_facts import gather_facts
from rehearsal.diagnosis.rules import diagnose, key_lines
from rehearsal.diagnosis.source_scan import scan_source
from rehearsal.evidence.folder import Evidence
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.cause import SELF_EXPLAINED
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.file_names import (
    BUILD_LOG,
    CONTAINER_LOG,
    SETUP_LOG,
    TEST_LOG,
    TEST_SETUP_LOG,
)
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Problem, Verdict

# Neither the app nor what was asked for is at fault in these.
NOT_DIAGNOSED = (Verdict.ERROR, Verdict.CANCELLED)
# Where an unknown cause most likely shows, by what went wrong.
LOGS_BY_VERDICT = {
    Verdict.BUILD_FAILED: (BUILD_LOG,),
    Verdict.SETUP_FAILED: (SETUP_LOG, TEST_SETUP_LOG),
    Verdict.TESTS_FAILED: ("failures", TEST_LOG),
    Verdict.TIMED_OUT: (TEST_LOG, CONTAINER_LOG),
}
DEFAULT_LOGS = (CONTAINER_LOG,)
# Enough of each log to see why a diagnosis was made, or was not.
KEPT_LINES = 60


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """The causes that fit, the root first, or the lines that say most; `facts` is JSON."""

    diagnoses: tuple[Diagnosis, ...] = ()
    key_lines: tuple[str, ...] = ()
    facts: str = ""


def explain(
    result: RehearsalResult,
    observations: Mapping[str, tuple[str, ...]],
    evidence: Evidence,
    *,
    source: SourceTree | None,
    workflow: str,
) -> Explanation:
    """Find the causes of the deciding problem or, where none fits, the lines that say most.

    `observations` are redacted here; the logs of the evidence and `result` have been redacted.
    """
    problem = result.problem
    if not problem or problem.verdict in NOT_DIAGNOSED:
        return Explanation()
    failed = result.results.failed if result.results else ()
    observed = {name: _redact(lines, evidence.redactor) for name, lines in observations.items()}
    tested = next((stage.started for stage in result.stages if stage.name == "test"), 0.0)
    facts = gather_facts(problem, observed, failed, evidence.folder, tested=tested)
    if source:
        scanned = scan_source(facts, source, workflow).items()
        added = {name: _redact(lines, evidence.redactor) for name, lines in scanned}
        facts = replace(facts, lines={**facts.lines, **added})
    diagnoses = tuple(_with_hint(found, problem) for found in diagnose(facts, CAUSES))
    needs_lines = not diagnoses and problem.verdict not in SELF_EXPLAINED
    logs = LOGS_BY_VERDICT.get(problem.verdict, DEFAULT_LOGS)
    return Explanation(
        diagnoses=diagnoses,
        key_lines=key_lines(facts, logs) if needs_lines else (),
        facts=facts.to_json(KEPT_LINES),
    )


def _with_hint(diagnosis: Diagnosis, problem: Problem) -> Diagnosis:
    """Return the diagnosis; without a hint of its own it takes that of the problem."""
    return diagnosis if diagnosis.hint else replace(diagnosis, hint=problem.hint)


def _redact(lines: tuple[str, ...], redactor: Redactor) -> tuple[str, ...]:
    # As one text, since a secret may have several lines.
    return tuple(redactor.redact("\n".join(lines)).split("\n"))
