"""The failed and the flaky tests with their evidence: pictures, the app's log, tracebacks."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from rehearsal.report.page.anchors import Anchors
from rehearsal.report.page.failure import errors_of, heading
from rehearsal.report.page.layout import preformatted
from rehearsal.report.page.links import link
from rehearsal.report.page.logs_of_test import app_log, excerpt_of, folded
from rehearsal.report.page.markup import Child, Markup, element
from rehearsal.report.page.pictures import (
    before_and_after,
    name_of,
    picture,
    pictures_of,
)
from rehearsal.report.page.same_cause import same_cause_card
from rehearsal.report.page.since import pair_of, pictures_since
from rehearsal.report.page.steps import steps
from rehearsal.report.same_cause import first_of_cause
from rehearsal.report.words import size_text
from rehearsal.results.comparison import Comparison
from rehearsal.results.evidence_index import (
    EvidenceFile,
    EvidenceIndex,
    FailedTestEvidence,
)
from rehearsal.results.file_names import VERDICT_FILE
from rehearsal.results.origin import Origin
from rehearsal.results.verdict_document import MAX_TESTS as MAX_LISTED

# How many causes show a test's evidence at once; other tests show name and message first.
MAX_OPEN = 3
# Nobody reads more, and a printout loads all pictures at once. Others show name and message only.
MAX_WITH_EVIDENCE = 30
MAX_TESTS = 500
FLAKY_NOTE = "These tests failed first and passed on a retry. This is how they failed."
T = TypeVar("T")


def failed_tests(
    index: EvidenceIndex,
    *,
    origin: Origin | None = None,
    shown_above: str = "",
    since: Comparison | None = None,
) -> Child:
    """Return the sections of the failed and the flaky tests, nothing where there are none.

    A traceback that is `shown_above` is not repeated. `origin` is for links to the source,
    `since` marks the failures that are new.
    """
    anchors = Anchors()
    same = [*first_of_cause(index.failed), *[None] * len(index.flaky)]

    def card(position: int, test: FailedTestEvidence) -> Markup:
        anchor = anchors.add(test.failure.name)
        content = errors_of(test, origin=origin, detailed=position < MAX_WITH_EVIDENCE)
        if position < MAX_WITH_EVIDENCE:
            content = (content, evidence(position, test))
        if first := same[position]:
            return same_cause_card(test, first, content, anchor=anchor, since=since)
        name = heading(test, anchor=anchor, since=since)
        return element("article", name, content, class_="card test", id=anchor)

    def evidence(position: int, test: FailedTestEvidence) -> Child:
        pair = pair_of(since, test.failure.name)
        compared = pair.now_path if pair else ""
        shown: Child = (
            steps(test, origin),
            pictures_since(pair, dict(pictures_of(test)).get(compared, "")),
            before_and_after(test, shown=compared),
            element("div", *_columns(test, shown_above, compared), class_="sides"),
            _trace(test),
            _files(test.files),
        )
        if same[position] or same[:position].count(None) < MAX_OPEN:
            return shown
        return element("details", element("summary", "All evidence of this test"), shown)

    failed = list(enumerate(index.failed))
    flaky = list(enumerate(index.flaky, len(failed)))
    return (
        section_of_tests("Failed tests", failed, card, limit=MAX_TESTS, anchor="failed"),
        section_of_tests(
            "Flaky tests", flaky, card, limit=MAX_TESTS, note=FLAKY_NOTE, anchor="flaky"
        ),
    )


def tests_with_pictures(index: EvidenceIndex) -> set[str]:
    """Return the names of the failed tests whose card has pictures."""
    return {test.failure.name for test in index.failed[:MAX_WITH_EVIDENCE]}


def tests_with_card(index: EvidenceIndex) -> set[str]:
    """Return the names of the tests that have a card."""
    shown = (*index.failed[:MAX_TESTS], *index.flaky[:MAX_TESTS])
    return {test.failure.name for test in shown}


def section_of_tests(
    title: str,
    tests: Sequence[tuple[T, FailedTestEvidence]],
    card: Callable[[T, FailedTestEvidence], Markup],
    *,
    limit: int,
    note: str = "",
    left_out: int = 0,
    anchor: str | None = None,
) -> Child:
    """Return a section with a card for each of the first `limit` tests, if there are any.

    `left_out` counts those that are not in `tests`.
    """
    if not tests:
        return None
    more = max(0, len(tests) - limit) + left_out
    return element(
        "section",
        element("h2", f"{title} ({len(tests) + left_out})"),
        element("p", note) if note else None,
        [card(*each) for each in tests[:limit]],
        element("p", f"{more} more: ", link(VERDICT_FILE), f" lists up to {MAX_LISTED:,}.")
        if more > 0
        else None,
        id=anchor,
    )


def _columns(test: FailedTestEvidence, shown_above: str, compared: str) -> Iterator[Child]:
    """Yield the pictures, and beside them the logs of the app and the browser.

    The picture that is `compared` with the baseline is not repeated.
    """
    others = [each for each in pictures_of(test)[bool(test.before.path) :] if each[0] != compared]
    if others:
        yield element("div", *(picture(test, *each) for each in others))
    logs: list[Child] = []
    if test.slice:
        logs.append(app_log(test.slice, test.frame, shown_above))
    logs += [excerpt_of(excerpt) for excerpt in test.excerpts if excerpt.text.strip()]
    if logs:
        yield element("div", *logs)


def _trace(test: FailedTestEvidence) -> Child:
    """Return the test's own traceback, folded where the app's says more."""
    whole = test.failure.trace
    if not whole:
        return None
    title, text = "The test's own traceback", test.short_trace or whole
    more = folded("With the code of installed packages", whole, title) if whole != text else None
    heading = element("h4", title)
    if test.frame:
        heading = element("summary", heading)
    tag = "details" if test.frame else "div"
    return element(tag, heading, preformatted(text, title), more, class_="wrap")


def _files(files: Sequence[EvidenceFile]) -> Child:
    """Return links to what a page cannot show, such as traces and videos."""
    if not files:
        return None
    items = (
        element("li", link(each.name, name_of(each.name)), f" ({size_text(each.size)})")
        for each in files
    )
    return element("div", element("h4", "Other files of this test"), element("ul", *items))
