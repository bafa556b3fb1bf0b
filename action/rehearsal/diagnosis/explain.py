"""Explain a failure: gather its facts and match them with the known causes."""

from collections.abc import Mapping
from dataclasses import field, replace

from rehearsal.dataclass import dataclass
from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.derived_facts import derive_facts
from rehearsal.diagnosis.facts import (
    BROWSER_STARTS,
    COVERING_STYLES,
    FAULTS,
    LOG_OF_FAILED_TESTS,
    OWN_MODULE,
    PROPOSALS,
    SERVICE_LOG,
    STATIC_NAMES,
    WORKER_LOG,
    Facts,
)
from rehearsal.diagnosis.faults import attempt
from rehearsal.diagnosis.gather_facts import gather_facts
from rehearsal.diagnosis.key_lines import key_lines
from rehearsal.diagnosis.needs.find_needs import Seen, find_needs, without_secrets
from rehearsal.diagnosis.needs.given import Given
from rehearsal.diagnosis.paste import INPUTS_ORIGIN, InputsOrigin
from rehearsal.diagnosis.proposals import find_context
from rehearsal.diagnosis.rules import diagnose
from rehearsal.diagnosis.source_scan import scan_source
from rehearsal.evidence.folder import Evidence
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.cause import SELF_EXPLAINED
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.file_names import (
    ASKED_AGAIN_LOG,
    BEFORE_LOG,
    BUILD_LOG,
    CONTAINER_LOG,
    SETUP_LOG,
    TEST_LOG,
    TEST_SETUP_LOG,
)
from rehearsal.results.next_need import NextNeeds
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Problem, Verdict

# Verdicts for which neither the app nor an input is at fault, or whose findings say it all.
NOT_DIAGNOSED = (Verdict.ERROR, Verdict.CANCELLED, Verdict.AUDIT_FAILED)
# The logs that most likely show an unknown cause.
LOGS_BY_VERDICT = {
    Verdict.BUILD_FAILED: (BUILD_LOG,),
    Verdict.SETUP_FAILED: (SERVICE_LOG, BEFORE_LOG, SETUP_LOG, TEST_SETUP_LOG),
    Verdict.TESTS_FAILED: (ASKED_AGAIN_LOG, LOG_OF_FAILED_TESTS, "failures", TEST_LOG),
    Verdict.TIMED_OUT: (TEST_LOG, CONTAINER_LOG),
}
DEFAULT_LOGS = (SERVICE_LOG, WORKER_LOG, CONTAINER_LOG)
# Their texts are pasted into files, as they are there or changed.
PASTED = {
    PROPOSALS,
    BROWSER_STARTS,
    COVERING_STYLES,
    OWN_MODULE,
    STATIC_NAMES,
    "template name",
    "template syntax",
    "url name",
}
# How many lines of each log facts.json holds: enough to see why a diagnosis was made or not.
MAX_FACT_LINES = 60


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """The causes that fit, the root first, or key lines of a log; `facts` is JSON.

    `also_needed` is what the next rehearsals would lack. `faults` are our own while we looked for
    facts.
    """

    diagnoses: tuple[Diagnosis, ...] = ()
    key_lines: tuple[str, ...] = ()
    also_needed: NextNeeds = field(default_factory=NextNeeds)
    facts: str = ""
    faults: tuple[str, ...] = ()


def explain(
    result: RehearsalResult,
    observations: Mapping[str, tuple[str, ...]],
    evidence: Evidence,
    *,
    source: SourceTree | None,
    inputs: InputsOrigin,
    given: Given | None = None,
) -> Explanation:
    """Find the causes of the deciding problem or, if none fits, the key lines of the logs.

    `observations` are redacted here; `result` and the logs in the evidence are redacted already.
    Without `given`, nothing is known of what else is missing.
    """
    problem = result.problem
    if not problem or problem.verdict in NOT_DIAGNOSED:
        return Explanation()
    failed = result.suite_results.failed if result.suite_results else ()
    observed = {name: _redact(lines, evidence.redactor) for name, lines in observations.items()}
    observed |= {INPUTS_ORIGIN: inputs.lines()}
    facts = gather_facts(
        problem, observed, failed, evidence.folder, tests_started=result.tests_started
    )
    if source:
        facts = _add(facts, scan_source(facts, source, inputs.workflow), evidence.redactor)
    facts = _add(facts, derive_facts(facts, source), evidence.redactor)
    diagnoses = tuple(_with_hint(each, problem) for each in diagnose(facts, CAUSES))
    faults = list(facts.lines.get(FAULTS, ()))
    also_needed = NextNeeds()
    if source and given:
        context = attempt(faults, lambda: find_context(facts, source, inputs.workflow), None)
        seen = Seen(facts=facts, diagnoses=diagnoses, was_ready=result.ready_seconds is not None)
        also_needed = find_needs(seen, context, given, faults) if context else also_needed
    unexplained = not diagnoses and problem.verdict not in SELF_EXPLAINED
    logs = LOGS_BY_VERDICT.get(problem.verdict, DEFAULT_LOGS)
    return Explanation(
        diagnoses=diagnoses,
        key_lines=key_lines(facts, logs) if unexplained else (),
        also_needed=without_secrets(also_needed, evidence.redactor),
        facts=facts.to_json(MAX_FACT_LINES),
        faults=tuple(faults),
    )


def _with_hint(diagnosis: Diagnosis, problem: Problem) -> Diagnosis:
    """Return the diagnosis with its own hint, else with the hint of the problem."""
    return diagnosis if diagnosis.hint else replace(diagnosis, hint=problem.hint)


def _add(facts: Facts, lines: Mapping[str, tuple[str, ...]], redactor: Redactor) -> Facts:
    """Return the facts with those that the project's files show."""
    added = dict(lines)
    for source, found in lines.items():
        safe = _without_secrets(found, redactor) if source in PASTED else found
        added[source] = _redact(safe, redactor) if safe else ()
    return replace(facts, lines={**facts.lines, **added})


def _without_secrets(lines: tuple[str, ...], redactor: Redactor) -> tuple[str, ...]:
    """Return the lines without those of a text that has a secret.

    A text is all that follows the same first word. Whoever pasted it with *** would lose the
    secret.
    """
    texts: dict[str, list[str]] = {}
    for line in lines:
        name, _, text = line.partition(" ")
        texts.setdefault(name, []).append(text)
    safe = {name for name, text in texts.items() if not redactor.names_in("\n".join(text))}
    return tuple(line for line in lines if line.partition(" ")[0] in safe)


def _redact(lines: tuple[str, ...], redactor: Redactor) -> tuple[str, ...]:
    # As one text: a secret may span several lines.
    return tuple(redactor.redact("\n".join(lines)).split("\n"))
