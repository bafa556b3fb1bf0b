"""Build the image, or find one that exists already."""

from dataclasses import dataclass
from pathlib import Path

from rehearsal.config.rehearsal_plan import BuildPlan
from rehearsal.evidence.log import Log
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict

EXCERPT_LINES = 20


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image in the local engine: its name for people, and the ID that is rehearsed."""

    reference: str
    id: str


def build_arguments(build: BuildPlan, *, tag: str, id_file: Path, buildx: bool) -> list[str]:
    """Return the arguments after `docker build`.

    With buildx no attestations are made: with them a push would create an index, which has no image
    ID.
    """
    arguments = ["--file", str(build.dockerfile), "--tag", tag, "--iidfile", str(id_file)]
    if buildx:
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


def build_image(build: BuildPlan, engine: Engine, *, tag: str, id_file: Path, log: Log) -> Image:
    """Build the image and write its log. Raises `RehearsalError` (build-failed, engine-failed)."""
    arguments = build_arguments(build, tag=tag, id_file=id_file, buildx=engine.buildx)
    secrets = {secret.name: secret.value for secret in build.secrets}
    process = engine.build(arguments, secrets=secrets, out=log.stream())
    try:
        code = process.wait()
    finally:
        process.end()
    if code == 0:
        return Image(reference=tag, id=id_file.read_text().strip())
    # The log cannot tell whether the engine went away: a build may print the same errors.
    engine.check()
    raise RehearsalError(
        Verdict.BUILD_FAILED,
        f"The image could not be built from {build.dockerfile.name} (exit code {code}).",
        hint="build.log shows the failed instruction, at its end.",
        excerpt=log.tail(EXCERPT_LINES),
        source=log.name,
    )


def find_image(name: str, engine: Engine) -> Image:
    """Find an image in the engine. Raises `MisconfiguredError` if there is none."""
    try:
        inspected = engine.inspect(name, "image")
    except EngineError:
        raise MisconfiguredError(
            f"The input image is {name!r}, and the engine has no such image.",
            hint="Build, load or pull it in an earlier step of this job.",
        ) from None
    return Image(reference=name, id=str(inspected["Id"]))
