"""The stages drawn to scale, and what was seen while the app got ready."""

from collections.abc import Iterable, Iterator
from itertools import islice

from rehearsal.dataclass import dataclass
from rehearsal.report.name_of_test import own_name
from rehearsal.report.page.markup import Child, Markup, breakable, element
from rehearsal.report.words import INSTALLING, seconds_text, stage_title
from rehearsal.results.companion_run import SERVICE
from rehearsal.results.rehearsal import RehearsalResult, Stage

EXPECTED = "Connections that are refused, reset or closed are normal until the app listens."
# In percent of the drawing: even a stage of no time is a visible line.
MIN_WIDTH = 0.4
# Failed tests that have a bar of their own.
MAX_TESTS = 5
# The distance of two lines of the scale, in seconds; the first that needs few enough lines.
SCALES = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600)
MAX_LINES = 6
WHOLE = 100.0
# In percent. A label further to the right would be cut off.
LAST_LABEL = 92.0
# On a phone, one further to the right than this ends at its line instead of beginning there.
LATE_LABEL = 60.0


@dataclass(frozen=True, kw_only=True)
class Bar:
    """Something that took time: `start` is in seconds since the first stage began."""

    title: str
    start: float
    seconds: float
    kind: str = ""
    failed: bool = False


def stages(result: RehearsalResult) -> Child:
    """Return the stages, and what went on beside them, as a table whose last column is a drawing.

    They stand in the order in which they began. All bars have one scale, so those that are below
    each other overlapped.
    """
    bars = sorted(_bars(result), key=lambda bar: bar.start)
    if not bars:
        return None
    end = max(each.start + each.seconds for each in bars)
    scale = _Scale(end or 1.0)
    return element(
        "section",
        element("h2", "Stages"),
        element(
            "table",
            element("thead", element("tr", _head_cells(scale))),
            element("tbody", (_row(each, scale) for each in bars)),
            class_="stages",
        ),
        class_="card",
        id="stages",
    )


class _Scale:
    """Turns seconds into percents of the drawing."""

    def __init__(self, total: float) -> None:
        self._total = total
        step = next((each for each in SCALES if total / each <= MAX_LINES), total / MAX_LINES)
        self.lines = [number * step for number in range(int(total / step) + 1)]

    def percent(self, seconds: float) -> float:
        return min(max(seconds / self._total, 0.0), 1.0) * WHOLE


def _bars(result: RehearsalResult) -> Iterator[Bar]:
    """Yield the stages, with the services below them and the failed tests below the tests."""
    if not result.stages:
        return
    first, clock = result.stages[0].started, 0.0
    for stage in result.stages:
        start = max(stage.started - first, 0.0) if first and stage.started else clock
        clock = start + stage.seconds
        yield Bar(title=stage_title(stage), start=start, seconds=stage.seconds, failed=not stage.ok)
        yield from _within(result, stage, first, start)


def _within(result: RehearsalResult, stage: Stage, first: float, start: float) -> Iterator[Bar]:
    if stage.name == "start" and result.ready_seconds is not None:
        yield Bar(
            title="the app, until ready", start=start, seconds=result.ready_seconds, kind="within"
        )
    if stage.name == "services":
        for each in result.companions:
            if each.kind == SERVICE and each.ready_seconds is not None:
                begun = max(0.0, each.started - first)
                title = f"{each.name}, until ready"
                yield Bar(title=title, start=begun, seconds=each.ready_seconds, kind="within")
    if stage.name == "requirements" and result.requirements_seconds is not None:
        yield Bar(title=INSTALLING, start=0.0, seconds=result.requirements_seconds, kind="within")
    if stage.name == "test" and first:
        spans = ((each.failure.name, each.failure.span) for each in result.index.failed)
        known = ((name, span) for name, span in spans if span)
        for name, span in islice(known, MAX_TESTS):
            seconds = max(span.end - span.start, 0.0)
            begun, title = max(span.start - first, 0.0), own_name(name)
            yield Bar(title=title, start=begun, seconds=seconds, kind="within", failed=True)


def _head_cells(scale: _Scale) -> Iterator[Markup]:
    for name in ("stage", "began", "took"):
        yield element("th", name, scope="col")
    labels = (
        element(
            "text",
            f"{line:g} s",
            x=_percent(scale.percent(line)),
            y=11,
            class_="late" if scale.percent(line) > LATE_LABEL else None,
        )
        for line in scale.lines
        # The last label would be cut off.
        if scale.percent(line) < LAST_LABEL
    )
    drawing = element("svg", labels, class_="scale", aria_hidden="true")
    yield element("th", element("span", "when", class_="unseen"), drawing, scope="col")


def _row(bar: Bar, scale: _Scale) -> Markup:
    left, right = scale.percent(bar.start), scale.percent(bar.start + bar.seconds)
    width = max(MIN_WIDTH, right - left)
    left = min(left, WHOLE - width)
    lines = (
        element("rect", x=_percent(scale.percent(line)), y=0, width=1, height=18)
        for line in scale.lines
    )
    drawing = element(
        "svg",
        element("g", lines, class_="lines"),
        element("rect", x=_percent(left), y=4, width=_percent(width), height=10, rx=2),
        aria_hidden="true",
    )
    failed = element("span", " ✗ failed", class_="error") if bar.failed else None
    classes = " ".join(filter(None, (bar.kind, "failed" if bar.failed else "")))
    return element(
        "tr",
        element("th", breakable(bar.title), failed, scope="row"),
        element("td", seconds_text(bar.start)),
        element("td", seconds_text(bar.seconds)),
        element("td", drawing),
        class_=classes or None,
    )


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def readiness(result: RehearsalResult) -> Child:
    """Return what was seen of the app until it was ready, or given up."""
    timeline = result.timeline
    milestones = [(f"{each.seconds:.2f}", each.name, each.detail) for each in timeline.milestones]
    answers = [
        (
            _span(each.first, each.last),
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
        id="ready",
    )


def _span(first: float, last: float) -> str:
    begin, end = f"{first:.2f}", f"{last:.2f}"
    return begin if begin == end else f"{begin} to {end}"


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
