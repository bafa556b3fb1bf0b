"""Tags in the local engine: a push needs one, and afterwards the earlier tags are restored."""

from contextlib import ExitStack, suppress
from dataclasses import field

from rehearsal.dataclass import dataclass
from rehearsal.outside.engine import Engine, EngineError
from rehearsal.verdict import RehearsalError


@dataclass(frozen=True, kw_only=True)
class LocalTags:
    """Changes tags in the local engine; `cleanup` restores them when it is closed."""

    engine: Engine
    image_id: str
    cleanup: ExitStack
    remembered: set[str] = field(default_factory=set)

    def add_temporary(self, tag: str) -> None:
        """Tag the image until `cleanup` is closed."""
        self.remember(tag)
        self.engine.tag(self.image_id, tag)

    def remember(self, tag: str) -> None:
        """Restore this tag to its present image when `cleanup` is closed."""
        if tag not in self.remembered:
            self.remembered.add(tag)
            self.cleanup.callback(self.restore, tag, self.image_id_of(tag))

    def restore(self, tag: str, previous_id: str) -> None:
        """Point a tag to the image it had before, or remove it if there was none."""
        with suppress(EngineError, RehearsalError):
            current_id = self.image_id_of(tag)
            if previous_id:
                self.engine.tag(previous_id, tag)
            elif current_id:
                tags = self.engine.inspect(current_id, "image").get("RepoTags") or []
                # Removing the last tag removes the image, and a retry would not find it.
                if current_id != self.image_id or set(tags) - {tag}:
                    self.engine.untag(tag)

    def image_id_of(self, tag: str) -> str:
        """Return the ID of the image with this tag, or an empty string."""
        try:
            return str(self.engine.inspect(tag, "image")["Id"])
        except EngineError:
            return ""
