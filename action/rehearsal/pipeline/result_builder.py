"""Make the result of a finished run: redacted, with its causes and an index of its evidence."""

from collections.abc import Callable
from dataclasses import field, replace
from pathlib import Path

from rehearsal.config.flag_words import in_flags, problem_in_flags
from rehearsal.dataclass import dataclass
from rehearsal.diagnosis.explain import Explanation, explain
from rehearsal.diagnosis.faults import attempt
from rehearsal.diagnosis.needs.given import Given
from rehearsal.diagnosis.paste import InputsOrigin
from rehearsal.evidence.collect import collect_evidence
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.request_of_test import with_path
from rehearsal.pipeline.rerun import with_reruns
from rehearsal.pipeline.run_state import RunState
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.file_names import FACTS_FILE
from rehearsal.results.map_texts import map_texts
from rehearsal.results.origin import Origin, RequestSummary
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import Failure, SuiteResults
from rehearsal.source.source_tree import SourceTree
from rehearsal.verdict import Verdict

NO_SOURCE = SourceTree(top=Path(), directory=Path())
FAULT_NOTICE = "The diagnosis is incomplete, because of an error in Dress Rehearsal: {}."


@dataclass(frozen=True, kw_only=True)
class RunDescription:
    """What is known of a rehearsal before it runs; unknown values are empty."""

    name: str
    evidence_folder: str
    artifact_name: str
    origin: Origin
    request: RequestSummary | None = None
    shard: str = ""
    baseline: Path | None = None
    source: SourceTree | None = None
    test_command: str = field(default="", repr=False)
    inputs: InputsOrigin = field(default_factory=InputsOrigin)
    given: Given | None = None


def make_result(
    state: RunState, description: RunDescription, evidence: Evidence
) -> RehearsalResult:
    """Return the result with its causes, and write the facts behind them into the evidence.

    Every text is redacted before a report can cut a secret in two. A fault of ours while we look
    for causes costs these causes, and a notice says so.
    """
    redact, results = evidence.redactor.redact, state.suite_results
    result = RehearsalResult(
        name=description.name,
        started=state.started,
        stages=tuple(state.stages),
        problems=tuple(state.problems),
        image=state.image,
        image_id=state.image_id,
        image_config=state.image_config,
        image_size=state.image_size,
        engine=state.engine,
        ready_seconds=state.ready_seconds,
        requirements_seconds=state.requirements_seconds,
        shard=description.shard,
        origin=description.origin,
        request=description.request,
        suite_results=results and _with_safe_paths(results, description.source, redact),
        audit=state.audit,
        artifact_name=description.artifact_name,
        notices=tuple(state.notices),
        warnings=tuple(state.warnings),
        timeline=state.timeline.timeline,
        companions=tuple(each.run for each in state.companions),
        evidence_path=description.evidence_folder,
        container_tail=state.container_tail,
        kept_container=state.kept_container,
        remove_command=state.remove_command,
    )
    result = map_texts(result, redact)
    faults: list[str] = []
    explanation = attempt(
        faults,
        lambda: explain(
            result,
            state.observations,
            evidence,
            source=description.source,
            inputs=description.inputs,
            given=description.given
            and replace(description.given, image_variables=state.container_variables),
        ),
        Explanation(),
    )
    state.notices += map(FAULT_NOTICE.format, (*faults, *explanation.faults))
    if explanation.facts:
        evidence.write(FACTS_FILE, explanation.facts)
    explained = replace(
        result,
        diagnoses=explanation.diagnoses,
        key_lines=explanation.key_lines,
        also_needed=explanation.also_needed,
    )
    if state.flags_only:
        explained = _in_flags(explained)
    return with_remarks(explained, state, evidence)


def add_evidence(
    result: RehearsalResult, state: RunState, description: RunDescription, evidence: Evidence
) -> RehearsalResult:
    """Return the result with the index of its evidence, and with all remarks so far."""
    source = description.source or NO_SOURCE
    index = collect_evidence(
        result.suite_results,
        evidence,
        source,
        tests_started=result.tests_started,
        setup_failed=result.verdict is Verdict.SETUP_FAILED,
    )
    index = replace(
        index,
        failed=tuple(with_path(each, state.app_url) for each in index.failed),
        flaky=tuple(with_path(each, state.app_url) for each in index.flaky),
    )
    index = with_reruns(
        index,
        description.test_command,
        source,
        evidence.redactor.redact,
        shard=description.shard,
        flags_only=state.flags_only,
    )
    return with_remarks(replace(result, index=index), state, evidence)


def with_remarks(result: RehearsalResult, state: RunState, evidence: Evidence) -> RehearsalResult:
    """Return the result with all remarks so far; writing evidence may have added some."""
    redact, said = evidence.redactor.redact, in_flags if state.flags_only else str
    return replace(
        result,
        # Each once: the reports are written twice, and what is missing is missing both times.
        notices=tuple(redact(said(each)) for each in dict.fromkeys(state.notices)),
        warnings=tuple(redact(said(each)) for each in dict.fromkeys(state.warnings)),
    )


def _in_flags(result: RehearsalResult) -> RehearsalResult:
    """Return the result with its advice in the words of the command line."""
    messages = {each.message: in_flags(each.message) for each in result.problems}

    def of_diagnosis(found: Diagnosis) -> Diagnosis:
        return replace(
            found,
            title=in_flags(found.title),
            hint=in_flags(found.hint),
            background=in_flags(found.background),
            matching_lines=tuple(messages.get(line, line) for line in found.matching_lines),
        )

    audit = result.audit
    findings = audit.findings if audit else ()
    return replace(
        result,
        audit=audit
        and replace(
            audit,
            findings=tuple(replace(each, hint=in_flags(each.hint)) for each in findings),
        ),
        problems=tuple(map(problem_in_flags, result.problems)),
        diagnoses=tuple(map(of_diagnosis, result.diagnoses)),
        also_needed=map_texts(result.also_needed, in_flags),
    )


def _with_safe_paths(
    results: SuiteResults, source: SourceTree | None, redact: Callable[[str], str]
) -> SuiteResults:
    """Return the results with all paths redacted that are not the project's.

    Programs read a path of the project, so it stays; a report may name anything.
    """
    # Each path once: 100,000 tests may have failed, of a few files.
    paths = {each.file for each in (*results.failed, *results.flaky)}
    known = {path for path in paths if source and source.locate(path)}

    def safe(failure: Failure) -> Failure:
        is_known = failure.file in known
        return failure if is_known else replace(failure, file=redact(failure.file))

    return replace(
        results, failed=tuple(map(safe, results.failed)), flaky=tuple(map(safe, results.flaky))
    )
