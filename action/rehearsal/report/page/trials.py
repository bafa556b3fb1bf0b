"""The failed tests and the flaky ones, with what they left: picture, app, traceback, console."""

from collections.abc import Iterator

from rehearsal.exhibits import Exhibit, Exhibits, Paper
from rehearsal.report.counts import why
from rehearsal.report.page.links import link
from rehearsal.report.page.markup import Child, Markup, element

# These are open; of the others one sees name and message first.
OPEN = 3
# More than anyone reads, and pictures are loaded all at once on paper.
MOST = 30
SHAKY = "They passed when they were run again. This is how they failed first."
# By how their names begin; those of a second browser, or a second failure, have a suffix.
TITLES = {
    "container": "What the app said meanwhile",
    "console": "The browser's console",
    "page": "The page's source",
    "problems": "What could not be kept",
}
PICTURE = "What the browser showed"


def trials(exhibits: Exhibits) -> Child:
    """Return the sections of the failed and the flaky tests, nothing where none is known."""
    failed, flaky = exhibits.tests, exhibits.flaky
    return (
        _section("Failed tests", failed),
        _section("Flaky tests", flaky, begin=len(failed), words=SHAKY),
    )


def _section(title: str, tests: tuple[Exhibit, ...], *, begin: int = 0, words: str = "") -> Child:
    if not tests:
        return None
    more = len(tests) - MOST
    return element(
        "section",
        element("h2", f"{title} ({len(tests)})"),
        element("p", words) if words else None,
        [_test(test, number) for number, test in enumerate(tests[:MOST], begin)],
        element("p", f"{more} more are in ", link("verdict.json"), ".") if more > 0 else None,
    )


def _test(test: Exhibit, number: int) -> Markup:
    failure = test.failure
    parts = element("div", *_sides(test), class_="sides")
    return element(
        "article",
        element("h3", failure.name),
        element("p", why(failure) or "It failed, and its report says no more.", class_="error"),
        element("p", *_places(test)),
        parts
        if number < OPEN
        else element("details", element("summary", "Everything it left"), parts),
        class_="card test",
    )


def _places(test: Exhibit) -> Iterator[Child]:
    failure, frame = test.failure, test.frame
    file = test.file or failure.file
    if file:
        yield "Test: "
        yield element("code", f"{file}:{failure.line}" if failure.line else file)
    if frame:
        yield " · " if file else ""
        yield "The app: "
        yield element("code", f"{frame.file}:{frame.line}")
        yield f" in {frame.function}, " if frame.function else ", "
        yield element("span", frame.error, class_="error")


def _sides(test: Exhibit) -> Iterator[Child]:
    """Yield what belongs side by side, the most telling first."""
    yield from (_picture(test, path) for path in test.pictures)
    if test.slice:
        yield _paper(test.slice, test.frame.text if test.frame else "")
    if trace := test.failure.trace:
        yield _box("The test's own traceback", test.trace or trace, trace)
    yield from (_paper(paper) for paper in test.papers if paper.text.strip())


def _picture(test: Exhibit, path: str) -> Markup:
    _, which = _kind(path)
    alt = f"{PICTURE} when {test.failure.name} failed{which}"
    picture = element("img", src=path, alt=alt, loading="lazy")
    return element("figure", element("h4", f"{PICTURE}{which}"), element("a", picture, href=path))


def _paper(paper: Paper, highlight: str = "") -> Markup:
    kind, which = _kind(paper.name)
    title = TITLES.get(kind, kind) + which
    if paper.text.startswith("# approximate"):
        title += " (approximate)"
    # First what the reader came for; in the whole it stands among the rest.
    folded = "All of it" if highlight else "Show it" if kind == "page" else ""
    return element(
        "div",
        element("h4", title, " · ", link(paper.name, paper.name.rpartition("/")[2])),
        _pre(highlight, f"{title}: the traceback") if highlight else None,
        _folded(folded, paper.text, title) if folded else _pre(paper.text, title),
    )


def _kind(path: str) -> tuple[str, str]:
    """Return what a file holds, and of which browser or failure, as its name says."""
    kind, _, which = path.rpartition("/")[2].partition(".")[0].partition("-")
    return kind, f" ({which})" if which else ""


def _box(title: str, text: str, whole: str) -> Markup:
    more = _folded("With installed code", whole, title) if whole != text else None
    return element("div", element("h4", title), _pre(text, title), more)


def _folded(summary: str, text: str, label: str) -> Markup:
    return element("details", element("summary", summary), _pre(text, label))


def _pre(text: str, label: str) -> Markup:
    return element("pre", text, tabindex=0, role="region", aria_label=label)
