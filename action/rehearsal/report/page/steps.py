"""The steps of a failed test as a table: what it did in the browser, and where that failed."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from rehearsal.report.page.links import link, location_link
from rehearsal.report.page.markup import Child, Markup, breakable, element
from rehearsal.results.browser_steps import TraceStep
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.origin import Origin
from rehearsal.results.step_words import step_words

TITLE = "What the test did"
# The last ones say why it failed; the others are folded.
MAX_SHOWN = 12
# In seconds: on a phone only these steps say how long they took.
LONG = 1.0
# The line is that of a helper, where a helper made the step.
HEADINGS = ("at", "took", "step", "line of your code")


def steps(test: FailedTestEvidence, origin: Origin | None = None) -> Child:
    """Return the table of the last steps, and below it a folded table of the earlier ones."""
    if not test.steps:
        return None
    several = any(step.browser > 1 for step in test.steps)
    before, last = test.steps[:-MAX_SHOWN], test.steps[-MAX_SHOWN:]
    more = test.steps_left_out
    return element(
        "div",
        element("h4", TITLE, " · ", _trace_link(test)),
        _table(last, origin, several=several),
        element("details", element("summary", f"{len(before) + more} earlier steps"),
                element("p", f"The trace has {more} more before these.", class_="soft")
                if more
                else None,
                _table(before, origin, several=several))
        if before
        else None,
        class_="wrap",
    )  # fmt: skip


def _trace_link(test: FailedTestEvidence) -> Child:
    """Return a link to our page of the trace; without one, the name of the trace."""
    if test.trace_page:
        return element("a", "the trace: pages, requests and logs", href=test.trace_page)
    return link(test.steps_file, PurePosixPath(test.steps_file).name)


def _table(shown: Sequence[TraceStep], origin: Origin | None, *, several: bool) -> Markup:
    head = (element("th", name, scope="col") for name in HEADINGS)
    rows = (_row(step, origin, several=several) for step in shown)
    return element(
        "table",
        element("thead", element("tr", *head)),
        element("tbody", *rows),
        class_="steps",
    )


def _words(step: TraceStep) -> Child:
    return [_code(word.text) if word.is_code else word.text for word in step_words(step)]


def _code(text: str) -> Markup:
    return element("code", breakable(text, after="._/"))


def _row(step: TraceStep, origin: Origin | None, *, several: bool) -> Markup:
    browser = f"browser {step.browser}: " if several else ""
    is_long = step.seconds >= LONG
    failed = element("span", f" ✗ {step.error}", class_="error") if step.error else None
    return element(
        "tr",
        element("td", f"{step.start:.1f} s", class_="number"),
        element("td", f"{step.seconds:.1f} s", class_="number long" if is_long else "number"),
        element("td", browser, _words(step), failed, class_="soft" if step.is_look else None),
        element("td", location_link(origin or Origin(), step.place) if step.place else None),
    )
