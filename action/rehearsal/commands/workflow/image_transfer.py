"""Move an image from one job to another: identify it, load it, and check that it is the same."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from rehearsal.commands.workflow.archive import ImageArchive, read_archive
from rehearsal.commands.workflow.digest_spelling import read_digest, spell
from rehearsal.config.child_environment import for_children
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.outside.find_engine import find_engine
from rehearsal.outside.github import Console
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict


def identify(path: Path, spelling: str, console: Console) -> int:
    """Set the output `config` to the digest of the image's configuration."""
    archive = read_archive(path)
    console.output("config", spell(archive.config, spelling))
    size = path.stat().st_size >> 20
    console.info(f"{path.name} holds the image {archive.config}, {size} MiB")
    return 0


def restore(path: Path, config: str, environ: Mapping[str, str], console: Console) -> int:
    """Load the image into the engine and set the output `image-id` to the ID it has there.

    Raises `RehearsalError` when `config` is not the digest of the image's configuration.
    """
    expected = read_digest(config)
    if not expected:
        raise MisconfiguredError(
            "The digest of the image's configuration is missing.",
            hint="Pass it as --config sha256:… (the output config of `workflow identify`).",
        )
    archive = read_archive(path)
    if archive.config != expected:
        raise RehearsalError(
            Verdict.ERROR,
            f"{path.name} holds the image {archive.config}, but {expected} was built.",
            hint="Another job of this run uploaded an artifact of the same name, or changed it. "
            "Give each call of the workflow its own artifact-name.",
        )
    engine = find_engine(for_children(environ, ()))
    image_id = _load(engine, archive)
    console.output("image-id", image_id)
    console.info(f"loaded the image {image_id}")
    return 0


def _load(engine: Engine, archive: ImageArchive) -> str:
    try:
        output = engine.load(archive.path)
    except EngineError as error:
        output = str(error)
    for image_id in archive.ids:
        with suppress(EngineError):
            found = engine.image_id_of(image_id)
            if found in archive.ids:
                return found
    raise RehearsalError(
        Verdict.ENGINE_FAILED,
        f"The engine did not load the image {archive.config} from {archive.path.name}: {output}",
        hint="Read the message of the engine; the usual cause is a full disk.",
    )
