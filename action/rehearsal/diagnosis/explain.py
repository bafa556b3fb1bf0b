"""Say why: the facts of a failure against the known causes, and what the record gains from it."""

from dataclasses import replace
from pathlib import Path

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.gather_facts import gather_facts
from rehearsal.diagnosis.rules import diagnose, key_lines
from rehearsal.diagnosis.source_scan import scan_source
from rehearsal.evidence.folder import Evidence
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.rehearsal import Rehearsal
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import RehearsalError, Verdict

# Neither the app nor what was asked for is at fault in these.
NOT_DIAGNOSED = (Verdict.ERROR, Verdict.CANCELLED)
# Where an unknown cause most likely shows, by what went wrong.
LOGS_BY_VERDICT = {
    Verdict.BUILD_FAILED: ("build.log",),
    Verdict.SETUP_FAILED: ("setup.log", "test-setup.log"),
    Verdict.TESTS_FAILED: ("failures", "tests/output.log"),
    Verdict.TIMED_OUT: ("tests/output.log", "container.log"),
}
DEFAULT_LOGS = ("container.log",)
# Enough of each log to see why a diagnosis was made, or was not.
KEPT_LINES = 60


def explain(record: Rehearsal, evidence: Evidence) -> str:
    """Find the causes of the deciding problem or, where none is known, the lines that say most.

    Everything it looks at has been redacted. Returns the facts as JSON, or nothing.
    """
    problem = record.problem
    if not problem or problem.verdict in NOT_DIAGNOSED:
        return ""
    failed = record.results.failed if record.results else ()
    seen = {source: _redact(lines, evidence.redactor) for source, lines in record.facts.items()}
    tested = next((stage.started for stage in record.stages if stage.name == "test"), 0.0)
    facts = gather_facts(problem, seen, failed, evidence.folder, tested=tested)
    if record.directory:
        checkout = SourceTree(top=Path(record.checkout), directory=Path(record.directory))
        added = scan_source(facts, checkout, record.workflow).items()
        added_lines = {source: _redact(lines, evidence.redactor) for source, lines in added}
        facts = replace(facts, lines={**facts.lines, **added_lines})
    record.diagnoses = [_advised(found, problem) for found in diagnose(facts, CAUSES)]
    if record.needs_diagnosis:
        record.key_lines = key_lines(facts, LOGS_BY_VERDICT.get(problem.verdict, DEFAULT_LOGS))
    return facts.to_json(KEPT_LINES)


def _advised(diagnosis: Diagnosis, problem: RehearsalError) -> Diagnosis:
    """Where the problem knows better what to do, that is the advice."""
    return diagnosis if diagnosis.hint else replace(diagnosis, hint=problem.hint)


def _redact(lines: tuple[str, ...], redactor: Redactor) -> tuple[str, ...]:
    # As one text: a secret may be of several lines.
    return tuple(redactor.text("\n".join(lines)).split("\n"))
