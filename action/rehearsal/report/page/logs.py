"""The logs: the app's open (a long one without its middle), others folded."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import PurePosixPath

from rehearsal.report.page.layout import preformatted
from rehearsal.report.page.links import link
from rehearsal.report.page.markup import Child, Markup, breakable, element
from rehearsal.report.words import WHOLE_LOG
from rehearsal.results.evidence_index import LogExcerpt
from rehearsal.results.file_names import (
    ASKED_AGAIN_LOG,
    BEFORE_LOG,
    BUILD_LOG,
    CONTAINER_LOG,
    SERVICES_FOLDER,
    SETUP_LOG,
    TEST_LOG,
    TEST_SETUP_LOG,
    WORKERS_FOLDER,
)

# How many files are listed: nobody reads more, and a suite may leave tens of thousands.
MAX_FILES = 1000
TITLES = {
    TEST_LOG: "What the test command printed",
    ASKED_AGAIN_LOG: "What the app says when it is asked again, after the tests",
    SETUP_LOG: "What setup-command printed",
    BEFORE_LOG: "What before-command printed",
    TEST_SETUP_LOG: "How the tests' requirements were installed",
    BUILD_LOG: "The build",
}


def logs(excerpts: Iterable[LogExcerpt], *, first: str = "") -> Child:
    """Return the section of the logs: the one named `first`, if any, and the app's are open."""
    by_name = {excerpt.name: excerpt for excerpt in excerpts}
    app_log = by_name.pop(CONTAINER_LOG, None)
    guilty = by_name.pop(first, None)
    if not app_log and not guilty and not by_name:
        return None
    return element(
        "section",
        element("h2", "Logs"),
        _folded(guilty, is_open=True) if guilty else None,
        _app_log(app_log) if app_log else None,
        [_folded(excerpt) for excerpt in by_name.values()],
        id="logs",
    )


def _app_log(excerpt: LogExcerpt) -> Markup:
    left_out = f" ({excerpt.left_out:,} bytes in the middle are left out)"
    return element(
        "section",
        element("h3", f"The {WHOLE_LOG} · ", link(excerpt.name), left_out * (excerpt.left_out > 0)),
        element("p", excerpt.note, class_="soft") if excerpt.note else None,
        element(
            "pre",
            excerpt.text if excerpt.text.strip() else "(the app wrote nothing)",
            id="app-log",
            tabindex=0,
            role="region",
            aria_label=CONTAINER_LOG,
        ),
        class_="card",
    )


def _folded(excerpt: LogExcerpt, *, is_open: bool = False) -> Markup:
    title = TITLES.get(excerpt.name) or _companion_title(excerpt.name)
    return element(
        "details",
        element("summary", element("h3", title)),
        element("p", link(excerpt.name), class_="soft"),
        preformatted(excerpt.text, title),
        class_="card",
        open=is_open,
    )


def _companion_title(name: str) -> str:
    """Return a title for the log of a service or a worker, like: The service postgres."""
    path = PurePosixPath(name)
    kind = {SERVICES_FOLDER: "The service", WORKERS_FOLDER: "The worker"}.get(str(path.parent))
    return f"{kind} {path.stem}" if kind else name


def files(others: Sequence[str], trace_pages: Collection[str] = ()) -> Child:
    """Return the list of all files of the evidence; `trace_pages` are ours, and safe to open."""
    pages = {*trace_pages}
    names = sorted({*others, *pages})
    if not names:
        return None
    items = [element("li", _file(name, is_ours=name in pages)) for name in names[:MAX_FILES]]
    more = len(names) - len(items)
    return element(
        "details",
        element("summary", element("h3", f"All files of the evidence ({len(names):,})")),
        element("ul", *items, class_="files"),
        element("p", f"and {more:,} more in the folder of this page") if more else None,
        class_="card screen",
        id="files",
    )


def _file(name: str, *, is_ours: bool) -> Markup:
    shown = breakable(name, after="/_.")
    return element("a", shown, href=name) if is_ours else link(name, shown)
