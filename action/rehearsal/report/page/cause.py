"""The section of a cause: what went wrong, what to do, and the lines that show it."""

from collections.abc import Iterable

from rehearsal.report.page.layout import preformatted, snippets
from rehearsal.report.page.links import code_link, location_link
from rehearsal.report.page.markup import Child, Markup, breakable, element
from rehearsal.results.cause import CauseSummary
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.origin import Origin


def cause_section(
    cause: CauseSummary,
    *,
    shards: str = "",
    frame: ProjectFrame | None = None,
    origin: Origin | None = None,
    other_titles: Iterable[str] = (),
    anchor: str | None = None,
) -> Markup:
    """Return the section of one cause.

    `shards` names the shards that have it, `frame` is a line of the project's code that `cause`
    does not show itself, `other_titles` are those of the other causes that fit. `origin` is for
    links to the source.
    """
    return element(
        "section",
        element("h2", cause.title),
        element("p", f"In {shards}.", class_="soft") if shards else None,
        _hint(cause),
        _lines(cause, origin or Origin()),
        _frame(frame, origin or Origin()) if frame else None,
        _labelled("Why", cause.background),
        _labelled("What happened", cause.message),
        [element("p", f"Another possible cause: {each}.", class_="soft") for each in other_titles],
        class_="card cause",
        id=anchor,
    )


def _hint(cause: CauseSummary) -> Child:
    if not cause.hint and not cause.paste:
        return None
    parts = [part for part in cause.hint.split("\n\n") if part.strip()]
    return (
        element("h3", "What to do"),
        [element("p", breakable(part, after="._/")) for part in parts],
        snippets(cause.paste, "To paste"),
    )


def _lines(cause: CauseSummary, origin: Origin) -> Child:
    if not cause.lines:
        return None
    location = (": ", location_link(origin, cause.location)) if cause.location else ""
    return (
        element("h3", "Evidence", location) if cause.known or cause.location else None,
        element("div", preformatted("\n".join(cause.lines), "Lines of the logs"), class_="wrap"),
    )


def _frame(frame: ProjectFrame, origin: Origin) -> Child:
    return (
        element("h3", "In your code: ", code_link(origin, frame.file, frame.line)),
        preformatted(frame.text, "The app's traceback"),
    )


def _labelled(label: str, text: str) -> Child:
    return element("p", element("strong", f"{label}: "), text) if text else None
