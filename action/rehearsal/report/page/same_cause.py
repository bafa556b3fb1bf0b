"""The card of a test that failed of the same cause as one above: folded into its summary."""

from rehearsal.report.name_of_test import own_name
from rehearsal.report.page.failure import heading
from rehearsal.report.page.markup import Child, Markup, breakable, element
from rehearsal.report.words import one_line, reported_message
from rehearsal.results.bounded_text import cut_text
from rehearsal.results.comparison import Comparison
from rehearsal.results.evidence_index import FailedTestEvidence

# In characters: the whole message is inside.
MAX_MESSAGE = 160


def same_cause_card(
    test: FailedTestEvidence,
    first: FailedTestEvidence,
    *content: Child,
    anchor: str,
    since: Comparison | None = None,
) -> Markup:
    """Return the card: a summary with what the test reported, and all its `content` folded."""
    message = cut_text(one_line(reported_message(test)), MAX_MESSAGE)
    brief = element(
        "span",
        f"Same cause as {own_name(first.failure.name)}",
        (". The test reported: ", breakable(message, after="._/")) if message else None,
        class_="brief soft",
    )
    summary = element("summary", heading(test, since=since), " ", brief)
    return element("details", summary, content, class_="card test same", id=anchor)
