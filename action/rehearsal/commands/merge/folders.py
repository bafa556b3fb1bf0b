"""The folders that are merged: what each holds, copied to where the merged page finds it."""

from collections.abc import Iterator
from pathlib import Path

from rehearsal.commands.merge.shards import ShardEvidence
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.verdict_file import read_verdict_file
from rehearsal.results.codec import InvalidDocumentError
from rehearsal.results.file_names import PAGE, SHARDS, VERDICT
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.verdict_json import UnsupportedVersionError
from rehearsal.verdict import MisconfiguredError, Problem, Verdict


def read_shards(folder: Path, evidence: Evidence) -> Iterator[tuple[Path, ShardEvidence]]:
    """Yield each evidence folder with what its verdict.json tells; nothing is copied yet.

    actions/download-artifact gives a single artifact no folder of its own. Raises
    `MisconfiguredError` when the folder cannot be looked into; where there is none, nothing was
    downloaded.
    """
    if (folder / VERDICT).is_file():
        yield folder, _leg(folder, "", evidence)
        return
    try:
        names = sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        return
    except OSError as error:
        raise MisconfiguredError(
            f"{str(folder)!r} could not be looked into: {error.strerror}.",
            hint="Name the folder that holds one folder for each downloaded artifact.",
        ) from error
    for name in names:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            yield path, _leg(path, name, evidence)


def _leg(path: Path, name: str, evidence: Evidence) -> ShardEvidence:
    try:
        result = read_verdict_file(path)
        known = True
    except (InvalidDocumentError, OSError) as error:
        result = RehearsalResult(name=name, problems=(_unread(error),))
        known = False
    called = name or result.artifact_name or path.name
    page = path / PAGE
    return ShardEvidence(
        name=called,
        folder=evidence.safe_path(SHARDS, called),
        result=result,
        known=known,
        page=page.is_file() and not page.is_symlink(),
    )


def _unread(error: Exception) -> Problem:
    if isinstance(error, FileNotFoundError):
        return Problem(
            Verdict.CANCELLED,
            "It left no verdict.json.",
            hint="Its job ended before the evidence was complete: it was cancelled, ran out of "
            "time, or lost its runner. Look at that job's log.",
        )
    if isinstance(error, UnsupportedVersionError):
        return Problem(
            Verdict.MISCONFIGURED,
            f"Its verdict.json is of a newer Dress Rehearsal: {error}.",
            hint="Use the same version of the action in all jobs of the workflow.",
        )
    found = (
        error
        if isinstance(error, InvalidDocumentError)
        else getattr(error, "strerror", None) or error
    )
    return Problem(
        Verdict.ERROR,
        f"Its verdict.json cannot be read: {found}.",
        hint="Nothing but the action may write into its evidence. Run that job again; when it "
        "comes back, please report it with the file.",
    )
