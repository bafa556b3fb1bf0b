"""The predicate of our attestations; its schema is action/predicate.schema.json.

An in-toto statement says something, the predicate, about a subject: the published digest.
"""

import time
from collections.abc import Mapping

from rehearsal.commands.publish.predicate_document import (
    REFERENCE,
    Image,
    Predicate,
    Probe,
    Run,
    Suite,
    Tests,
)
from rehearsal.results.codec import InvalidDocumentError, decode, dumps, loads
from rehearsal.results.digest_format import DIGEST
from rehearsal.results.origin import RequestSummary
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.tests import SuiteResults
from rehearsal.verdict import MisconfiguredError

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
            audit=None,
            rehearsal=_run(rehearsal),
            origin=rehearsal.origin if rehearsal.origin.repository else None,
        )
    )


def read_digests(text: str) -> dict[str, str]:
    """Parse the output `digests` of action/publish.

    Raises `MisconfiguredError`.
    """
    try:
        digests = decode(dict[str, str], loads(text))
    except InvalidDocumentError as error:
        raise _invalid_digests(str(error)) from None
    for reference, digest in digests.items():
        if not REFERENCE.fullmatch(reference):
            raise _invalid_digests(f"{reference[:100]!r} is not a reference")
        if not DIGEST.fullmatch(digest):
            raise _invalid_digests(f"{reference[:100]} has the digest {digest[:100]!r}")
    if not digests:
        raise _invalid_digests("it is empty")
    return digests


def _tests(results: SuiteResults) -> Tests:
    return Tests(ran=results.test_count, failures=results.failure_count, flaky=len(results.flaky))


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


def _invalid_digests(found: str) -> MisconfiguredError:
    return MisconfiguredError(
        f"--digests does not hold the digests of published images: {found}.",
        hint="Pass the output digests of action/publish: JSON, one digest for each reference, "
        'like {"ghcr.io/owner/app:1.2.3": "sha256:…"}.',
    )
