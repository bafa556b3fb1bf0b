"""What checks of the app's answers have in common: they cannot look where there is no answer."""

from rehearsal.audit.check import CheckSkipped
from rehearsal.audit.observations import Observations, Pages


def answered_pages(seen: Observations) -> Pages:
    """Return what the app answered; raise `CheckSkipped` if it answered nothing."""
    if seen.pages is None:
        raise CheckSkipped("the app was asked for no page")
    if not any(each.status for each in seen.pages.all):
        first = seen.pages.ready[0]
        raise CheckSkipped(f"the app did not answer GET {first.path}: {first.error}")
    return seen.pages
