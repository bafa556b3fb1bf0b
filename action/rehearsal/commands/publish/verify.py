"""Ask the registries what they hold: before the first push, and after each one."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from rehearsal.commands.publish.local_tags import LocalTags
from rehearsal.commands.publish.publication import PublishTarget, TargetState
from rehearsal.commands.publish.reference import split_repository
from rehearsal.commands.publish.registry_errors import find_reason, one_line
from rehearsal.outside.engine import EngineError
from rehearsal.outside.registry import Registries, RemoteImage
from rehearsal.verdict import RehearsalError, Verdict

# In seconds. A registry of several machines may show the content from before a push for a moment.
RETRY_DELAYS = (1.0, 2.0, 4.0)
SINGLE_MANIFEST_HINT = (
    "Build it without attestations: docker build --provenance=false --sbom=false, or provenance: "
    "false and sbom: false with docker/build-push-action. You can attach them to the digest after "
    "the push."
)


@dataclass(frozen=True, kw_only=True)
class Verifier:
    """Finds out whether references hold the image `image_id`."""

    image_id: str
    registries: Registries
    local_tags: LocalTags
    sleep: Callable[[float], None]

    def check_before_push(self, target: PublishTarget, *, pull_if_missing: bool = False) -> str:
        """Ask what a reference holds, record it in `target`, and return it in words.

        With `pull_if_missing` the engine is asked too when the client finds nothing: an old client
        also reports nothing when it does not understand the manifest, or may not read it.
        """
        name = target.reference.written
        try:
            target.remote = self._inspect_or_pull(name)
            if pull_if_missing and target.remote is None:
                self.local_tags.remember(name)
                target.remote = self.registries.pull(name)
        except EngineError as error:
            message = one_line(str(error))
            reason = find_reason(message, name)
            if not reason.unreachable:
                # Some registries allow no reading before the first push. Then only the push tells.
                return f"not known yet ({reason.name})"
            target.state = TargetState.REFUSED
            target.reason, target.hint = f"{reason.name}: {message}", reason.hint
            return target.reason
        target.answered = True
        if target.remote is None:
            return "nothing there yet"
        if not target.remote.is_image(self.image_id):
            return f"holds {target.content} now"
        target.state = TargetState.ALREADY_THERE
        return f"already there, {target.remote.digest}"

    def verify(self, target: PublishTarget, state: TargetState) -> None:
        """Check that a reference holds the image now, and only then set its `state`.

        Raises `RehearsalError` (publish-failed) when it does not, or when the registry does not
        answer.
        """
        name = target.reference.written
        try:
            target.remote = self._inspect_until_there(name)
        except EngineError as error:
            message = one_line(str(error))
            target.state = TargetState.REFUSED
            target.reason = f"it could not be verified: {message}"
            raise publish_failed(
                f"{name} was pushed, but its registry does not tell what it holds now: {message}",
                find_reason(message, name).hint,
            ) from None
        target.answered = True
        if target.remote is None:
            target.state = TargetState.OTHER_CONTENT
            target.reason = "nothing is there after the push"
            raise publish_failed(
                f"{name} was pushed, but its registry holds nothing there.",
                "Perhaps somebody removed it, or the login allows to write but not to read. "
                "Check the registry, then run this again.",
            )
        if not target.remote.is_image(self.image_id):
            target.state = TargetState.OTHER_CONTENT
            target.reason = f"its image is {target.remote.config or 'an index'}"
            raise publish_failed(
                f"{name} holds {target.content} ({target.reason}) instead of the image that was "
                f"pushed, {self.image_id}.",
                "Another run has probably pushed to the same reference at the same time. "
                "Find that run and keep them apart (concurrency:), then run this again."
                if target.remote.config
                else SINGLE_MANIFEST_HINT,
            )
        target.state = state

    def check_after_failure(self, target: PublishTarget) -> None:
        """Record what a reference holds after a failed push, if the registry answers."""
        with suppress(EngineError):
            target.remote = self.registries.inspect(target.reference.written)
            target.answered = True

    def find_source(self, target: PublishTarget, image: Mapping[str, Any]) -> str:
        """Return a reference by digest to a manifest of the image in the target's registry.

        The engine knows where it pulled the image from; the registry is asked whether it is still
        there. Returns an empty string when no such manifest is found.
        """
        reference = target.reference
        candidates = []
        for by_digest in image.get("RepoDigests") or ():
            name = str(by_digest).partition("@")[0]
            if split_repository(name)[0] == reference.registry:
                candidates.append((name != reference.untagged, str(by_digest)))
        for _, by_digest in sorted(candidates):
            with suppress(EngineError):
                remote = self.registries.inspect(by_digest)
                if remote and remote.is_image(self.image_id):
                    return by_digest
        return ""

    def _inspect_or_pull(self, name: str) -> RemoteImage | None:
        """Ask with the client. If it cannot reach the registry, let the engine pull."""
        try:
            return self.registries.inspect(name)
        except EngineError as error:
            if not find_reason(str(error), name).unreachable:
                raise
            self.local_tags.remember(name)
            return self.registries.pull(name)

    def _inspect_until_there(self, name: str) -> RemoteImage | None:
        """Ask a few times until the image is there, and return what is there in the end.

        If the client finds nothing or fails, the engine pulls: it reads more than an old client.
        """
        with suppress(EngineError):
            remote = self.registries.inspect(name)
            for delay in RETRY_DELAYS:
                if remote and remote.is_image(self.image_id):
                    break
                self.sleep(delay)
                remote = self.registries.inspect(name)
            if remote:
                return remote
        self.local_tags.remember(name)
        return self.registries.pull(name)


def publish_failed(message: str, hint: str) -> RehearsalError:
    """Return a `RehearsalError` with the verdict publish-failed."""
    return RehearsalError(Verdict.PUBLISH_FAILED, message, hint=hint)
