"""Registries and an engine in memory. A pushed image is there, unless a test changes that."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from rehearsal.dataclass import dataclass
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
    """An engine that knows images by their IDs and tags."""

    client: str = "docker"
    buildx: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    images: dict[str, dict[str, Any]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def inspect(self, name: str, kind: str = "container") -> dict[str, Any]:
        assert kind == "image"
        image_id = self.tags.get(name, name)
        if image_id not in self.images:
            raise EngineError(f"No such image: {name}")
        tags = [tag for tag, tagged in self.tags.items() if tagged == image_id]
        return {"Id": image_id, "RepoTags": tags, **self.images[image_id]}

    def tag(self, image: str, reference: str) -> None:
        self.calls.append(f"tag {reference}")
        self.tags[reference] = image

    def untag(self, reference: str) -> None:
        self.calls.append(f"untag {reference}")
        del self.tags[reference]

    def check(self) -> None:
        self.calls.append("check")


@dataclass(frozen=True, kw_only=True)
class FakeRegistries(Registries):
    """Registries that hold `images`, by reference.

    `errors` holds messages by method and reference: each is raised once, the last one always; an
    empty one raises nothing. `stale_answers` says how often the content from before a push is
    returned after it. `push_results` holds what a push leaves, if not the image; `printed` is what
    the client prints after a push, if not the digest of the image's manifest.
    """

    engine: MemoryEngine
    images: dict[str, RemoteImage] = field(default_factory=dict)
    errors: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    push_results: dict[str, RemoteImage | None] = field(default_factory=dict)
    stale_answers: dict[str, int] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    replaced: dict[str, RemoteImage] = field(default_factory=dict)

    def inspect(self, reference: str) -> RemoteImage | None:
        self._record_call("inspect", reference)
        if self.stale_answers.get(reference, 0) > 0 and f"push {reference}" in self.calls:
            self.stale_answers[reference] -= 1
            return self.replaced.get(reference)
        return self.images.get(reference)

    def pull(self, reference: str) -> RemoteImage | None:
        self._record_call("pull", reference)
        image = self.images.get(reference)
        if image:
            self.engine.images.setdefault(image.config, {})
            self.engine.tags[reference] = image.config
        return image

    def push(self, reference: str, *, out: Sink) -> Process:
        return self._push("push", reference, MANIFEST, out)

    def retag(self, source: str, reference: str, *, out: Sink) -> Process:
        return self._push("retag", reference, source.partition("@")[2], out)

    def _push(self, method: str, reference: str, digest: str, out: Sink) -> Process:
        try:
            self._record_call(method, reference)
        except EngineError as error:
            return FakeProcess(1, output=str(error).encode(), out=out)
        if reference in self.images:
            self.replaced[reference] = self.images[reference]
        image = self.push_results.get(reference, RemoteImage(digest=digest, config=IMAGE))
        if image:
            self.images[reference] = image
        line = self.printed.get(reference, f"1: digest: {digest} size: 7")
        return FakeProcess(0, output=f"Preparing\nPushed\n{line}\n".encode(), out=out)

    def _record_call(self, method: str, reference: str) -> None:
        self.calls.append(f"{method} {reference}")
        if messages := self.errors.get((method, reference)):
            message = messages[0] if len(messages) == 1 else messages.pop(0)
            if message:
                raise EngineError(message)
