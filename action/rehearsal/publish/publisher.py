"""The work of a publication: ask every registry, push, and ask again."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

from rehearsal.interruption import interruptible
from rehearsal.outside.engine import Engine, Refused
from rehearsal.outside.github import Console
from rehearsal.outside.process import Process, Sink
from rehearsal.outside.registry import Held, Registries
from rehearsal.publish.order import Order
from rehearsal.publish.publication import Entry, Publication, State
from rehearsal.publish.reference import split_repository
from rehearsal.publish.refusal import gist, harmless, reason_of
from rehearsal.verdict import Misconfigured, Problem, Verdict

# Between a push and the moment a registry of many machines shows it: asked again after so many
# seconds each.
PATIENCE = (1.0, 2.0, 4.0)
# Lines of the client's that a reason is read from.
LAST = 12
INDEXES = frozenset(
    {
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    }
)
KEPT = "The table says what each registry holds. Run it again: it goes on where it stopped."
ONE_MANIFEST = (
    "Build it without attestations: docker build --provenance=false --sbom=false, or provenance: "
    "false and sbom: false with docker/build-push-action. They can be attached after the push, to "
    "the digest."
)


def publish(
    order: Order,
    engine: Engine,
    console: Console,
    publication: Publication,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Push to every reference what the engine has under the ID; `publication` says how it went.

    All registries are asked before the first push, and the first failure ends it: what comes later
    in the list, latest say, must not move without what stands before it.
    """
    with ExitStack() as undo:
        try:
            with interruptible(
                order.timeout,
                what="The publication",
                kept=KEPT,
                slow=f"{KEPT} The input timeout allows more.",
            ):
                _Work(
                    order=order,
                    engine=engine,
                    console=console,
                    publication=publication,
                    undo=undo,
                    sleep=sleep,
                ).run()
        except Problem as problem:
            publication.problems.append(problem)
        except Refused as refusal:
            publication.problems.append(
                Problem(
                    Verdict.ENGINE_FAILED,
                    f"The engine refused what it should do next: {refusal}",
                    advice="Run it again; what is pushed already is found there.",
                )
            )


@dataclass(frozen=True, kw_only=True)
class _Work:
    """One publication under way."""

    order: Order
    engine: Engine
    console: Console
    publication: Publication
    undo: ExitStack
    sleep: Callable[[float], None]
    kept: set[str] = field(default_factory=set)

    @property
    def registries(self) -> Registries:
        return Registries(engine=self.engine)

    def run(self) -> None:
        image = self.find()
        entries = self.publication.entries
        for entry in entries:
            self.ask_first(entry)
        refused = [entry for entry in entries if entry.state is State.REFUSED]
        if refused:
            first = refused[0]
            raise _failed(
                f"Nothing was pushed. {first.reference.written} cannot be reached: {first.why}.",
                reason_of(first.why).advice,
            )
        for entry in entries:
            if not entry.state.good:
                self.bring(entry, image)

    def find(self) -> Mapping[str, Any]:
        """Return what the engine knows of the image."""
        image_id = self.order.image_id
        try:
            image = self.engine.inspect(image_id, "image")
        except Refused:
            raise Misconfigured(
                f"The engine has no image {image_id}.",
                advice="Publish in the job that rehearsed it, or bring the image first: docker "
                "load what docker save wrote, or docker pull REPOSITORY@DIGEST of the candidate "
                "that was rehearsed. An image that was built again has another ID.",
            ) from None
        kind = (image.get("Descriptor") or {}).get("mediaType")
        if kind in INDEXES:
            raise Misconfigured(
                f"The image {image_id} is an index of several manifests, and only one of them was "
                "rehearsed.",
                advice=ONE_MANIFEST,
            )
        return image

    def ask_first(self, entry: Entry) -> None:
        """Ask what is there already."""
        name = entry.reference.written
        try:
            entry.held = self.look(name)
        except Refused as refusal:
            words = gist(str(refusal))
            reason = reason_of(words)
            if reason.unreachable:
                entry.state, entry.why = State.REFUSED, f"{reason.name}: {words}"
                self.console.say(f"{name}: {entry.why}")
            else:
                # Some let nobody ask before the first push; the push will tell.
                self.console.say(f"{name}: not known yet ({reason.name})")
            return
        entry.asked = True
        if entry.held is None:
            self.console.say(f"{name}: nothing there yet")
        elif entry.held.is_image(self.order.image_id):
            entry.state = State.ALREADY
            self.console.say(f"{name}: already there, {entry.held.digest}")
        else:
            self.console.say(f"{name}: holds {entry.there} now")

    def bring(self, entry: Entry, image: Mapping[str, Any]) -> None:
        """Bring the image to one reference, and ask whether it is there."""
        started = time.monotonic()
        # Until the registry has been asked again, nothing is known.
        entry.asked, entry.state = False, State.UNKNOWN
        source = self.source(entry, image)
        if not (source and self.retag(entry, source)):
            source = source if self.push(entry) else ""
        self.confirm(entry, source)
        entry.seconds = time.monotonic() - started
        self.console.say(
            f"{entry.reference.written}: {entry.digest} ({entry.state.value}, "
            f"{entry.seconds:.1f} s)"
        )

    def source(self, entry: Entry, image: Mapping[str, Any]) -> str:
        """Return the reference of a manifest in that registry which is the image already.

        The engine knows where it pulled from; whether it is there still, only the registry does.
        """
        reference = entry.reference
        known = []
        for digested in image.get("RepoDigests") or ():
            name = str(digested).partition("@")[0]
            if split_repository(name)[0] == reference.registry:
                known.append((name != reference.untagged, str(digested)))
        for _, digested in sorted(known):
            with suppress(Refused):
                held = self.registries.ask(digested)
                if held and held.is_image(self.order.image_id):
                    return digested
        return ""

    def retag(self, entry: Entry, source: str) -> bool:
        """Put the manifest's own bytes under the reference; whether that worked."""
        if not self.engine.buildx:
            return False
        name = entry.reference.written
        code, words = self.shown(
            f"put {source} under {name}", lambda out: self.registries.put(source, name, out=out)
        )
        if code:
            self.console.say(f"it is pushed instead: {reason_of(words).name}")
            return False
        entry.state = State.RETAGGED
        return True

    def push(self, entry: Entry) -> bool:
        """Tag and push. Raises `Problem` (publish-failed) when the registry or the way says no."""
        name = entry.reference.written
        self.keep_tag(name)
        self.engine.tag(self.order.image_id, name)
        code, words = self.shown(f"push {name}", lambda out: self.registries.push(name, out=out))
        if code:
            self.engine.check()
            self.look_after(entry)
            reason = reason_of(words)
            entry.state, entry.why = State.REFUSED, f"{reason.name}: {gist(words)}"
            raise _failed(f"{name} was not published: {entry.why}", reason.advice)
        entry.state = State.PUSHED
        return True

    def confirm(self, entry: Entry, source: str) -> None:
        """Ask the registry what it holds now. Raises `Problem` unless it is the image."""
        name = entry.reference.written
        went, entry.state = entry.state, State.UNKNOWN
        try:
            entry.held = self.look_patiently(name)
        except Refused as refusal:
            words = str(refusal)
            entry.state, entry.why = State.REFUSED, f"it could not be asked: {gist(words)}"
            raise _failed(
                f"{name} was pushed, but its registry could not be asked what it holds now: "
                f"{gist(words)}",
                reason_of(words).advice,
            ) from None
        entry.asked = True
        if entry.held is None:
            entry.state, entry.why = State.WRONG, "nothing is there after the push"
            raise _failed(
                f"{name} was pushed, and its registry has nothing there.",
                "Somebody may have removed it meanwhile, or who is logged in may write and not "
                "read. Look there, then run this again.",
            )
        if not entry.held.is_image(self.order.image_id):
            entry.state = State.WRONG
            entry.why = f"its image is {entry.held.config or 'an index'}"
            raise _failed(
                f"{name} holds {entry.there} ({entry.why}), and not the image that was pushed, "
                f"{self.order.image_id}.",
                "Something else pushed to the same reference at the same moment: another run, or "
                "another workflow. Find it (concurrency: keeps runs apart), then run this again."
                if entry.held.config
                else ONE_MANIFEST,
            )
        entry.state = went
        if source and entry.held.digest != source.partition("@")[2]:
            self.publication.notices.append(
                f"{name} is the same image as {source}, and its manifest has other bytes: the "
                "engine pushed it again. With buildx 0.15 or newer the manifest itself is tagged."
            )

    def look(self, name: str) -> Held | None:
        """Ask by the client; where it finds no way there, by the engine."""
        try:
            return self.registries.ask(name)
        except Refused as refusal:
            if not reason_of(str(refusal)).unreachable:
                raise
            self.keep_tag(name)
            return self.registries.pull(name)

    def look_patiently(self, name: str) -> Held | None:
        """Ask until something is there, a few times; at last the engine, which reads them all."""
        for pause in PATIENCE:
            if held := self.look(name):
                return held
            self.sleep(pause)
        self.keep_tag(name)
        return self.registries.pull(name)

    def look_after(self, entry: Entry) -> None:
        """See what a push that failed has left, where the registry still answers."""
        with suppress(Refused):
            entry.held = self.registries.ask(entry.reference.written)
            entry.asked = True

    def keep_tag(self, name: str) -> None:
        """See that the engine's own names are in the end as they are now."""
        if name not in self.kept:
            self.kept.add(name)
            self.undo.callback(self.give_back, name, self.tagged(name))

    def give_back(self, name: str, before: str) -> None:
        with suppress(Refused, Problem):
            now = self.tagged(name)
            if before:
                self.engine.tag(before, name)
            elif now:
                tags = self.engine.inspect(now, "image").get("RepoTags") or []
                # Without a last name the image would go, and a retry would not find it.
                if now != self.order.image_id or set(tags) - {name}:
                    self.engine.untag(name)

    def tagged(self, name: str) -> str:
        """Return the ID of the image that the engine has under a name, if any."""
        try:
            return str(self.engine.inspect(name, "image")["Id"])
        except Refused:
            return ""

    def shown(self, title: str, start: Callable[[Sink], Process]) -> tuple[int, str]:
        """Run one command of the client, show its words; return its exit code and the last ones."""
        lines: list[str] = []
        rest = b""

        with self.console.group(title), self.console.foreign() as show:

            def hear(piece: bytes) -> None:
                nonlocal rest
                *whole, rest = (rest + piece).split(b"\n")
                for line in whole:
                    tell(line)

            def tell(line: bytes) -> None:
                text = self.console.redactor.text(harmless(line.decode(errors="replace")))
                lines.append(text)
                del lines[:-LAST]
                show(f"{text}\n".encode(errors="replace"))

            process = start(hear)
            try:
                code = process.wait()
            finally:
                process.end()
            if rest:
                tell(rest)
        return code if code is not None else 1, "\n".join(lines)


def _failed(what: str, advice: str) -> Problem:
    return Problem(Verdict.PUBLISH_FAILED, what, advice=advice)
