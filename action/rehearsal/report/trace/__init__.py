"""trace.html: what a test did, and what its browsers and the app said, on one time line."""

from rehearsal.report.page.markup import Markup
from rehearsal.report.trace.document import document
from rehearsal.report.trace.events import lanes_of
from rehearsal.results.traced_attempt import TracedAttempt


def trace_page(shown: TracedAttempt) -> Markup:
    """Return the page of one attempt of a test.

    It loads nothing but the pictures beside it. Everything in `shown` has been redacted.
    """
    return document(shown, lanes_of(shown))
