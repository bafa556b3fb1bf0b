"""What an earlier rehearsal found, from its verdict.json: only what passed is published."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.inputs import shown
from rehearsal.publish.reference import DIGEST
from rehearsal.verdict import Misconfigured, Problem, Verdict

FILE = "verdict.json"
VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Rehearsed:
    """One rehearsal, or several merged; `tests` is None where nobody counted."""

    name: str
    image_id: str
    tests: int | None = None
    failures: int | None = None
    flaky: tuple[str, ...] = ()


def read_rehearsed(folder: Path, *, allow_flaky: bool) -> Rehearsed:
    """Return what verdict.json in `folder` says.

    Raises `Misconfigured` when it cannot be read, `Problem` (publish-failed) when it does not say
    that everything passed.
    """
    document = _document(folder)
    verdict, image_id = document.get("verdict"), str(document.get("image-id") or "")
    if verdict != str(Verdict.PASSED):
        raise _unfit(
            f"The rehearsal ended as {shown(verdict)}, and only what passed is published.",
            "Mend what it found, and rehearse again; its own report says what that is.",
        )
    shard = str(document.get("shard") or "")
    if not document.get("shards") and shard and not shard.endswith("/1"):
        raise _unfit(
            f"The rehearsal is shard {shown(shard)}: the other shards' tests are not in it.",
            "Merge the shards' evidence (rehearse merge), and publish with the merged folder as "
            "evidence-path.",
        )
    if not DIGEST.fullmatch(image_id):
        raise _unfit(
            f"{FILE} names no image: image-id is {shown(image_id)}.",
            "Rehearse again; the evidence of that run tells the image's ID.",
        )
    tests = document.get("tests")
    tests = tests if isinstance(tests, dict) else {}
    flaky = tuple(_name(each) for each in tests.get("flaky") or ())
    if flaky and not allow_flaky:
        raise _unfit(
            f"{len(flaky)} tests passed only when they were run again: {', '.join(flaky[:3])}"
            f"{', …' if len(flaky) > len(flaky[:3]) else ''}."
            if len(flaky) > 1
            else f"A test passed only when it was run again: {flaky[0]}.",
            "Make the test steady, or publish all the same with allow-flaky: 'true'.",
        )
    return Rehearsed(
        name=str(document.get("rehearsal") or ""),
        image_id=image_id,
        tests=tests.get("ran"),
        failures=tests.get("failures"),
        flaky=flaky,
    )


def _document(folder: Path) -> dict[str, Any]:
    file = folder / FILE
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Misconfigured(
            f"The input evidence-path is {shown(folder)}, and {FILE} in it cannot be read: "
            f"{error.strerror or error}.",
            advice="Hand over the rehearsal's output evidence-path. In another job, download its "
            "artifact first (evidence: always uploads it for what passed, too).",
        ) from None
    except ValueError:
        document = None
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise Misconfigured(
            f"{shown(file)} is no verdict.json of version {VERSION}.",
            advice="Rehearse and publish with the same version of Dress Rehearsal.",
        )
    return document


def _unfit(what: str, advice: str) -> Problem:
    return Problem(Verdict.PUBLISH_FAILED, f"Nothing was pushed. {what}", advice=advice)


def _name(test: object) -> str:
    return str(test.get("name") if isinstance(test, dict) else test)
