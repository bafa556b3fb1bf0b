"""What the app, the browser and a test itself wrote while the test ran."""

from rehearsal.report.page.layout import preformatted
from rehearsal.report.page.links import link
from rehearsal.report.page.markup import Child, Markup, element
from rehearsal.report.page.pictures import kind_of, name_of
from rehearsal.report.words import LINES_OF_FAILURE, LOG_OF_TEST
from rehearsal.results.evidence_index import FailedTestEvidence, LogExcerpt
from rehearsal.results.frame import ProjectFrame

# By the stem of the file name; a second browser, or a second failure, has a suffix.
TITLES = {
    "container": f"The {LOG_OF_TEST}",
    "output": "What the test printed",
    "console": "The browser's console",
    "page": "The page's source",
    "problems": "Evidence that could not be saved",
}
KEY_MARK = " ← key line"
SILENT = "The app logged nothing while this test ran."
REPEATED_LOG = "The app logged nothing but the lines at the top of this page."
REPEATED_TRACEBACK = "See the traceback at the top of this page."
# Chromium and Firefox say this when an error page came instead of a style sheet or script.
MIME_ERROR = "MIME type ('text/html')"
MIME_NOTE = (
    "A refused MIME type text/html means that a file is missing: the server sent an error page "
    "instead."
)
SOURCE_NOTE = "In the folder of this test; not a link, since a browser would run its scripts."


def app_log_then(test: FailedTestEvidence) -> Child:
    """Return the few lines that the app logged at the moment of the failure, with their times."""
    if not test.slice:
        return None
    if not test.app_lines:
        wrote = any(line and not line.startswith("# ") for line in test.slice.text.splitlines())
        return None if wrote else element("p", SILENT)
    rows = (
        element(
            "tr",
            element("td", f"{line.start:.1f} s", class_="number"),
            element(
                "td",
                element("code", line.text),
                element("span", KEY_MARK, class_="soft") if line.is_key else None,
            ),
            class_="key" if line.is_key else None,
        )
        for line in test.app_lines
    )
    all_of_it = link(test.slice.name, f"the {LOG_OF_TEST}")
    return element(
        "div",
        element("h4", "The ", LINES_OF_FAILURE, " · ", all_of_it),
        element("table", element("tbody", *rows), class_="then"),
        class_="wrap",
    )


def app_log(excerpt: LogExcerpt, frame: ProjectFrame | None, shown_above: str) -> Markup:
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
        element("details", element("summary", "All of it"), whole) if note else whole,
    )


def excerpt_of(excerpt: LogExcerpt) -> Markup:
    kind, suffix = kind_of(excerpt.name)
    title = TITLES[kind] + suffix if kind in TITLES else name_of(excerpt.name).partition(".")[0]
    refused = kind == "console" and MIME_ERROR in excerpt.text
    return element(
        "div",
        element("h4", title, " · ", _file_link(excerpt)),
        element("p", MIME_NOTE, class_="soft") if refused else None,
        element("p", SOURCE_NOTE, class_="soft") if kind == "page" else None,
        folded("Show it", excerpt.text, title)
        if kind == "page"
        else preformatted(excerpt.text, title),
    )


def _file_link(excerpt: LogExcerpt) -> Markup:
    return link(excerpt.name, name_of(excerpt.name))


def folded(summary: str, text: str, label: str) -> Markup:
    return element("details", element("summary", summary), preformatted(text, label))
