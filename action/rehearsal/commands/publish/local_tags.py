"""The engine's own names for images: a push needs one, and afterwards they are as they were."""

from contextlib import ExitStack, suppress
from dataclasses import dataclass, field

from rehearsal.outside.engine import Engine, EngineError
from rehearsal.verdict import Problem


@dataclass(frozen=True, kw_only=True)
class LocalTags:
    """The names of the image `image_id` and of those that stand where it is to go."""

    engine: Engine
    image_id: str
    undo: ExitStack
    kept: set[str] = field(default_factory=set)

    def add_temporary(self, name: str) -> None:
        """Give the image a name until the end."""
        self.remember(name)
        self.engine.tag(self.image_id, name)

    def remember(self, name: str) -> None:
        """See that in the end a name stands where it stands now."""
        if name not in self.kept:
            self.kept.add(name)
            self.undo.callback(self.restore, name, self.holder(name))

    def restore(self, name: str, before: str) -> None:
        """Give a name back to the image that had it, or to none."""
        with suppress(EngineError, Problem):
            now = self.holder(name)
            if before:
                self.engine.tag(before, name)
            elif now:
                tags = self.engine.inspect(now, "image").get("RepoTags") or []
                # Without a last name the image would go, and a retry would not find it.
                if now != self.image_id or set(tags) - {name}:
                    self.engine.untag(name)

    def holder(self, name: str) -> str:
        """Return the ID of the image that has a name, if any."""
        try:
            return str(self.engine.inspect(name, "image")["Id"])
        except EngineError:
            return ""
