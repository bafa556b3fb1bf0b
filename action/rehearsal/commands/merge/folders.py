"""The folders that are merged: what each holds, copied to where the merged page finds it."""

from collections.abc import Iterator
from pathlib import Path

from rehearsal.commands.merge.shards import Leg
from rehearsal.evidence.folder import Evidence
from rehearsal.results.evidence_index import Exhibits
from rehearsal.results.json_fields import Unexpected
from rehearsal.results.read_json import FILE, Newer, read_account
from rehearsal.results.rehearsal import Rehearsal
from rehearsal.verdict import Misconfigured, Problem, Verdict

PAGE = "index.html"
# Below it each has a folder of its own in the merged evidence.
TARGET = "shards"


def found_in(folder: Path, evidence: Evidence) -> Iterator[tuple[Path, Leg]]:
    """Yield each evidence folder with what its verdict.json tells; nothing is copied yet.

    actions/download-artifact gives a single artifact no folder of its own. Raises `Misconfigured`
    when the folder cannot be looked into; where there is none, nothing was downloaded.
    """
    if (folder / FILE).is_file():
        yield folder, _leg(folder, "", evidence)
        return
    try:
        names = sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        return
    except OSError as error:
        raise Misconfigured(
            f"{str(folder)!r} could not be looked into: {error.strerror}.",
            advice="Name the folder that holds one folder for each downloaded artifact.",
        ) from error
    for name in names:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            yield path, _leg(path, name, evidence)


def _leg(path: Path, name: str, evidence: Evidence) -> Leg:
    try:
        record, exhibits = read_account(path / FILE)
        known = True
    except (Unexpected, OSError) as error:
        record, exhibits = Rehearsal(name=name, problems=[_unread(error)]), Exhibits()
        known = False
    called = name or record.artifact_name or path.name
    page = path / PAGE
    return Leg(
        name=called,
        folder=evidence.name_of(TARGET, called),
        record=record,
        exhibits=exhibits,
        known=known,
        page=page.is_file() and not page.is_symlink(),
    )


def _unread(error: Exception) -> Problem:
    if isinstance(error, FileNotFoundError):
        return Problem(
            Verdict.CANCELLED,
            "It left no verdict.json.",
            advice="Its job ended before the evidence was complete: it was cancelled, ran out of "
            "time, or lost its runner. Look at that job's log.",
        )
    if isinstance(error, Newer):
        return Misconfigured(
            f"Its verdict.json is of a newer Dress Rehearsal: {error}.",
            advice="Use the same version of the action in all jobs of the workflow.",
        )
    found = error if isinstance(error, Unexpected) else getattr(error, "strerror", None) or error
    return Problem(
        Verdict.ERROR,
        f"Its verdict.json cannot be read: {found}.",
        advice="Nothing but the action may write into its evidence. Run that job again; when it "
        "comes back, please report it with the file.",
    )
