"""The image from one job to the next: which one it is, and that the same one has arrived."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from rehearsal.commands.workflow.archive import Archive, read_archive
from rehearsal.config.child_environment import for_children
from rehearsal.outside.engine import Engine, EngineError, find_engine
from rehearsal.outside.github import Console
from rehearsal.results.json_fields import DIGEST
from rehearsal.verdict import Misconfigured, Problem, Verdict


def identify(path: Path, console: Console) -> int:
    """Set the output `config`: the digest of the configuration of the image in a file."""
    archive = read_archive(path)
    console.output("config", archive.config)
    size = path.stat().st_size >> 20
    console.say(f"{path.name} holds the image {archive.config}, {size} MiB")
    return 0


def restore(path: Path, config: str, environ: Mapping[str, str], console: Console) -> int:
    """Load the image into this engine and set the output `image-id`: what it is called there.

    Raises `Problem` where it is not the image of that configuration.
    """
    if not DIGEST.fullmatch(config):
        raise Misconfigured(
            "There is no digest to check the image by.",
            hint="Give it: --config sha256:… (the output config of `workflow identify`).",
        )
    archive = read_archive(path)
    if archive.config != config:
        raise Problem(
            Verdict.ERROR,
            f"{path.name} holds the image {archive.config}, and {config} was built.",
            hint="Another job of this run has uploaded an artifact of the same name, or changed "
            "it. Give each call of the workflow an artifact-name of its own.",
        )
    engine = find_engine(for_children(environ, ()))
    image = _load(engine, archive)
    console.output("image-id", image)
    console.say(f"restored {image}")
    return 0


def _load(engine: Engine, archive: Archive) -> str:
    try:
        told = engine.load(archive.path)
    except EngineError as refusal:
        told = str(refusal)
    for identity in archive.ids:
        with suppress(EngineError):
            found: str = engine.inspect(identity, "image")["Id"]
            if found in archive.ids:
                return found
    raise Problem(
        Verdict.ENGINE_FAILED,
        f"The engine has not loaded the image {archive.config} from {archive.path.name}: {told}",
        hint="See what the engine says; a full disk is the usual cause.",
    )
