"""The table of a trace for a browser that runs no script: all lanes in the order of time."""

from collections.abc import Iterator, Sequence
from heapq import merge

from rehearsal.report.page.markup import Child, Markup, element
from rehearsal.report.trace.events import Lane
from rehearsal.results.traced_attempt import TracedAttempt

# By mark.
CLASSES = (None, "bad", "odd")


def table(shown: TracedAttempt, lanes: Sequence[Lane]) -> Markup:
    """Return the table; a step has a link to its picture."""
    head = (element("th", name, scope="col") for name in ("seconds", "where", "what"))
    return element(
        "table",
        element("thead", element("tr", *head)),
        element("tbody", *_rows(shown, lanes)),
        class_="all",
    )


def _rows(shown: TracedAttempt, lanes: Sequence[Lane]) -> Iterator[Markup]:
    listed = (
        [(event.start, number, position) for position, event in enumerate(lane.events)]
        for number, lane in enumerate(lanes)
    )
    # Made once: a table has ten thousand rows.
    titles = [element("td", lane.title, class_=f"lane lane-{lane.kind}") for lane in lanes]
    for start, number, position in merge(*map(sorted, listed)):
        lane = lanes[number]
        event = lane.events[position]
        detail = element("span", event.detail, class_="soft") if event.detail else None
        picture = _picture(shown, position) if lane.kind == "steps" else None
        yield element(
            "tr",
            element("td", f"{start:.3f}"),
            element("td", event.where, class_=f"lane lane-{lane.kind}")
            if event.where
            else titles[number],
            element(
                "td",
                event.whole or event.text,
                " " if detail else None,
                detail,
                picture,
                class_="said",
            ),
            class_=CLASSES[event.mark],
        )


def _picture(shown: TracedAttempt, position: int) -> Child:
    name = shown.trace.steps[position].picture
    return (" ", element("a", "picture", href=name)) if name in shown.pictures else None
