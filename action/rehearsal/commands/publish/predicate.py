"""The predicate: what an attestation of ours states, as action/predicate.schema.json has it.

in-toto calls so what is stated about a subject; the subject is the published digest.
"""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rehearsal.results.json_fields import DIGEST, Fields, InvalidDocument
from rehearsal.results.rehearsal import Rehearsal
from rehearsal.verdict import Misconfigured

# Its last part counts up when a field goes or means something else; verifiers compare all of it.
TYPE = "https://github.com/dress-rehearsal/dress-rehearsal/rehearsal/v1"
REFERENCE = re.compile(r"(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9])[A-Za-z0-9._:/@-]{0,511}\Z")


def predicate(record: Rehearsal, digests: Mapping[str, str]) -> str:
    """Return the predicate of a pass as JSON; `digests` holds what was published, by reference."""
    return json.dumps(_content(record, digests), indent=2, ensure_ascii=False) + "\n"


def read_digests(text: str) -> dict[str, str]:
    """Read the output `digests` of action/publish: JSON, reference to digest.

    Raises `Misconfigured`.
    """
    try:
        fields = Fields.read(text)
        found = {name: fields.text(name) for name in fields.content}
    except InvalidDocument as error:
        raise _no_digests(str(error)) from None
    for reference, digest in found.items():
        if not REFERENCE.match(reference):
            raise _no_digests(f"{reference[:100]!r} is no reference")
        if not DIGEST.fullmatch(digest):
            raise _no_digests(f"{reference[:100]} has the digest {digest[:100]!r}")
    if not found:
        raise _no_digests("it names no image")
    return found


def _content(record: Rehearsal, digests: Mapping[str, str]) -> dict[str, Any]:
    results, asked = record.results, record.request
    answers = (each.detail for each in record.timeline.milestones if each.name == "ready")
    browsers = dict.fromkeys(each.browser for each in record.shards)
    return {
        "verdict": str(record.verdict),
        "image": {"id": record.image_id, "digests": dict(sorted(digests.items()))},
        "tests": results
        and {"ran": results.tests, "failures": results.failures, "flaky": len(results.flaky)},
        "suite": {
            "command-sha256": asked.command if asked else "",
            "shards": max(1, len({each.shard for each in record.shards})),
            "browsers": [each for each in browsers or [asked.browser if asked else ""] if each],
        },
        "probe": {
            "path": asked.path if asked else "",
            "status": asked.statuses if asked else "",
            "answer": next(answers, ""),
            "seconds": record.ready_seconds,
        },
        "audit": None,
        "rehearsal": {
            "name": record.name,
            "tool": record.tool,
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.started)),
        },
        "where": asdict(record.origin) if record.origin.repository else None,
    }


def _no_digests(found: str) -> Misconfigured:
    return Misconfigured(
        f"--digests is not what was published: {found}.",
        hint="Give it the output digests of action/publish: JSON, one digest for each reference, "
        'like {"ghcr.io/owner/app:1.2.3": "sha256:…"}.',
    )
