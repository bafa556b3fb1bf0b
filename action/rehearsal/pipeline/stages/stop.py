"""Stop the container as production would, unless it has ended by itself."""

import time
from collections.abc import Sequence

from rehearsal.dataclass import dataclass
from rehearsal.outside.engine import Engine
from rehearsal.pipeline.stages.container import Container
from rehearsal.pipeline.stages.container_end import ContainerEnd, read_end

# Seconds between SIGTERM and SIGKILL: the default of `docker stop`.
STOP_TIMEOUT = 10
# GitHub kills a cancelled step after 10 s, and the container has to be gone within 5 s.
CANCEL_STOP_TIMEOUT = 1


@dataclass(frozen=True, kw_only=True)
class Stop:
    """How a container that was to be stopped ended; `by_itself` means before it was stopped."""

    end: ContainerEnd
    by_itself: bool

    @property
    def notice(self) -> str:
        """What to tell if the container ignored SIGTERM; else empty."""
        return "" if self.by_itself or not self.end.was_killed else ignored_signal("container")


def ignored_signal(subject: str) -> str:
    """Return what to tell of a container that ignored SIGTERM; `subject` names it."""
    return (
        f"The {subject} did not end within {STOP_TIMEOUT} s of SIGTERM and was killed. "
        "Write CMD in exec form, so that the app receives the signal, and let the app exit on "
        "it: process 1 of a container ignores signals that it does not handle."
    )


def stop_container(
    container: Container, engine: Engine, others: Sequence[str] = (), *, cancelled: bool
) -> Stop:
    """Stop the container, and return how it ended; stop the containers `others` with it.

    An engine that is busy does not know at once that a container has ended, but it records the time
    at which the container's process ended. Its clock may be another one, in a virtual machine.
    """
    asked, known = time.time(), container.ended
    running = [*others] if known else [container.id, *others]
    if running:
        engine.stop(*running, seconds=CANCEL_STOP_TIMEOUT if cancelled else STOP_TIMEOUT)
    end = read_end(container, engine)
    early = end.time < asked
    if early and not known:
        early = end.time - engine.clock_offset() < asked
    return Stop(end=end, by_itself=early)
