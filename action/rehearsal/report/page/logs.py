"""The logs: the app's own whole and searchable, the others folded."""

from collections.abc import Iterable

from rehearsal.report.page.links import link
from rehearsal.report.page.markup import Child, Markup, element
from rehearsal.results.evidence_index import LogExcerpt
from rehearsal.results.file_names import (
    BUILD_LOG,
    CONTAINER_LOG,
    SETUP_LOG,
    TEST_LOG,
    TEST_SETUP_LOG,
)

TITLES = {
    TEST_LOG: "What the test command printed",
    SETUP_LOG: "What setup-command printed",
    TEST_SETUP_LOG: "How the tests' requirements were installed",
    BUILD_LOG: "The build",
}


def logs(papers: Iterable[LogExcerpt]) -> Child:
    """Return the section of the logs."""
    found = {paper.name: paper for paper in papers}
    app = found.pop(CONTAINER_LOG, None)
    if not app and not found:
        return None
    return element(
        "section",
        element("h2", "Logs"),
        _app(app) if app else None,
        [_folded(paper) for paper in found.values()],
    )


def _app(paper: LogExcerpt) -> Markup:
    left_out = f" (all but {paper.left_out:,} bytes from its middle)" if paper.left_out else ""
    text = paper.text if paper.text.strip() else "(the app wrote nothing)"
    return element(
        "section",
        element("h3", "The app's log · ", link(paper.name), left_out),
        element(
            "div",
            element("label", "Search", for_="search"),
            element("input", id="search", type="search", autocomplete="off", spellcheck="false"),
            element("span", id="search-status", role="status", class_="soft"),
            id="log-search",
            class_="search screen",
            hidden=True,
        ),
        # Exactly one text inside: the search counts its lines.
        element(
            "pre",
            text,
            id="app-log",
            tabindex=0,
            role="region",
            aria_label=CONTAINER_LOG,
        ),
        class_="card",
    )


def _folded(paper: LogExcerpt) -> Markup:
    title = TITLES.get(paper.name, paper.name)
    return element(
        "details",
        element("summary", element("h3", title), " · ", link(paper.name)),
        element("pre", paper.text, tabindex=0, role="region", aria_label=title),
        class_="card",
    )


def files(names: Iterable[str]) -> Child:
    """Return the list of everything that was kept."""
    listed = [element("li", link(name)) for name in names]
    if not listed:
        return None
    return element(
        "details",
        element("summary", element("h3", f"All files of the evidence ({len(listed)})")),
        element("ul", *listed, class_="files"),
        class_="card screen",
    )
