"""Ask the app for its pages and for what they link to."""

from rehearsal.audit.observations import Pages
from rehearsal.pipeline.audit.subject import Subject


def observe_pages(subject: Subject) -> Pages | None:
    """Ask the app for its pages and for what they link to."""
    del subject
    return None
