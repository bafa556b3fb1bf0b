"""The table of all tests: how each ended and how long it took, the slowest first."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from rehearsal.report.page.anchors import Anchors, anchor_of
from rehearsal.report.page.markup import Child, Markup, element
from rehearsal.report.page.shown_name import shown_name
from rehearsal.report.words import seconds_text, slowest_first
from rehearsal.results.bounded_text import cut_text
from rehearsal.results.tests import MAX_TESTS, ListedOutcome, ListedTest, SuiteResults

# The others are folded: a browser lays them out when somebody opens them.
MAX_SHOWN = 25
# In characters.
MAX_NAME = 300
COLUMNS = ("took", "outcome", "test")
# Short, since there may be 10,000 rows.
CLASSES = {ListedOutcome.FAILED: "bad", ListedOutcome.FLAKY: "odd", ListedOutcome.SKIPPED: "off"}


def all_tests(
    results: SuiteResults | None,
    *,
    cards: Collection[str] = (),
    traces: Mapping[str, str] | None = None,
    note: str = "",
) -> Child:
    """Return the section, nothing where no test is known by its name.

    `cards` are the names of the tests that have a card of their own on the page. `traces` are the
    pages of the traces of others, by the names of the tests. `note` is about their durations.
    """
    tests = slowest_first(results.tests) if results else []
    if not tests:
        return None
    rows = list(_rows(tests, cards, traces or {}))
    shown, more = rows[:MAX_SHOWN], rows[MAX_SHOWN:]
    return element(
        "section",
        element("h2", f"All tests ({len(tests):,})"),
        element("p", note, class_="soft") if note else None,
        _filters(tests),
        element(
            "table",
            element("thead", element("tr", (element("th", name, scope="col") for name in COLUMNS))),
            element("tbody", shown, id="tests-shown"),
            class_="tests",
        ),
        element(
            "details",
            element("summary", f"{len(more):,} faster tests"),
            element("table", element("tbody", more, id="tests-more"), class_="tests"),
            id="more-tests",
        )
        if more
        else None,
        _left_out(results, len(tests)),
        class_="card",
        id="tests",
    )


def other_traces(results: SuiteResults | None, traces: Mapping[str, str]) -> Child:
    """Return links to the traces of tests that are not listed: without reports none is."""
    listed = {test.name for test in results.tests} if results else set()
    items = [
        element("li", element("a", shown_name(cut_text(name, MAX_NAME)), href=page))
        for name, page in traces.items()
        if name not in listed
    ]
    if not items:
        return None
    return element(
        "section",
        element("h2", f"Traces of tests that passed ({len(items):,})"),
        element("ul", items),
        class_="card",
        id="passed-traces",
    )


def _filters(tests: Sequence[ListedTest]) -> Child:
    """Return a button for each outcome; page.js shows them."""
    counts = Counter(test.outcome for test in tests)
    if len(counts) == 1:
        return None
    choices = [("", f"all {len(tests):,}")]
    choices += [(str(each), f"{each} {counts[each]:,}") for each in ListedOutcome if counts[each]]
    buttons = (
        element("button", text, type="button", value=name, aria_pressed="false" if name else "true")
        for name, text in choices
    )
    return element(
        "div", buttons, id="outcomes", class_="chips screen", role="group",
        aria_label="Outcomes to show", hidden=True,
    )  # fmt: skip


def _rows(
    tests: Iterable[ListedTest], cards: Collection[str], traces: Mapping[str, str]
) -> Iterator[Markup]:
    anchors = Anchors()
    for test in tests:
        has_card = test.name in cards
        anchor = anchor_of(test.name) if has_card else anchors.add(test.name)
        name = element("a", shown_name(cut_text(test.name, MAX_NAME)), href=f"#{anchor}")
        trace = "" if has_card else traces.get(test.name, "")
        seconds = "" if test.seconds is None else seconds_text(test.seconds)
        yield element(
            "tr",
            element("td", seconds),
            element("td", str(test.outcome)),
            element(
                "td",
                name,
                (" · ", element("a", "trace", href=trace, class_="trace")) if trace else None,
            ),
            id=None if has_card else anchor,
            class_=CLASSES.get(test.outcome),
        )


def _left_out(results: SuiteResults | None, listed: int) -> Child:
    """Say that tests are missing, where the reports name more than are listed."""
    count = results.test_count if results else None
    if not count or listed < MAX_TESTS or count <= listed:
        return None
    more = f"{count - listed:,} more tests, which passed and were faster, are in the reports."
    return element("p", more, class_="soft")
