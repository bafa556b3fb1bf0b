"""Ask the registries what they hold: before the first push, and after each one."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

from rehearsal.commands.publish.local_tags import LocalTags
from rehearsal.commands.publish.mismatch import Written, mismatch
from rehearsal.commands.publish.publication import PublishTarget, TargetState, publish_failed
from rehearsal.commands.publish.reference import split_repository
from rehearsal.commands.publish.registry_errors import find_reason, one_line
from rehearsal.dataclass import dataclass
from rehearsal.outside.engine import EngineError
from rehearsal.outside.image_config import config_digest
from rehearsal.outside.registry import Registries, RemoteImage

# In seconds. A registry of several machines may show the content from before a push for a moment.
RETRY_DELAYS = (1.0, 2.0, 4.0)


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
        if not self._is_image(target.remote):
            return f"holds {target.content} now"
        target.state = TargetState.ALREADY_THERE
        return f"already there, {target.remote.digest}"

    def verify(self, target: PublishTarget, state: TargetState, written: Written) -> None:
        """Check that a reference holds the image now, and only then set its `state`.

        Raises `RehearsalError` (publish-failed) when it does not, or when the registry does not
        answer. `written` tells who put something else there.
        """
        name = target.reference.written
        try:
            target.remote = self._inspect_until_there(name, written.digest)
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
        if not self._is_image(target.remote):
            target.state = TargetState.OTHER_CONTENT
            target.reason = f"its image is {target.remote.config or 'an index'}"
            raise mismatch(target, target.remote, written, self.image_id)
        target.state = state

    def check_after_failure(self, target: PublishTarget) -> None:
        """Record what a reference holds after a failed push, if the registry answers."""
        with suppress(EngineError):
            target.remote = self.registries.inspect(target.reference.written)
            target.answered = True

    def find_source(
        self, target: PublishTarget, image: Mapping[str, Any], targets: Iterable[PublishTarget]
    ) -> str:
        """Return a reference by digest to a manifest of the image in the target's registry.

        The engine knows where it pulled the image from; the registry is asked whether it is still
        there. Else it is under one of the other `targets`, as verified. Returns an empty string
        when no such manifest is found.
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
                if remote and self._is_image(remote):
                    return by_digest
        verified = [
            (other.reference.untagged != reference.untagged, other.by_digest)
            for other in targets
            if other.digest and other.reference.registry == reference.registry
        ]
        return min(verified)[1] if verified else ""

    def _is_image(self, remote: RemoteImage) -> bool:
        # With containerd's image store the ID is the manifest's digest, and the manifest of a
        # registry that compressed the layers anew has another one.
        return self.image_id in (remote.digest, remote.config) or remote.config == self._config

    @cached_property
    def _config(self) -> str:
        """The digest of the image's configuration; a text that no registry holds if not known."""
        return config_digest(self.registries.engine, self.image_id) or "not known"

    def _inspect_or_pull(self, name: str) -> RemoteImage | None:
        """Ask with the client. If it cannot reach the registry, let the engine pull."""
        try:
            return self.registries.inspect(name)
        except EngineError as error:
            if not find_reason(str(error), name).unreachable:
                raise
            self.local_tags.remember(name)
            return self.registries.pull(name)

    def _inspect_until_there(self, name: str, written: str) -> RemoteImage | None:
        """Ask a few times until the image is there, and return what is there in the end.

        A registry that shows the manifest `written` does not show the content from before.
        If the client finds nothing or fails, the engine pulls: it reads more than an old client.
        """
        with suppress(EngineError):
            remote = self.registries.inspect(name)
            for delay in RETRY_DELAYS:
                if remote and (self._is_image(remote) or remote.digest == written):
                    break
                self.sleep(delay)
                remote = self.registries.inspect(name)
            if remote:
                return remote
        self.local_tags.remember(name)
        return self.registries.pull(name)
