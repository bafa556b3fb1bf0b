"""Stop the container as production would."""

from rehearsal.outside.engine import Engine
from rehearsal.pipeline.stages.container import Container, read_end

# What `docker stop` gives a container before SIGKILL, in seconds: the engine's own default.
PATIENT = 10
# A cancelled step has 10 s to live on GitHub, and the container has to be gone within 5 s.
HASTY = 1
KILLED = 137


def stop_container(container: Container, engine: Engine, *, in_haste: bool) -> str:
    """Stop it unless it has ended; return a notice when it had to be killed, else nothing."""
    if container.ended:
        return ""
    engine.stop(container.id, HASTY if in_haste else PATIENT)
    end = read_end(container, engine)
    if in_haste or end.exit_code != KILLED:
        return ""
    return (
        f"The container did not end within {PATIENT} s of SIGTERM and was killed. "
        "Write CMD in exec form, so that the signal reaches the app, and let the app end on it: "
        "process 1 of a container ignores signals it has no handler for."
    )
