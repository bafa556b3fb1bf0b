"""Registries and an engine in memory: what is pushed is there, unless a test says otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.outside.engine import Engine, EngineError
from rehearsal.outside.process import Process, Sink
from rehearsal.outside.registry import Registries, RemoteImage

from ...fakes import FakeProcess

IMAGE = "sha256:" + "a" * 64
OTHER = "sha256:" + "b" * 64
MANIFEST = "sha256:" + "1" * 64
ANOTHER = "sha256:" + "2" * 64


@dataclass(frozen=True, kw_only=True)
class MemoryEngine(Engine):
    """An engine that knows images by their IDs and names."""

    client: str = "docker"
    buildx: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    images: dict[str, dict[str, Any]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def inspect(self, name: str, kind: str = "container") -> dict[str, Any]:
        assert kind == "image"
        image_id = self.names.get(name, name)
        if image_id not in self.images:
            raise EngineError(f"No such image: {name}")
        tags = [each for each, holder in self.names.items() if holder == image_id]
        return {"Id": image_id, "RepoTags": tags, **self.images[image_id]}

    def tag(self, image: str, reference: str) -> None:
        self.calls.append(f"tag {reference}")
        self.names[reference] = image

    def untag(self, reference: str) -> None:
        self.calls.append(f"untag {reference}")
        del self.names[reference]

    def check(self) -> None:
        self.calls.append("check")


@dataclass(frozen=True, kw_only=True)
class World(Registries):
    """`refuses` holds words by verb and reference, each said once unless it stands in `always`.

    `hidden` says how often what was there before is seen after a push; `becomes` what a push
    results in.
    """

    engine: MemoryEngine
    holds: dict[str, RemoteImage] = field(default_factory=dict)
    refuses: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    becomes: dict[str, RemoteImage | None] = field(default_factory=dict)
    hidden: dict[str, int] = field(default_factory=dict)
    earlier: dict[str, RemoteImage] = field(default_factory=dict)

    def inspect(self, reference: str) -> RemoteImage | None:
        self._called("inspect", reference)
        if self.hidden.get(reference, 0) > 0 and f"push {reference}" in self.calls:
            self.hidden[reference] -= 1
            return self.earlier.get(reference)
        return self.holds.get(reference)

    def pull(self, reference: str) -> RemoteImage | None:
        self._called("pull", reference)
        held = self.holds.get(reference)
        if held:
            self.engine.images.setdefault(held.config, {})
            self.engine.names[reference] = held.config
        return held

    def push(self, reference: str, *, out: Sink) -> Process:
        return self._bring("push", reference, MANIFEST, out)

    def retag(self, source: str, reference: str, *, out: Sink) -> Process:
        return self._bring("retag", reference, source.partition("@")[2], out)

    def _bring(self, verb: str, reference: str, digest: str, out: Sink) -> Process:
        try:
            self._called(verb, reference)
        except EngineError as refusal:
            return FakeProcess(1, says=str(refusal).encode(), out=out)
        if reference in self.holds:
            self.earlier[reference] = self.holds[reference]
        held = self.becomes.get(reference, RemoteImage(digest=digest, config=IMAGE))
        if held:
            self.holds[reference] = held
        return FakeProcess(0, says=b"Preparing\nPushed\n", out=out)

    def _called(self, verb: str, reference: str) -> None:
        self.calls.append(f"{verb} {reference}")
        if waiting := self.refuses.get((verb, reference)):
            words = waiting[0] if len(waiting) == 1 else waiting.pop(0)
            if words:
                raise EngineError(words)
