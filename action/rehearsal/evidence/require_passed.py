"""Require that a rehearsal passed before its image is published or attested."""

from pathlib import Path

from rehearsal.evidence.verdict_file import read_verdict_file
from rehearsal.results.digest_format import DIGEST
from rehearsal.results.file_names import VERDICT_FILE
from rehearsal.results.json_decoder import InvalidDocumentError
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.shard import WHOLE_SUITE, parse_shard
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict


def require_passed(folder: Path, *, given: str, otherwise: str) -> RehearsalResult:
    """Return the rehearsal, or the merged ones, whose verdict.json is in `folder`.

    `given` is how the folder was named, for an error: `The input evidence-path is '…'`. `otherwise`
    says what is not done then: `Nothing was pushed.` Raises `MisconfiguredError` when the file
    cannot be read, `RehearsalError` (publish-failed) when it does not say that everything passed.
    """
    try:
        result = read_verdict_file(folder)
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
