"""The page around a trace: the reasons, the parts that its script fills, and a table without it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rehearsal import __version__
from rehearsal.report.page.failure import request_of
from rehearsal.report.page.layout import DOCTYPE, STYLE_FILE, csp_hash, preformatted
from rehearsal.report.page.links import code_link, location_link
from rehearsal.report.page.markup import Child, Markup, breakable, data_block, element, inline
from rehearsal.report.trace.content import content
from rehearsal.report.trace.events import Lane
from rehearsal.report.trace.table import table
from rehearsal.report.words import reported_message
from rehearsal.results.cause import frame_location
from rehearsal.results.file_names import PAGE_FILE
from rehearsal.results.selenium_message import plain_message
from rehearsal.results.tests import ListedOutcome
from rehearsal.results.traced_attempt import TracedAttempt

TRACE_STYLE_FILE = Path(__file__).with_name("trace.css")
SCRIPT_FILE = Path(__file__).with_name("trace.js")
# From the folder of a test to the page of the rehearsal.
REPORT = f"../../{PAGE_FILE}"
LEGEND = "Steps in grey only read the page. The others do something on it."
KEYS = (
    ("←", "→", "step before, step after"),
    ("Shift →", "extend the span by a step"),
    ("Esc", "the whole test"),
    ("/", "search"),
    ("B", "page before / after the step"),
)


def document(shown: TracedAttempt, lanes: Sequence[Lane]) -> Markup:
    """Return the whole page."""
    style = "".join(file.read_text(encoding="utf-8") for file in (STYLE_FILE, TRACE_STYLE_FILE))
    script = SCRIPT_FILE.read_text(encoding="utf-8")
    name = shown.test.failure.name
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(script)),
        element("meta", http_equiv="x-dns-prefetch-control", content="off"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{name} · trace · Dress Rehearsal"),
        inline("style", style),
    )
    body = element(
        "body",
        element("header", _header(shown)),
        element(
            "main",
            _viewer(lanes),
            element("noscript", table(shown, lanes)),
            _tracebacks(shown),
        ),
        element("footer", _notes(shown), element("p", f"Dress Rehearsal {__version__}")),
        data_block("trace", content(shown, lanes)),
        inline("script", script),
        class_=_classes(shown),
    )
    return Markup((DOCTYPE, *element("html", head, body, lang="en").parts, "\n"))


def _classes(shown: TracedAttempt) -> str:
    return "trace passed" if shown.outcome else f"trace failed{' raised' if shown.frame else ''}"


def _policy(script: str) -> str:
    """Allow our own script and the pictures beside the page.

    Styles may be inline: the frame that shows a stored page has this policy, too, and a stricter
    one of its own.
    """
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src '{csp_hash(script)}'; "
        "img-src 'self' file:; base-uri 'none'; form-action 'none'"
    )


def _header(shown: TracedAttempt) -> Iterator[Child]:
    test, failure, frame = shown.test, shown.test.failure, shown.frame
    yield element(
        "p",
        element("a", "← The whole rehearsal", href=REPORT),
        _attempts(shown),
        class_="soft screen",
    )
    yield element("h1", breakable(failure.name))
    if shown.outcome:
        what = "attempt" if len(test.attempts) > 1 else "test"
        did = "passed" if shown.outcome is ListedOutcome.PASSED else f"was {shown.outcome}"
        yield element("p", element("span", f"This {what} {did}.", class_="verdict"))
        return
    if not shown.is_reported:
        message = plain_message(shown.trace.reason) or "It is not known why this attempt failed."
        yield _reason("This attempt failed: ", message)
        return
    if frame:
        place = location_link(shown.origin, frame_location(frame))
        yield _reason("The app raised: ", frame.error, place)
    file = test.file or failure.file
    line = code_link(shown.origin, file, failure.line) if file else None
    step = shown.failed_step
    failed = shown.trace.steps[step] if step is not None else None
    message = reported_message(test, failed) or "It failed; its report gives no reason."
    yield _reason("The test reported: ", message, line, follows=frame is not None)
    yield request_of(test)


def _reason(label: str, message: str, place: Child = None, *, follows: bool = False) -> Markup:
    """Return what went wrong; what only `follows` from something else is less conspicuous."""
    return element(
        "p",
        label,
        element("span", breakable(message, after="._/"), class_=None if follows else "error"),
        (" · ", place) if place else None,
        class_="then" if follows else None,
    )


def _attempts(shown: TracedAttempt) -> Iterator[Child]:
    attempts = shown.test.attempts
    if len(attempts) > 1:
        for each in attempts:
            title = f"attempt {each.number} ({'passed' if each.passed else 'failed'})"
            is_this = each.page == shown.page
            yield " · "
            if is_this:
                yield element("strong", title)
            else:
                yield element("a", title, href=each.page) if each.page else title


def _viewer(lanes: Sequence[Lane]) -> Markup:
    """Return the parts that the script fills; without it they stay hidden."""
    return element(
        "div",
        element(
            "section",
            element("div", id="strip"),
            element("div", id="lanes"),
            element("div", id="axis"),
            class_="card time-line screen",
            id="timeline",
            aria_hidden="true",
        ),
        element("p", _keys(), class_="soft keys screen"),
        element(
            "div",
            element(
                "section",
                element("h2", "Steps", id="steps-title"),
                element("p", LEGEND, class_="soft legend"),
                element("ol", id="steps", aria_labelledby="steps-title"),
                class_="pane steps-pane",
            ),
            element(
                "section",
                element("h2", "What happened", id="events-title"),
                element("p", id="span", role="status", class_="soft"),
                element(
                    "div",
                    element("div", *_toggles(lanes), class_="toggles", role="group",
                            aria_label="Lanes that are shown"),
                    element("label", "Search", for_="search"),
                    element("input", id="search", type="search", autocomplete="off",
                            spellcheck="false"),
                    element("button", "Whole test", id="whole", type="button"),
                    class_="controls screen",
                ),
                element("div", element("table", _head(), element("tbody", id="events")),
                        id="list", tabindex=0, role="region", aria_labelledby="events-title"),
                class_="pane events-pane",
            ),
            element(
                "section",
                element("h2", id="step-title"),
                element("div", id="step"),
                element("div", _views(), element("figure", id="shown"), id="view"),
                element("div", id="code"),
                class_="pane step-pane",
            ),
            class_="panes",
        ),
        id="viewer",
        hidden=True,
    )  # fmt: skip


def _keys() -> Iterator[Child]:
    yield "Keys: "
    for number, (*keys, what) in enumerate(KEYS):
        yield ", " if number else ""
        yield [(element("kbd", key), " ") for key in keys]
        yield what
    yield ". Drag over the time line to choose a span."


def _toggles(lanes: Sequence[Lane]) -> Iterator[Markup]:
    for number, lane in enumerate(lanes):
        yield element(
            "button",
            lane.title,
            type="button",
            class_=f"lane lane-{lane.kind}",
            id=f"lane-{number}",
            aria_pressed="true",
        )


def _head() -> Markup:
    names = ("seconds", "where", "what")
    return element("thead", element("tr", *(element("th", each, scope="col") for each in names)))


def _views() -> Markup:
    return element(
        "div",
        element("button", "Before", type="button", id="view-before", aria_pressed="false"),
        element("button", "After", type="button", id="view-after", aria_pressed="true"),
        element("span", class_="gap"),
        element("button", "Picture", type="button", id="view-picture", aria_pressed="true"),
        element("button", "Page", type="button", id="view-page", aria_pressed="false"),
        class_="toggles",
        role="group",
        aria_label="What is shown of the page",
    )


def _tracebacks(shown: TracedAttempt) -> Iterator[Child]:
    test, frame = shown.test, shown.frame
    if shown.outcome or not shown.is_reported:
        return
    texts = (
        ("The app's traceback", frame.text if frame else ""),
        ("The test's own traceback", test.short_trace or test.failure.trace),
    )
    for title, text in texts:
        if text:
            yield element(
                "details",
                element("summary", element("h3", title)),
                element("div", preformatted(text, title), class_="wrap"),
                class_="card",
            )


def _notes(shown: TracedAttempt) -> Iterator[Child]:
    trace = shown.trace
    if trace.left_out:
        counts = ", ".join(f"{count:,} {kind}" for kind, count in trace.left_out.items())
        yield element("p", f"Only so many are kept of each kind. Left out: {counts}.")
    for log in shown.logs:
        if log.left_out:
            yield element("p", f"{log.left_out:,} bytes of {log.name} are left out here.")
    browsers = ", ".join(
        f"{number}: {name}" if len(trace.browsers) > 1 else name
        for number, name in trace.browsers.items()
    )
    if browsers:
        yield element("p", f"Browser: {browsers}")
    yield element(
        "p",
        "The page is shown without its scripts, pictures and fonts, as it was shortly after a "
        "step. Lines of two logs that came within milliseconds may have changed places.",
    )
