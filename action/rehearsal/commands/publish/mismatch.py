"""Why a reference holds another image, although a push or a tag for it succeeded."""

from rehearsal.commands.publish.publication import PublishTarget, publish_failed
from rehearsal.dataclass import dataclass
from rehearsal.outside.registry import RemoteImage
from rehearsal.verdict import RehearsalError

SINGLE_MANIFEST_HINT = (
    "Build it without attestations: docker build --provenance=false --sbom=false, or provenance: "
    "false and sbom: false with docker/build-push-action. You can attach them to the digest after "
    "the push."
)
MOVED_HINT = (
    "A program on this machine sets that tag, like a process that the tests left: find it. The "
    "registry keeps the other image until you remove it there or publish again, which overwrite "
    "has to allow."
)


@dataclass(frozen=True, kw_only=True)
class Written:
    """What was written to a reference.

    `digest` is that of the manifest; it is empty if the client does not tell it. `moved` says
    whether the engine's tag named another image after the push.
    """

    digest: str = ""
    moved: bool = False


def mismatch(
    target: PublishTarget, remote: RemoteImage, written: Written, image_id: str
) -> RehearsalError:
    """Return the error for a reference that holds `remote` instead of the image."""
    name = target.reference.written
    holds = f"{name} holds {target.content} ({target.reason}) instead of the image"
    if not remote.config:
        return publish_failed(f"{holds} that was pushed, {image_id}.", SINGLE_MANIFEST_HINT)
    if written.digest == remote.digest or (written.moved and not written.digest):
        return publish_failed(
            f"{holds} that was rehearsed, {image_id}: the tag {name} was moved on this machine "
            "while it was pushed.",
            MOVED_HINT,
        )
    if written.digest:
        return publish_failed(
            f"{holds} that was pushed, {image_id}: the manifest {written.digest} was written, "
            "and replaced.",
            "Another run has probably pushed to the same reference at the same time. "
            "Find that run and keep them apart (concurrency:), then run this again.",
        )
    return publish_failed(
        f"{holds} that was pushed, {image_id}.",
        "Another run has pushed to the same reference at the same time, or a program on this "
        "machine has moved the tag in the engine. Find it, then run this again.",
    )
