"""The predicate of our attestations; its schema is action/predicate.schema.json.

An in-toto statement says something, the predicate, about a subject: the published digest.
"""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rehearsal.results.json_fields import DIGEST, Fields, InvalidDocumentError
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.verdict import MisconfiguredError

# Verifiers compare the whole URL. Increase the version at its end when a field is removed or
# changes its meaning.
PREDICATE_TYPE = "https://github.com/dress-rehearsal/dress-rehearsal/rehearsal/v1"
REFERENCE = re.compile(r"(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9])[A-Za-z0-9._:/@-]{0,511}\Z")


def predicate_json(rehearsal: RehearsalResult, digests: Mapping[str, str]) -> str:
    """Return the predicate as JSON; `digests` maps each published reference to its digest."""
    return json.dumps(_predicate(rehearsal, digests), indent=2, ensure_ascii=False) + "\n"


def read_digests(text: str) -> dict[str, str]:
    """Parse the output `digests` of action/publish.

    Raises `MisconfiguredError`.
    """
    try:
        fields = Fields.read(text)
        digests = {name: fields.text(name) for name in fields.content}
    except InvalidDocumentError as error:
        raise _invalid_digests(str(error)) from None
    for reference, digest in digests.items():
        if not REFERENCE.match(reference):
            raise _invalid_digests(f"{reference[:100]!r} is not a reference")
        if not DIGEST.fullmatch(digest):
            raise _invalid_digests(f"{reference[:100]} has the digest {digest[:100]!r}")
    if not digests:
        raise _invalid_digests("it is empty")
    return digests


def _predicate(rehearsal: RehearsalResult, digests: Mapping[str, str]) -> dict[str, Any]:
    results, request = rehearsal.results, rehearsal.request
    answers = (each.detail for each in rehearsal.timeline.milestones if each.name == "ready")
    browsers = dict.fromkeys(shard.browser for shard in rehearsal.shards)
    return {
        "verdict": str(rehearsal.verdict),
        "image": {"id": rehearsal.image_id, "digests": dict(sorted(digests.items()))},
        "tests": results
        and {"ran": results.tests, "failures": results.failures, "flaky": len(results.flaky)},
        "suite": {
            "command-sha256": request.command if request else "",
            "shards": max(1, len({each.shard for each in rehearsal.shards})),
            "browsers": [each for each in browsers or [request.browser if request else ""] if each],
        },
        "probe": {
            "path": request.path if request else "",
            "status": request.statuses if request else "",
            "answer": next(answers, ""),
            "seconds": rehearsal.ready_seconds,
        },
        "audit": None,
        "rehearsal": {
            "name": rehearsal.name,
            "tool": rehearsal.tool,
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(rehearsal.started)),
        },
        "origin": asdict(rehearsal.origin) if rehearsal.origin.repository else None,
    }


def _invalid_digests(found: str) -> MisconfiguredError:
    return MisconfiguredError(
        f"--digests does not hold the digests of published images: {found}.",
        hint="Pass the output digests of action/publish: JSON, one digest for each reference, "
        'like {"ghcr.io/owner/app:1.2.3": "sha256:…"}.',
    )
