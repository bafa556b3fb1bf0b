"""The stages drawn to scale, and what was seen while the app got ready."""

from collections.abc import Iterable, Iterator

from rehearsal.report.page.markup import Child, Markup, element
from rehearsal.report.words import stage_title
from rehearsal.results.rehearsal import RehearsalResult, Stage

# In the units of the drawing; even a stage of no time is a visible line.
WIDTH = 1000
MIN_WIDTH = 4
EXPECTED = "Connections that are refused, reset or closed are normal until the app listens."


def stages(result: RehearsalResult) -> Child:
    """Return the stages as a table whose last column is a drawing."""
    if not result.stages:
        return None
    return element(
        "section",
        element("h2", "Stages"),
        element(
            "table",
            _head("stage", "took", "when"),
            element("tbody", *_rows(result.stages), *_service_rows(result)),
            class_="stages",
        ),
        class_="card",
    )


def _rows(stages: Iterable[Stage]) -> Iterator[Markup]:
    listed = list(stages)
    total = sum(stage.seconds for stage in listed) or 1.0
    start = 0.0
    for stage in listed:
        yield element(
            "tr",
            element("th", stage_title(stage) + ("" if stage.ok else " ✗ failed"), scope="row"),
            element("td", f"{stage.seconds:.1f} s", class_="number"),
            element("td", _bar(start / total, stage.seconds / total)),
            class_=None if stage.ok else "failed",
        )
        start += stage.seconds


def _service_rows(result: RehearsalResult) -> Iterator[Markup]:
    """Yield a row for each service that got ready; they start while the image is built."""
    total = sum(stage.seconds for stage in result.stages) or 1.0
    for each in result.companions:
        if each.ready_seconds is not None:
            start = max(0.0, each.started - result.stages[0].started)
            yield element(
                "tr",
                element("th", f"{each.name} (until ready)", scope="row"),
                element("td", f"{each.ready_seconds:.1f} s", class_="number"),
                element("td", _bar(start / total, min(each.ready_seconds / total, 1))),
                class_="soft",
            )


def _bar(start: float, share: float) -> Markup:
    width = max(MIN_WIDTH, round(share * WIDTH))
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
    milestones = [(f"{each.seconds:.2f}", each.name, each.detail) for each in timeline.milestones]
    answers = [
        (
            f"{each.first:.2f} to {each.last:.2f}",
            each.text,
            "once" if each.times == 1 else f"{each.times} times",
        )
        for each in timeline.answers
    ]
    if not milestones and not answers:
        return None
    return element(
        "section",
        element("h2", "Getting ready"),
        element("p", "Seconds since the container started. " + EXPECTED, class_="soft"),
        _table("what happened", milestones),
        _table("what it answered", answers),
        class_="card",
    )


def _table(title: str, rows: Iterable[tuple[str, str, str]]) -> Child:
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
    return element("table", _head("seconds", title), element("tbody", *body), class_="when")


def _head(*names: str) -> Markup:
    return element("thead", element("tr", *(element("th", name, scope="col") for name in names)))
