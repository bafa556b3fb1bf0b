"""The failed tests and the flaky ones, with what they left: picture, app, traceback, console."""

from collections.abc import Iterator
from itertools import zip_longest

from rehearsal.report.counts import why
from rehearsal.report.page.links import link
from rehearsal.report.page.markup import Child, Markup, element
from rehearsal.results.cause import frame_location
from rehearsal.results.evidence_index import EvidenceIndex, FailedTestEvidence, LogExcerpt
from rehearsal.results.file_names import VERDICT
from rehearsal.results.frame import ProjectFrame

# These are open; of the others one sees name and message first.
OPEN = 3
# More than anyone reads, and pictures are loaded all at once on paper.
MOST = 30
FLAKY = "They passed when they were run again. This is how they failed first."
# By how their names begin; those of a second browser, or a second failure, have a suffix.
TITLES = {
    "container": "What the app said meanwhile",
    "console": "The browser's console",
    "page": "The page's source",
    "problems": "What could not be kept",
}
SEEN = "It said what stands at the top of this page, and no more."
# How Chromium and Firefox say that the page of an error came instead of a file.
MIME = "MIME type ('text/html')"
REFUSED = "A refused MIME type text/html follows from a missing file: its error page came instead."
PICTURE = "What the browser showed"


def failed_tests(index: EvidenceIndex, *, above: str = "") -> Child:
    """Return the sections of the failed and the flaky tests, nothing where none is known.

    A traceback that stands `above` them is not shown again.
    """
    failed, flaky = index.tests, index.flaky
    return (
        _section("Failed tests", failed, above),
        _section("Flaky tests", flaky, above, begin=len(failed), words=FLAKY),
    )


def _section(
    title: str,
    tests: tuple[FailedTestEvidence, ...],
    above: str,
    *,
    begin: int = 0,
    words: str = "",
) -> Child:
    if not tests:
        return None
    more = len(tests) - MOST
    return element(
        "section",
        element("h2", f"{title} ({len(tests)})"),
        element("p", words) if words else None,
        [_test(test, above, number) for number, test in enumerate(tests[:MOST], begin)],
        element("p", f"{more} more are in ", link(VERDICT), ".") if more > 0 else None,
    )


def _test(test: FailedTestEvidence, above: str, number: int) -> Markup:
    failure, frame = test.failure, test.frame
    parts = (element("div", *_sides(test, above), class_="sides"), _trace(test))
    file = test.file or failure.file
    line = f"{file}:{failure.line}" if file and failure.line else file
    words = why(failure) or "It failed, and its report says no more."
    return element(
        "article",
        element("h3", failure.name),
        element("p", *_told("The app raised: ", frame.error, frame_location(frame)))
        if frame
        else None,
        element("p", *_told("The test saw: ", words, line, red=not frame)),
        parts
        if number < OPEN
        else element("details", element("summary", "Everything it left"), parts),
        class_="card test",
    )


def _told(who: str, what: str, line: str, *, red: bool = True) -> Iterator[Child]:
    yield who
    yield element("span", what, class_="error" if red else None)
    if line:
        yield " · "
        yield element("code", line)


def _sides(test: FailedTestEvidence, above: str) -> Iterator[Child]:
    """Yield what belongs side by side: what one saw, and what the app and the browser said."""
    if test.pictures:
        addressed = zip_longest(test.pictures, test.addresses, fillvalue="")
        yield element("div", *(_picture(test, *each) for each in addressed))
    papers: list[Child] = []
    if test.slice:
        papers.append(_slice(test.slice, test.frame, above))
    papers += [_paper(paper) for paper in test.excerpts if paper.text.strip()]
    if papers:
        yield element("div", *papers)


def _trace(test: FailedTestEvidence) -> Child:
    """Return the test's own traceback, folded where the app's says more."""
    whole = test.failure.trace
    if not whole:
        return None
    title, text = "The test's own traceback", test.trace or whole
    more = _folded("With installed code", whole, title) if whole != text else None
    if test.frame:
        heading = element("summary", element("h4", title))
        return element("details", heading, _pre(text, title), more, class_="wrap")
    return element("div", element("h4", title), _pre(text, title), more, class_="wrap")


def _picture(test: FailedTestEvidence, path: str, address: str) -> Markup:
    _, which = _kind(path)
    alt = f"{PICTURE} when {test.failure.name} failed{which}"
    picture = element("img", src=path, alt=alt, loading="lazy")
    at = (" · ", element("code", address)) if address else ""
    title = element("h4", f"{PICTURE}{which}", at)
    return element("figure", title, element("a", picture, href=path))


def _slice(paper: LogExcerpt, frame: ProjectFrame | None, above: str) -> Markup:
    """Return what the app said: first its traceback, which stands among the rest in the whole."""
    title = TITLES["container"]
    text, about = paper.text, None
    if text.startswith("# "):
        first, _, text = text.partition("\n")
        about = element("p", first.removeprefix("# "), class_="soft")
        title += " (approximate)" * first.startswith("# approximate")
    shown = frame.text if frame and frame.text != above else ""
    # The evidence of a diagnosis is often all that the app said.
    repeated = text.strip() != "" and {*text.split("\n")} <= {*above.split("\n"), ""}
    pointer = "See the traceback at the top of this page." if frame else SEEN
    return element(
        "div",
        element("h4", title, " · ", _whole(paper)),
        _pre(shown, f"{title}: the traceback") if shown else None,
        element("p", pointer, class_="soft") if (frame or repeated) and not shown else None,
        element("details", element("summary", "All that it wrote"), about, _pre(text, title))
        if frame or repeated
        else (about, _pre(text, title)),
    )


def _paper(paper: LogExcerpt) -> Markup:
    kind, which = _kind(paper.name)
    title = TITLES.get(kind, kind) + which
    return element(
        "div",
        element("h4", title, " · ", _whole(paper)),
        element("p", REFUSED, class_="soft") if kind == "console" and MIME in paper.text else None,
        _folded("Show it", paper.text, title) if kind == "page" else _pre(paper.text, title),
    )


def _whole(paper: LogExcerpt) -> Markup:
    return link(paper.name, paper.name.rpartition("/")[2])


def _kind(path: str) -> tuple[str, str]:
    """Return what a file holds, and of which browser or failure, as its name says."""
    kind, _, which = path.rpartition("/")[2].partition(".")[0].partition("-")
    return kind, f" ({which})" if which else ""


def _folded(summary: str, text: str, label: str) -> Markup:
    return element("details", element("summary", summary), _pre(text, label))


def _pre(text: str, label: str) -> Markup:
    return element("pre", text, tabindex=0, role="region", aria_label=label)
