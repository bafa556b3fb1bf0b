"""A service or a worker that ran beside the app, as the reports tell of it."""

from typing import Annotated

from rehearsal.dataclass import dataclass
from rehearsal.results.json_fields import Json

SERVICE, WORKER = "service", "worker"


@dataclass(frozen=True, kw_only=True)
class CompanionRun:
    """One service or worker; `started` is in seconds since 1970, 0 where that is not known."""

    kind: Annotated[str, "What it is.", Json(enum=(SERVICE, WORKER), verbatim=True)]
    name: Annotated[str, "Its name, which is its host name, too.", Json(verbatim=True)]
    image: Annotated[str, "The name of its image.", Json(verbatim=True)] = ""
    ready_seconds: Annotated[
        float | None,
        "From its start until it was ready; null for a worker, and for a service that never was.",
        Json(digits=3),
    ] = None
    started: float = 0.0
