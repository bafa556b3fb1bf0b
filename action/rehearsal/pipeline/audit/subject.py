"""What the audit looks at."""

import math
import threading
from dataclasses import field

from rehearsal.audit.observations import ContainerProcess
from rehearsal.config.rehearsal_plan import Plan
from rehearsal.dataclass import dataclass
from rehearsal.evidence.log import Log
from rehearsal.pipeline.context import RunContext
from rehearsal.pipeline.stages.container import Container


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The app's container and its image, after the tests.

    `image` is the image's ID, `log` the container's log, `processes` those of the container as far
    as they were listed. `ready_seconds` is how long the app took until it was ready; the rehearsal
    has time until `deadline`, a reading of the monotonic clock, and what is looked at in the
    container itself until `looks_end`, another one. What runs in a thread ends soon
    after `stopped` is set.
    """

    plan: Plan
    context: RunContext
    container: Container
    log: Log
    image: str
    processes: tuple[ContainerProcess, ...] = ()
    ready_seconds: float = 0.0
    deadline: float = math.inf
    looks_end: float = math.inf
    stopped: threading.Event = field(default_factory=threading.Event)
