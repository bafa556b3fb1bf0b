"""The stages drawn to scale, and what was seen while the app got ready."""

from collections.abc import Iterable, Iterator

from rehearsal.report.counts import spoken
from rehearsal.report.page.markup import Child, Markup, element
from rehearsal.results.rehearsal import RehearsalResult, Stage

# The drawing's width in units of its own; a stage of no time is still a line.
WIDTH = 1000
NARROWEST = 4
EXPECTED = "Connections that are refused, reset or closed are usual until the app listens."


def stages(result: RehearsalResult) -> Child:
    """Return the stages as a table whose last column is a drawing."""
    if not result.stages:
        return None
    head = (element("th", name, scope="col") for name in ("stage", "took", "when"))
    return element(
        "section",
        element("h2", "Stages"),
        element(
            "table",
            element("thead", element("tr", *head)),
            element("tbody", *_rows(result.stages)),
            class_="stages",
        ),
        class_="card",
    )


def _rows(found: Iterable[Stage]) -> Iterator[Markup]:
    listed = list(found)
    whole = sum(stage.seconds for stage in listed) or 1.0
    before = 0.0
    for stage in listed:
        yield element(
            "tr",
            element("th", spoken(stage.name) + ("" if stage.ok else " ✗ failed"), scope="row"),
            element("td", f"{stage.seconds:.1f} s", class_="number"),
            element("td", _bar(before / whole, stage.seconds / whole)),
            class_=None if stage.ok else "failed",
        )
        before += stage.seconds


def _bar(start: float, share: float) -> Markup:
    width = max(NARROWEST, round(share * WIDTH))
    return element(
        "svg",
        element("rect", x=min(round(start * WIDTH), WIDTH - width), y=0, width=width, height=10),
        viewBox=f"0 0 {WIDTH} 10",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def readiness(result: RehearsalResult) -> Child:
    """Return what was seen of the app until it was ready, or given up."""
    timeline = result.timeline
    moments = [(f"{each.seconds:.2f}", each.name, each.detail) for each in timeline.milestones]
    sights = [
        (
            f"{each.first:.2f} to {each.last:.2f}",
            each.text,
            "once" if each.times == 1 else f"{each.times} times",
        )
        for each in timeline.answers
    ]
    if not moments and not sights:
        return None
    return element(
        "section",
        element("h2", "Getting ready"),
        element("p", "Seconds since the container started. " + EXPECTED, class_="soft"),
        _table("seconds", "what happened", moments),
        _table("seconds", "what it answered", sights),
        class_="card",
    )


def _table(when: str, what: str, rows: Iterable[tuple[str, str, str]]) -> Child:
    body = [
        element(
            "tr",
            element("td", seconds),
            element("td", text, " ", element("span", detail, class_="soft")),
        )
        for seconds, text, detail in rows
    ]
    if not body:
        return None
    head = element("tr", element("th", when, scope="col"), element("th", what, scope="col"))
    return element("table", element("thead", head), element("tbody", *body), class_="when")
