"""Ask for a page while idle and slow clients hold connections open."""

from rehearsal.audit.observations import IdleRun
from rehearsal.pipeline.audit.subject import Subject


def observe_idle_clients(subject: Subject) -> IdleRun | None:
    """Ask for a page while idle and slow clients hold connections open."""
    del subject
    return None
