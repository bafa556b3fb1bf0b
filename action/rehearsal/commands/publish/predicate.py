"""The predicate of our attestations; its schema is action/predicate.schema.json.

An in-toto statement says something, the predicate, about a subject: the published digest.
"""

import time
from collections.abc import Mapping

from rehearsal.commands.publish.predicate_document import (
    Audit,
    Image,
    Predicate,
    Probe,
    Run,
    Suite,
    Tests,
)
from rehearsal.results.audit import Audit as AuditResult
from rehearsal.results.audit import Outcome
from rehearsal.results.json_encoder import dumps
from rehearsal.results.origin import RequestSummary
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import SuiteResults

# Verifiers compare the whole URL. Increase the version at its end when a field is removed or
# changes its meaning.
PREDICATE_TYPE = "https://github.com/dress-rehearsal/dress-rehearsal/rehearsal/v1"


def predicate_json(rehearsal: RehearsalResult, digests: Mapping[str, str]) -> str:
    """Return the predicate as JSON; `digests` maps each published reference to its digest."""
    request = rehearsal.request or RequestSummary()
    return dumps(
        Predicate(
            verdict=str(rehearsal.verdict),
            image=Image(id=rehearsal.image_id, digests=dict(sorted(digests.items()))),
            tests=_tests(rehearsal.suite_results) if rehearsal.suite_results else None,
            suite=_suite(rehearsal, request),
            probe=_probe(rehearsal, request),
            audit=_audit(rehearsal.audit) if rehearsal.audit else None,
            rehearsal=_run(rehearsal),
            origin=rehearsal.origin if rehearsal.origin.repository else None,
        )
    )


def _tests(results: SuiteResults) -> Tests:
    return Tests(ran=results.test_count, failures=results.failure_count, flaky=results.flaky_count)


def _audit(audit: AuditResult) -> Audit:
    def ids(outcome: Outcome) -> tuple[str, ...]:
        return tuple(each.id for each in audit.having(outcome))

    return Audit(
        mode=audit.mode,
        active=audit.active,
        passed=ids(Outcome.PASSED),
        failed=ids(Outcome.FAILED),
        waived=ids(Outcome.WAIVED),
        skipped=ids(Outcome.SKIPPED),
    )


def _suite(rehearsal: RehearsalResult, request: RequestSummary) -> Suite:
    browsers = dict.fromkeys(each.browser for each in rehearsal.shards) or [request.browser]
    return Suite(
        command_sha256=request.command,
        shards=max(1, len({each.shard for each in rehearsal.shards})),
        browsers=tuple(filter(None, browsers)),
    )


def _probe(rehearsal: RehearsalResult, request: RequestSummary) -> Probe:
    answers = (each.detail for each in rehearsal.timeline.milestones if each.name == "ready")
    return Probe(
        path=request.path,
        status=request.statuses,
        answer=next(answers, ""),
        seconds=rehearsal.ready_seconds,
    )


def _run(rehearsal: RehearsalResult) -> Run:
    started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(rehearsal.started))
    return Run(name=rehearsal.name, tool=rehearsal.tool, started=started)
