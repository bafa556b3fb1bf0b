"""List the processes of the container, by the host's own numbers."""

from rehearsal.audit.observations import ContainerProcess
from rehearsal.pipeline.audit.subject import Subject


def list_processes(subject: Subject) -> tuple[ContainerProcess, ...] | None:
    """List the processes of the container, by the host's own numbers."""
    del subject
    return None
