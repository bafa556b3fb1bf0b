"""What the registries hold: asked before the first push, and after each."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from rehearsal.commands.publish.local_tags import LocalTags
from rehearsal.commands.publish.publication import PublishTarget, State
from rehearsal.commands.publish.reference import split_repository
from rehearsal.commands.publish.registry_errors import find_reason, one_line
from rehearsal.outside.engine import EngineError
from rehearsal.outside.registry import Registries, RemoteImage
from rehearsal.verdict import Problem, Verdict

# Between a push and the moment a registry of many machines shows it, and no longer what was there
# before: asked again after so many seconds each.
PATIENCE = (1.0, 2.0, 4.0)
ONE_MANIFEST = (
    "Build it without attestations: docker build --provenance=false --sbom=false, or provenance: "
    "false and sbom: false with docker/build-push-action. They can be attached after the push, to "
    "the digest."
)


@dataclass(frozen=True, kw_only=True)
class Verification:
    """Asks whether references hold the image `image_id`."""

    image_id: str
    registries: Registries
    names: LocalTags
    sleep: Callable[[float], None]

    def first(self, entry: PublishTarget, *, sure: bool = False) -> str:
        """Ask what is there before anything is pushed, and return that in words.

        To be `sure`, where the client sees nothing the engine looks as well: an old client sees
        nothing where it only does not understand, or may not read.
        """
        name = entry.reference.written
        try:
            entry.held = self._look(name)
            if sure and entry.held is None:
                self.names.remember(name)
                entry.held = self.registries.pull(name)
        except EngineError as refusal:
            words = one_line(str(refusal))
            reason = find_reason(words, name)
            if not reason.unreachable:
                # Some let nobody ask before the first push; the push will tell.
                return f"not known yet ({reason.name})"
            entry.state, entry.why, entry.advice = (
                State.REFUSED,
                f"{reason.name}: {words}",
                reason.advice,
            )
            return entry.why
        entry.asked = True
        if entry.held is None:
            return "nothing there yet"
        if not entry.held.is_image(self.image_id):
            return f"holds {entry.there} now"
        entry.state = State.ALREADY
        return f"already there, {entry.held.digest}"

    def confirm(self, entry: PublishTarget, went: State) -> None:
        """Ask whether the image is there now; only then `went` is what became of the reference.

        Raises `Problem` (publish-failed) when it is not, or cannot be asked.
        """
        name = entry.reference.written
        try:
            entry.held = self._look_patiently(name)
        except EngineError as refusal:
            words = one_line(str(refusal))
            entry.state, entry.why = State.REFUSED, f"it could not be asked: {words}"
            raise failed(
                f"{name} was pushed, but its registry could not be asked what it holds now: "
                f"{words}",
                find_reason(words, name).advice,
            ) from None
        entry.asked = True
        if entry.held is None:
            entry.state, entry.why = State.WRONG, "nothing is there after the push"
            raise failed(
                f"{name} was pushed, and its registry has nothing there.",
                "Somebody may have removed it meanwhile, or who is logged in may write and not "
                "read. Look there, then run this again.",
            )
        if not entry.held.is_image(self.image_id):
            entry.state = State.WRONG
            entry.why = f"its image is {entry.held.config or 'an index'}"
            raise failed(
                f"{name} holds {entry.there} ({entry.why}), and not the image that was pushed, "
                f"{self.image_id}.",
                "Something else pushed to the same reference at the same moment: another run, or "
                "another workflow. Find it (concurrency: keeps runs apart), then run this again."
                if entry.held.config
                else ONE_MANIFEST,
            )
        entry.state = went

    def afterwards(self, entry: PublishTarget) -> None:
        """See what a push that failed has left, where the registry still answers."""
        with suppress(EngineError):
            entry.held = self.registries.inspect(entry.reference.written)
            entry.asked = True

    def source(self, entry: PublishTarget, image: Mapping[str, Any]) -> str:
        """Return the digest, as a reference, of a manifest in that registry which is the image.

        The engine knows where it pulled from; whether it is there still, only the registry does.
        """
        reference = entry.reference
        known = []
        for digested in image.get("RepoDigests") or ():
            name = str(digested).partition("@")[0]
            if split_repository(name)[0] == reference.registry:
                known.append((name != reference.untagged, str(digested)))
        for _, digested in sorted(known):
            with suppress(EngineError):
                held = self.registries.inspect(digested)
                if held and held.is_image(self.image_id):
                    return digested
        return ""

    def _look(self, name: str) -> RemoteImage | None:
        """Ask by the client; where it finds no way there, by the engine."""
        try:
            return self.registries.inspect(name)
        except EngineError as refusal:
            if not find_reason(str(refusal), name).unreachable:
                raise
            self.names.remember(name)
            return self.registries.pull(name)

    def _look_patiently(self, name: str) -> RemoteImage | None:
        """Ask until the image is there, a few times; return what is there at last.

        Where nothing is to be seen the engine looks, which reads what the client may not.
        """
        with suppress(EngineError):
            held = self.registries.inspect(name)
            for pause in PATIENCE:
                if held and held.is_image(self.image_id):
                    break
                self.sleep(pause)
                held = self.registries.inspect(name)
            if held:
                return held
        self.names.remember(name)
        return self.registries.pull(name)


def failed(what: str, advice: str) -> Problem:
    """Return the problem of a reference that does not hold the image."""
    return Problem(Verdict.PUBLISH_FAILED, what, hint=advice)
