"""Require that a rehearsal passed before its image is published or attested."""

from pathlib import Path

from rehearsal.evidence.verdict_file import parse_verdict, read_verdict_bytes
from rehearsal.results.digest_format import DIGEST, digest_of
from rehearsal.results.file_names import VERDICT_FILE
from rehearsal.results.json_decoder import InvalidDocumentError
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.shard import WHOLE_SUITE, parse_shard
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict


def require_passed(
    folder: Path, *, given: str, otherwise: str, digest: str = ""
) -> RehearsalResult:
    """Return the rehearsal, or the merged ones, whose verdict.json is in `folder`.

    `given` is how the folder was named, for an error: `The input evidence-path is '…'`. `otherwise`
    says what is not done then: `Nothing was pushed.` With `digest` the file has to have that one.
    Raises `MisconfiguredError` when the file cannot be read, `RehearsalError` (publish-failed) when
    it was changed or does not say that everything passed.
    """
    try:
        content = read_verdict_bytes(folder)
        if digest and digest_of(content) != digest:
            raise _changed(otherwise, digest_of(content), digest)
        result = parse_verdict(content)
    except (InvalidDocumentError, OSError) as error:
        why = error if isinstance(error, InvalidDocumentError) else error.strerror or error
        raise MisconfiguredError(
            f"{given}, and {VERDICT_FILE} in it cannot be read: {why}.",
            hint="Hand over the rehearsal's output evidence-path. In another job, download its "
            "artifact first (evidence: always uploads it for what passed, too), and use the same "
            "version of Dress Rehearsal.",
        ) from None
    if found := _unfit(result):
        what, advice = found
        raise RehearsalError(Verdict.PUBLISH_FAILED, f"{otherwise} {what}", hint=advice)
    return result


def _changed(otherwise: str, found: str, expected: str) -> RehearsalError:
    return RehearsalError(
        Verdict.PUBLISH_FAILED,
        f"{otherwise} {VERDICT_FILE} is not the file that the rehearsal wrote: its digest is "
        f"{found}, and verdict-digest is {expected}.",
        hint="Something changed the file after the rehearsal, like a process that the tests left, "
        "or the two belong to different rehearsals. Hand over evidence-path and verdict-digest of "
        "the same one. If they are, find what changed the file, and rehearse again.",
    )


def _unfit(result: RehearsalResult) -> tuple[str, str] | None:
    """Return why this rehearsal does not prove that the image works, and what to do."""
    if result.verdict is not Verdict.PASSED:
        return (
            f"The rehearsal did not pass: its verdict is {result.verdict}.",
            "Fix the problem that its own report shows, and rehearse again.",
        )
    if parse_shard(result.shard) != WHOLE_SUITE:
        return (
            f"The rehearsal is shard {result.shard}: the other shards' tests are not in it.",
            "Merge the shards' evidence (rehearse merge), and name the merged folder instead.",
        )
    if not DIGEST.fullmatch(result.image_id):
        return (
            f"{VERDICT_FILE} names no image: image-id is {result.image_id[:100]!r}.",
            "Rehearse again; the new evidence names the image's ID.",
        )
    return None
