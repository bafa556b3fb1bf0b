"""Stop the container as production would."""

from rehearsal.outside.engine import Engine
from rehearsal.pipeline.stages.container import Container
from rehearsal.pipeline.stages.container_end import read_end

# Seconds between SIGTERM and SIGKILL: the default of `docker stop`.
STOP_TIMEOUT = 10
# GitHub kills a cancelled step after 10 s, and the container has to be gone within 5 s.
CANCEL_STOP_TIMEOUT = 1
SIGKILL_EXIT_CODE = 137


def stop_container(container: Container, engine: Engine, *, cancelled: bool) -> str:
    """Stop the container unless it has ended; return a notice if it had to be killed."""
    if container.ended:
        return ""
    engine.stop(container.id, CANCEL_STOP_TIMEOUT if cancelled else STOP_TIMEOUT)
    end = read_end(container, engine)
    if cancelled or end.exit_code != SIGKILL_EXIT_CODE:
        return ""
    return (
        f"The container did not end within {STOP_TIMEOUT} s of SIGTERM and was killed. "
        "Write CMD in exec form, so that the app receives the signal, and let the app exit on it: "
        "process 1 of a container ignores signals that it does not handle."
    )
