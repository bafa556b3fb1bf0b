"""The work of a publication: ask every registry, push, and ask again."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from rehearsal.commands.publish.local_tags import LocalTags
from rehearsal.commands.publish.publication import Publication, PublishTarget, State
from rehearsal.commands.publish.registry_errors import find_reason, one_line
from rehearsal.commands.publish.request import PublishRequest
from rehearsal.commands.publish.stream_output import stream_output
from rehearsal.commands.publish.verify import ONE_MANIFEST, Verification, failed
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.outside.github import Console
from rehearsal.outside.registry import Registries
from rehearsal.outside.signals import interruptible
from rehearsal.verdict import Misconfigured, Problem, Verdict

KEPT = "The table says what each registry holds. Run it again: it goes on where it stopped."
INDEXES = frozenset(
    {
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    }
)


def publish(
    order: PublishRequest,
    registries: Registries,
    console: Console,
    publication: Publication,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Push to every reference what the engine has under the ID; `publication` says how it went.

    All registries are asked before the first push, and the first failure ends it: what comes later
    in the list, latest say, must not move without what stands before it.
    """
    engine = registries.engine
    with ExitStack() as undo:
        names = LocalTags(engine=engine, image_id=order.image_id, undo=undo)
        inquiry = Verification(
            image_id=order.image_id, registries=registries, names=names, sleep=sleep
        )
        work = Publisher(
            engine=engine, registries=registries, names=names, inquiry=inquiry, console=console
        )
        try:
            slow = f"{KEPT} The input timeout (of release-image.yml: publish-timeout) allows more."
            with interruptible(order.timeout, what="The publication", kept=KEPT, slow=slow):
                work.run(order, publication)
        except Problem as problem:
            publication.problems.append(problem)
        except EngineError as refusal:
            publication.problems.append(
                Problem(
                    Verdict.ENGINE_FAILED,
                    f"The engine refused what it should do next: {refusal}",
                    hint="Run it again; what is pushed already is found there.",
                )
            )


def keep(entries: Sequence[PublishTarget]) -> list[str]:
    """Return a notice for each reference that may hold anything, since it could not be asked.

    Raises `Problem` (publish-failed) where one is known to hold something else.
    """
    for entry in entries:
        if entry.held and not entry.state.good:
            entry.state = State.WRONG
            raise failed(
                f"Nothing was pushed. {entry.reference.written} holds {entry.there} already, "
                "and overwrite does not allow to replace it.",
                "Publish under a new version: what is out there keeps its content. "
                f"With overwrite: {entry.reference.tag} it would be replaced.",
            )
    return [
        f"{entry.reference.written} could not be asked before the push: whether it held something "
        "else, which overwrite does not allow to replace, is not known."
        for entry in entries
        if not entry.asked
    ]


@dataclass(frozen=True, kw_only=True)
class Publisher:
    """One publication under way."""

    engine: Engine
    registries: Registries
    names: LocalTags
    inquiry: Verification
    console: Console

    def run(self, order: PublishRequest, publication: Publication) -> None:
        image = self.find(order.image_id)
        entries = publication.entries
        for entry in entries:
            said = self.inquiry.first(entry, sure=entry.reference in order.kept)
            self.console.say(f"{entry.reference.written}: {said}")
        for entry in entries:
            if entry.state is State.REFUSED:
                raise failed(
                    f"Nothing was pushed. {entry.reference.written} cannot be asked: {entry.why}",
                    entry.advice,
                )
        kept = [entry for entry in entries if entry.reference in order.kept]
        publication.notices += keep(kept)
        for entry in entries:
            if not entry.state.good:
                publication.notices += self.push_or_retag(entry, image)

    def find(self, image_id: str) -> Mapping[str, Any]:
        """Return what the engine knows of the image."""
        try:
            image = self.engine.inspect(image_id, "image")
        except EngineError:
            raise Misconfigured(
                f"The engine has no image {image_id}.",
                hint="Publish in the job that rehearsed it, or bring the image first: docker "
                "load what docker save wrote, or docker pull REPOSITORY@DIGEST of the candidate "
                "that was rehearsed. An image that was built again has another ID.",
            ) from None
        if (image.get("Descriptor") or {}).get("mediaType") in INDEXES:
            raise Misconfigured(
                f"The image {image_id} is an index of several manifests, and only one of them was "
                "rehearsed.",
                hint=ONE_MANIFEST,
            )
        return image

    def push_or_retag(self, entry: PublishTarget, image: Mapping[str, Any]) -> list[str]:
        """Bring the image to one reference, ask whether it is there, and return what to notice."""
        started = time.monotonic()
        # Until the registry has been asked again, nothing is known.
        entry.asked, entry.state = False, State.UNKNOWN
        source = self.inquiry.source(entry, image)
        if source and self.retag(entry, source):
            went = State.RETAGGED
        else:
            self.push(entry)
            went = State.PUSHED
        self.inquiry.confirm(entry, went)
        name, seconds = entry.reference.written, time.monotonic() - started
        self.console.say(f"{name}: {entry.digest} ({went.value}, {seconds:.1f} s)")
        if not source or source.endswith(entry.digest):
            return []
        notice = (
            f"{name} is the same image as {source}, and its manifest has other bytes: the engine "
            "made a new one. With buildx 0.15 or newer the manifest itself is tagged."
        )
        return [notice]

    def retag(self, entry: PublishTarget, source: str) -> bool:
        """Put the manifest's own bytes under the reference; whether that worked."""
        name = entry.reference.written
        if not self.engine.buildx:
            return False
        code, words = stream_output(
            f"tag {source} as {name}",
            lambda out: self.registries.retag(source, name, out=out),
            self.console,
        )
        if code:
            self.console.say(f"{name}: pushed instead ({find_reason(words, name).name})")
        return code == 0

    def push(self, entry: PublishTarget) -> None:
        """Tag and push. Raises `Problem` (publish-failed) when the registry or the way says no."""
        name = entry.reference.written
        self.names.add_temporary(name)
        code, words = stream_output(
            f"push {name}", lambda out: self.registries.push(name, out=out), self.console
        )
        if code == 0:
            return
        self.engine.check()
        self.inquiry.afterwards(entry)
        reason = find_reason(words, name)
        entry.state, entry.why = State.REFUSED, f"{reason.name}: {one_line(words)}"
        raise failed(f"{name} was not published: {entry.why}", reason.advice)
