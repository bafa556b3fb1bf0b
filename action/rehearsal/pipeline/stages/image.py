"""Build the image, or find one that exists already."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from rehearsal.config.rehearsal_plan import BuildPlan
from rehearsal.dataclass import dataclass
from rehearsal.evidence.log import Log
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.outside.image_config import config_digest
from rehearsal.pipeline.stages.end_of_log import end_of_log
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict

EXCERPT_LINES = 20
CHECK_INTERVAL = 0.2
# What the engine's client writes about the image that it has built.
ID_FILE = "image-id"
METADATA_FILE = "image-metadata.json"


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image in the local engine: its name for people, and the ID that is rehearsed.

    `config` is the digest of its configuration, which every image store has; empty if not known.
    `size` is in bytes.
    """

    reference: str
    id: str
    config: str
    size: int | None = None


def build_arguments(build: BuildPlan, *, tag: str, folder: Path, buildx: bool) -> list[str]:
    """Return the arguments after `docker build`; the IDs of the image go into `folder`.

    With buildx no attestations are made: with them a push would create an index, which has no image
    ID.
    """
    arguments = ["--file", str(build.dockerfile), "--tag", tag, "--iidfile", str(folder / ID_FILE)]
    if buildx:
        arguments += ["--metadata-file", str(folder / METADATA_FILE)]
        arguments += ["--provenance=false", "--sbom=false"]
    if build.target:
        arguments += ["--target", build.target]
    if build.platform:
        arguments += ["--platform", build.platform]
    for source in build.cache_from:
        arguments += ["--cache-from", source]
    for target in build.cache_to:
        arguments += ["--cache-to", target]
    for secret in build.secrets:
        arguments += ["--secret", f"id={secret.name},env={secret.name}"]
    for name, value in build.args.items():
        arguments += ["--build-arg", f"{name}={value}"]
    return [*arguments, str(build.context)]


def build_image(
    build: BuildPlan,
    engine: Engine,
    *,
    tag: str,
    folder: Path,
    log: Log,
    check: Callable[[], None] = lambda: None,
) -> Image:
    """Build the image and write its log; `folder` is for files of the client.

    `check` is called again and again; what it raises ends the build. Raises `RehearsalError`
    (build-failed, engine-failed).
    """
    arguments = build_arguments(build, tag=tag, folder=folder, buildx=engine.buildx)
    secrets = {secret.name: secret.value for secret in build.secrets}
    process = engine.build(arguments, secrets=secrets, out=log.stream())
    try:
        while (code := process.wait(CHECK_INTERVAL)) is None:
            check()
    finally:
        process.end()
    if code == 0:
        return _built_image(tag, engine, folder)
    # The log cannot tell whether the engine went away: a build may print the same errors.
    engine.check()
    raise RehearsalError(
        Verdict.BUILD_FAILED,
        f"The image could not be built from {build.dockerfile.name} (exit code {code}).",
        hint=end_of_log(log, shows="the failed instruction"),
        excerpt=log.tail(EXCERPT_LINES),
        source=log.name,
    )


def _built_image(tag: str, engine: Engine, folder: Path) -> Image:
    """Return the image that was just built. Raises `RehearsalError` (engine-failed).

    The client wrote the digest of its configuration, while containerd's image store knows the
    digest of its manifest only. The tag is not asked: it may be another build's by now.
    """
    digests = [(folder / ID_FILE).read_text().strip()]
    with suppress(OSError, ValueError, AttributeError):
        metadata = json.loads((folder / METADATA_FILE).read_text())
        digests.append(str(metadata.get("containerimage.digest", "")))
    for digest in filter(None, digests):
        with suppress(EngineError):
            image_id, size = engine.image_id_and_size(digest)
            config = digests[0] if engine.buildx else config_digest(engine, image_id)
            return Image(reference=tag, id=image_id, config=config, size=size)
    raise RehearsalError(
        Verdict.ENGINE_FAILED,
        f"The image was built, and the engine does not know it as {' or '.join(digests)}.",
        hint="Another program on this machine may have removed it. Rehearse again.",
    )


def find_image(name: str, engine: Engine) -> Image:
    """Find an image in the engine. Raises `MisconfiguredError` if there is none."""
    try:
        image_id, size = engine.image_id_and_size(name)
    except EngineError:
        raise MisconfiguredError(
            f"The input image is {name!r}, and the engine has no such image.",
            hint="Build, load or pull it first (docker image ls lists those that are there); in a "
            "workflow, in an earlier step of this job.",
        ) from None
    return Image(reference=name, id=image_id, config=config_digest(engine, image_id), size=size)
