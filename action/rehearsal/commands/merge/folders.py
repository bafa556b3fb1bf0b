"""Read the evidence folders that are to be merged."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from rehearsal.commands.merge.shards import ShardEvidence
from rehearsal.diagnosis.own_paste import is_own_paste
from rehearsal.evidence.folder import Evidence
from rehearsal.evidence.verdict_file import read_verdict_file
from rehearsal.report.words import PASTE_ON_SHARD_PAGE
from rehearsal.results.diagnosis import Diagnosis
from rehearsal.results.file_names import (
    BUILD_LOG,
    CONTAINER_LOG,
    PAGE_FILE,
    SETUP_LOG,
    SHARDS_FOLDER,
    TEST_SETUP_LOG,
    VERDICT_FILE,
)
from rehearsal.results.json_decoder import InvalidDocumentError
from rehearsal.results.rehearsal import RehearsalResult
from rehearsal.results.verdict_json import UnsupportedVersionError
from rehearsal.verdict import MisconfiguredError, Problem, Verdict

# An evidence folder holds at least one of them, also if the rehearsal was killed.
EVIDENCE_FILES = {VERDICT_FILE, BUILD_LOG, CONTAINER_LOG, SETUP_LOG, TEST_SETUP_LOG}


def read_shards(folder: Path, evidence: Evidence) -> Iterator[tuple[Path, ShardEvidence]]:
    """Yield each evidence folder below `folder` with what its verdict.json says; copy nothing.

    `folder` may be an evidence folder itself, also of a killed rehearsal: actions/download-artifact
    makes no folder for a single artifact. A `folder` that does not exist yields nothing: no
    artifact was downloaded. Raises `MisconfiguredError` when it cannot be read.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if not path.is_symlink())
    except FileNotFoundError:
        return
    except OSError as error:
        raise MisconfiguredError(
            f"The folder {str(folder)!r} cannot be read: {error.strerror}.",
            hint="Name the folder that holds one folder for each downloaded artifact.",
        ) from error
    if any(path.name in EVIDENCE_FILES and path.is_file() for path in paths):
        yield folder, _read_shard(folder, "", evidence)
        return
    for path in paths:
        if path.is_dir():
            yield path, _read_shard(path, path.name, evidence)


def _read_shard(path: Path, folder_name: str, evidence: Evidence) -> ShardEvidence:
    page = path / PAGE_FILE
    has_page = page.is_file() and not page.is_symlink()
    try:
        result = _without_foreign_pastes(read_verdict_file(path), has_page=has_page)
        readable = True
    except (InvalidDocumentError, OSError) as error:
        result = RehearsalResult(name=folder_name, problems=(_unreadable(error),))
        readable = False
    name = folder_name or result.artifact_name or path.name
    return ShardEvidence(
        name=name,
        folder=evidence.safe_path(SHARDS_FOLDER, name),
        result=result,
        readable=readable,
        has_page=has_page,
    )


def _without_foreign_pastes(result: RehearsalResult, *, has_page: bool) -> RehearsalResult:
    """Return a result without texts to paste, except those that a cause has itself."""
    elsewhere = f" {PASTE_ON_SHARD_PAGE}" if has_page else ""

    def checked(diagnosis: Diagnosis) -> Diagnosis:
        if not diagnosis.paste or is_own_paste(diagnosis):
            return diagnosis
        return replace(diagnosis, paste="", hint=f"{diagnosis.hint}{elsewhere}".lstrip())

    return replace(
        result,
        diagnoses=tuple(map(checked, result.diagnoses)),
        also_needed=replace(result.also_needed, paste=""),
    )


def _unreadable(error: Exception) -> Problem:
    if isinstance(error, FileNotFoundError):
        return Problem(
            Verdict.CANCELLED,
            f"Its evidence has no {VERDICT_FILE}.",
            hint="Its job ended before the evidence was complete: it was cancelled, ran out of "
            "time, or lost its runner. Look at that job's log.",
        )
    if isinstance(error, UnsupportedVersionError):
        return Problem(
            Verdict.MISCONFIGURED,
            f"Its {VERDICT_FILE} was written by a newer Dress Rehearsal: {error}.",
            hint="Use the same version of the action in all jobs of the workflow.",
        )
    reason = getattr(error, "strerror", None) or error
    return Problem(
        Verdict.ERROR,
        f"Its {VERDICT_FILE} cannot be read: {reason}.",
        hint="Only the action may write into its evidence. Run that job again; if it "
        "fails again, please report it with the file.",
    )
