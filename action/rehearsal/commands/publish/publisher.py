"""Publish an image: check every registry, push, and verify each push."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from rehearsal.commands.publish.local_tags import LocalTags
from rehearsal.commands.publish.mismatch import SINGLE_MANIFEST_HINT, Written
from rehearsal.commands.publish.publication import (
    Publication,
    PublishTarget,
    TargetState,
    publish_failed,
)
from rehearsal.commands.publish.pusher import Pusher
from rehearsal.commands.publish.request import PublishRequest
from rehearsal.commands.publish.same_image import require_same_image
from rehearsal.commands.publish.verify import Verifier
from rehearsal.dataclass import dataclass
from rehearsal.outside.engine import EngineError
from rehearsal.outside.github import Console
from rehearsal.outside.registry import Registries
from rehearsal.outside.signals import interruptible
from rehearsal.verdict import MisconfiguredError, Problem, RehearsalError, Verdict

RESUME_HINT = (
    "The report shows what each registry holds. Publish again: it continues where it stopped."
)
TIMEOUT_HINT = "To allow more time, set the input timeout (of release-image.yml: publish-timeout)."
INDEX_MEDIA_TYPES = frozenset(
    {
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    }
)


def publish(
    request: PublishRequest,
    registries: Registries,
    console: Console,
    publication: Publication,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Push the image to every reference and record the result in `publication`.

    Every registry is checked before the first push. The first failure ends the publication, since
    a later reference, like latest, must not move when an earlier one could not be published.
    """
    with ExitStack() as cleanup:
        local_tags = LocalTags(engine=registries.engine, image_id=request.image_id, cleanup=cleanup)
        verifier = Verifier(
            image_id=request.image_id, registries=registries, local_tags=local_tags, sleep=sleep
        )
        pusher = Pusher(
            registries=registries, local_tags=local_tags, verifier=verifier, console=console
        )
        publisher = Publisher(
            registries=registries, verifier=verifier, pusher=pusher, console=console
        )
        try:
            with interruptible(
                request.timeout,
                subject="The publication",
                cancel_hint=RESUME_HINT,
                timeout_hint=f"{RESUME_HINT} {TIMEOUT_HINT}",
            ):
                publisher.run(request, publication)
        except RehearsalError as error:
            publication.problems.append(error.problem)
        except EngineError as error:
            publication.problems.append(
                Problem(
                    Verdict.ENGINE_FAILED,
                    f"The engine refused a command: {error}",
                    hint="Run it again: what was pushed already is found and skipped.",
                )
            )


def check_overwrite(targets: Sequence[PublishTarget]) -> list[str]:
    """Check references that must keep their content; return a notice for each unknown one.

    Raises `RehearsalError` (publish-failed) when one of them holds something else than the image.
    """
    for target in targets:
        if target.remote and not target.state.verified:
            target.state = TargetState.OTHER_CONTENT
            raise publish_failed(
                f"Nothing was pushed. {target.reference.written} holds {target.content} already, "
                "and overwrite does not allow to replace it.",
                "Publish under a new version, so that this one keeps its content. "
                f"Or set overwrite: {target.reference.tag} to replace it.",
            )
    return [
        f"{target.reference.written} could not be checked before the push. It may have held "
        "something else, which overwrite does not allow to replace."
        for target in targets
        if not target.answered
    ]


@dataclass(frozen=True, kw_only=True)
class Publisher:
    """Publishes one image to all of its references."""

    registries: Registries
    verifier: Verifier
    pusher: Pusher
    console: Console

    def run(self, request: PublishRequest, publication: Publication) -> None:
        image = self.find_image(request.image_id)
        if request.rehearsal:
            require_same_image(self.registries.engine, str(image["Id"]), request.rehearsal)
        targets = publication.targets
        protected = [target for target in targets if target.reference in request.protected]
        for target in targets:
            text = self.verifier.check_before_push(target, pull_if_missing=target in protected)
            self.console.info(f"{target.reference.written}: {text}")
        for target in targets:
            if target.state is TargetState.REFUSED:
                raise publish_failed(
                    f"Nothing was pushed. The registry of {target.reference.written} cannot be "
                    f"reached: {target.reason}",
                    target.hint,
                )
        publication.notices += check_overwrite(protected)
        for target in targets:
            if not target.state.verified:
                publication.notices += self.push_or_retag(target, image, targets)

    def find_image(self, image_id: str) -> Mapping[str, Any]:
        """Return what the engine reports about the image. Raises `MisconfiguredError`."""
        try:
            image = self.registries.engine.inspect(image_id, "image")
        except EngineError:
            raise MisconfiguredError(
                f"The engine has no image {image_id}.",
                hint="Publish in the job that rehearsed it, or load the image first: docker load "
                "the output of docker save, or docker pull REPOSITORY@DIGEST of the candidate "
                "that was rehearsed. An image that was built again has another ID.",
            ) from None
        if (image.get("Descriptor") or {}).get("mediaType") in INDEX_MEDIA_TYPES:
            raise MisconfiguredError(
                f"The image {image_id} is an index of several manifests, but only one of them was "
                "rehearsed.",
                hint=SINGLE_MANIFEST_HINT,
            )
        return image

    def push_or_retag(
        self, target: PublishTarget, image: Mapping[str, Any], targets: Sequence[PublishTarget]
    ) -> list[str]:
        """Publish to one reference, verify it, and return notices.

        A client pushes by tag only. So where the registry holds the image, under another one of
        `targets` or as the candidate that was rehearsed, that manifest is tagged by its digest.
        """
        started = time.monotonic()
        # What the registry holds is not known until it is asked again.
        target.answered, target.state = False, TargetState.INTERRUPTED
        source = self.verifier.find_source(target, image, targets)
        if source and self.pusher.retag(target, source):
            state, written = TargetState.RETAGGED, Written(digest=source.rpartition("@")[2])
        else:
            state, written = TargetState.PUSHED, self.pusher.push(target, str(image["Id"]))
        self.verifier.verify(target, state, written)
        name, seconds = target.reference.written, time.monotonic() - started
        self.console.info(f"{name}: {target.digest} ({state.value}, {seconds:.1f} s)")
        if not source or source.endswith(target.digest):
            return []
        notice = (
            f"{name} holds the same image as {source}, but its manifest has other bytes: the "
            "engine made a new one. buildx 0.15 or newer can tag the manifest itself."
        )
        return [notice]
