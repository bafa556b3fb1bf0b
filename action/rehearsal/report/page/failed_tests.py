"""The failed and the flaky tests with their evidence: pictures, the app's log, tracebacks."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from rehearsal.report.page.anchors import Anchors
from rehearsal.report.page.layout import preformatted
from rehearsal.report.page.links import code_link, link, location_link
from rehearsal.report.page.markup import Child, Markup, breakable, element
from rehearsal.report.page.pictures import (
    before_and_after,
    kind_of,
    name_of,
    picture,
    pictures_of,
)
from rehearsal.report.page.shown_name import shown_name
from rehearsal.report.page.steps import steps
from rehearsal.report.words import (
    MAX_STEP,
    one_line,
    reported_message,
    request_outcome,
    rerun_title,
    size_text,
)
from rehearsal.results.bounded_text import cut_text
from rehearsal.results.cause import frame_location
from rehearsal.results.evidence_index import (
    EvidenceFile,
    EvidenceIndex,
    FailedTestEvidence,
    LogExcerpt,
)
from rehearsal.results.file_names import VERDICT_FILE
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.origin import Origin
from rehearsal.results.verdict_document import MAX_TESTS as MAX_LISTED

# How many tests show their evidence at once; the others show name and message first.
MAX_OPEN = 3
# Nobody reads more, and a printout loads all pictures at once. Others show name and message only.
MAX_WITH_EVIDENCE = 30
MAX_TESTS = 500
FLAKY_NOTE = "These tests failed first and passed on a retry. This is how they failed."
# By the stem of the file name; a second browser, or a second failure, has a suffix.
TITLES = {
    "container": "The app's log during this test",
    "output": "What the test printed",
    "console": "The browser's console",
    "page": "The page's source",
    "problems": "Evidence that could not be saved",
}
REPEATED_LOG = "The app logged nothing but the lines at the top of this page."
REPEATED_TRACEBACK = "See the traceback at the top of this page."
# Chromium and Firefox say this when an error page came instead of a style sheet or script.
MIME_ERROR = "MIME type ('text/html')"
MIME_NOTE = (
    "A refused MIME type text/html means that a file is missing: the server sent an error page "
    "instead."
)
T = TypeVar("T")


def failed_tests(
    index: EvidenceIndex, *, origin: Origin | None = None, shown_above: str = ""
) -> Child:
    """Return the sections of the failed and the flaky tests, nothing where there are none.

    A traceback that is `shown_above` is not repeated. `origin` is for links to the source.
    """
    anchors = Anchors()

    def card(position: int, test: FailedTestEvidence) -> Markup:
        anchor = anchors.add(test.failure.name)
        head = name_and_errors(test, origin=origin, anchor=anchor)
        if position >= MAX_WITH_EVIDENCE:
            return element("article", head, class_="card test", id=anchor)
        evidence: Child = (
            steps(test, origin),
            before_and_after(test),
            element("div", *_columns(test, shown_above), class_="sides"),
            _trace(test),
            _files(test.files),
        )
        if position >= MAX_OPEN:
            evidence = element("details", element("summary", "All evidence of this test"), evidence)
        return element("article", head, evidence, class_="card test", id=anchor)

    failed = list(enumerate(index.failed))
    flaky = list(enumerate(index.flaky, len(failed)))
    return (
        section_of_tests("Failed tests", failed, card, limit=MAX_TESTS, anchor="failed"),
        section_of_tests(
            "Flaky tests", flaky, card, limit=MAX_TESTS, note=FLAKY_NOTE, anchor="flaky"
        ),
    )


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


def name_and_errors(
    test: FailedTestEvidence, *, origin: Origin | None = None, anchor: str = ""
) -> Child:
    """Return the test's name, what the app raised and what the test reported."""
    failure, frame = test.failure, test.frame
    origin = origin or Origin()
    file = test.file or failure.file
    line = code_link(origin, file, failure.line) if file else None
    message = reported_message(test) or "It failed; its report gives no reason."
    name = shown_name(failure.name)
    if anchor:
        name = element("a", name, href=f"#{anchor}", class_="self")
    return (
        element("h3", name),
        _raised(frame, origin) if frame else None,
        _error("The test reported: ", message, line, red=not frame),
        _request(test),
        _rerun(test.rerun),
    )


def _request(test: FailedTestEvidence) -> Child:
    """Return the request that says most about the failure, and when it was made."""
    if not (request := test.request):
        return None
    asked = cut_text(one_line(f"{request.method} {request.address}"), MAX_STEP)
    after = f", {request.start:.1f} s after the test began"
    outcome = element("strong", request_outcome(request))
    return element(
        "p", "The request then: ", element("code", breakable(asked)), ": ", outcome, after
    )


def _rerun(rerun: str) -> Child:
    """Return how to run the test; page.js adds a button that copies it."""
    if not rerun:
        return None
    title = rerun_title(rerun)
    command = element("div", preformatted(breakable(rerun, after="._/:"), title), class_="paste")
    return element("div", element("h4", title), command, class_="rerun")


def _raised(frame: ProjectFrame, origin: Origin) -> Markup:
    return _error("The app raised: ", frame.error, location_link(origin, frame_location(frame)))


def _error(label: str, message: str, location: Child, *, red: bool = True) -> Markup:
    return element(
        "p",
        label,
        element("span", breakable(message), class_="error" if red else None),
        (" · ", location) if location else None,
    )


def _columns(test: FailedTestEvidence, shown_above: str) -> Iterator[Child]:
    """Yield the pictures, and beside them the logs of the app and the browser."""
    others = pictures_of(test)[bool(test.before.path) :]
    if others:
        yield element("div", *(picture(test, *each) for each in others))
    logs: list[Child] = []
    if test.slice:
        logs.append(_app_log(test.slice, test.frame, shown_above))
    logs += [_excerpt(excerpt) for excerpt in test.excerpts if excerpt.text.strip()]
    if logs:
        yield element("div", *logs)


def _trace(test: FailedTestEvidence) -> Child:
    """Return the test's own traceback, folded where the app's says more."""
    whole = test.failure.trace
    if not whole:
        return None
    title, text = "The test's own traceback", test.short_trace or whole
    more = _folded("With the code of installed packages", whole, title) if whole != text else None
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


def _app_log(excerpt: LogExcerpt, frame: ProjectFrame | None, shown_above: str) -> Markup:
    """Return what the app logged: its traceback first, then everything."""
    title = TITLES["container"]
    text, comment = excerpt.text, None
    if text.startswith("# "):
        first, _, text = text.partition("\n")
        comment = element("p", first.removeprefix("# "), class_="soft")
        title += " (approximate)" * first.startswith("# approximate")
    traceback = frame.text if frame and frame.text != shown_above else ""
    # Often the lines of a diagnosis are all that the app logged.
    repeated = text.strip() != "" and {*text.split("\n")} <= {*shown_above.split("\n"), ""}
    note = REPEATED_TRACEBACK if frame else REPEATED_LOG if repeated else ""
    whole = (comment, preformatted(text, title))
    return element(
        "div",
        element("h4", title, " · ", _file_link(excerpt)),
        preformatted(traceback, f"{title}: the traceback") if traceback else None,
        element("p", note, class_="soft") if note and not traceback else None,
        element("details", element("summary", "Everything the app logged"), whole)
        if note
        else whole,
    )


def _excerpt(excerpt: LogExcerpt) -> Markup:
    kind, suffix = kind_of(excerpt.name)
    title = TITLES[kind] + suffix if kind in TITLES else name_of(excerpt.name).partition(".")[0]
    refused = kind == "console" and MIME_ERROR in excerpt.text
    return element(
        "div",
        element("h4", title, " · ", _file_link(excerpt)),
        element("p", MIME_NOTE, class_="soft") if refused else None,
        _folded("Show it", excerpt.text, title)
        if kind == "page"
        else preformatted(excerpt.text, title),
    )


def _file_link(excerpt: LogExcerpt) -> Markup:
    return link(excerpt.name, name_of(excerpt.name))


def _folded(summary: str, text: str, label: str) -> Markup:
    return element("details", element("summary", summary), preformatted(text, label))
