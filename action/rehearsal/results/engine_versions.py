"""Which container engine a rehearsal used."""

from typing import Annotated

from rehearsal.dataclass import dataclass
from rehearsal.results.json_fields import Json


@dataclass(frozen=True, kw_only=True)
class EngineVersions:
    """The engine and its client; what is not known is empty."""

    name: Annotated[str, "Docker or Podman.", Json(verbatim=True)] = ""
    version: Annotated[str, "The version of the engine.", Json(verbatim=True)] = ""
    client: Annotated[str, "The version of its client.", Json(verbatim=True)] = ""
    buildx: Annotated[
        str, "The version of the client's plugin buildx, empty without it.", Json(verbatim=True)
    ] = ""
    store: Annotated[
        str,
        "How Docker stores images: `classic`, where the ID of an image is the digest of its "
        "configuration, or `containerd`, where it is the digest of its manifest.",
        Json(verbatim=True),
    ] = ""

    @property
    def is_podman(self) -> bool:
        """Whether the engine is Podman, by its own client or by Docker's."""
        return self.name == "Podman"

    def __str__(self) -> str:
        """Return all of it in one line, like `Docker 28.5.2 (containerd image store), …`."""
        store = f" ({self.store} image store)" if self.store else ""
        parts = [
            f"{self.name} {self.version}{store}",
            self.client and f"client {self.client}",
            self.buildx and f"buildx {self.buildx}",
        ]
        return ", ".join(filter(None, parts)) if self.name else ""
