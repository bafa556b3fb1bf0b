"""A failed test in short: its name, its errors, the request of that moment, how to run it."""

from rehearsal.report.page.layout import preformatted
from rehearsal.report.page.links import code_link, location_link
from rehearsal.report.page.logs_of_test import app_log_then
from rehearsal.report.page.markup import Child, Markup, breakable, element
from rehearsal.report.page.shown_name import shown_name
from rehearsal.report.since_words import new_mark
from rehearsal.report.words import REQUEST, reported_message, request_text, rerun_title
from rehearsal.results.cause import frame_location
from rehearsal.results.comparison import Comparison
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.origin import Origin


def name_and_errors(
    test: FailedTestEvidence,
    *,
    origin: Origin | None = None,
    anchor: str = "",
    since: Comparison | None = None,
    is_whole: bool = False,
) -> Child:
    """Return the test's name, what the app raised and what the test reported.

    `since` is what changed since a baseline: it tells whether this failure is new.
    `is_whole` adds what the app logged then.
    """
    failure, frame = test.failure, test.frame
    origin = origin or Origin()
    file = test.file or failure.file
    line = code_link(origin, file, failure.line) if file else None
    message = reported_message(test) or "It failed; its report gives no reason."
    name = shown_name(failure.name)
    if anchor:
        name = element("a", name, href=f"#{anchor}", class_="self")
    return (
        element("h3", name, _mark(new_mark(since, failure.name))),
        _raised(frame, origin) if frame else None,
        _error("The test reported: ", message, line, red=not frame),
        _request(test),
        app_log_then(test) if is_whole else None,
        _rerun(test.rerun),
    )


def _mark(text: str) -> Child:
    return (" ", element("span", text, class_="mark")) if text else None


def _request(test: FailedTestEvidence) -> Child:
    """Return the request that says most about the failure, and when it was made."""
    if not (request := test.request):
        return None
    after = f", {request.start:.1f} s after the test began"
    return element("p", REQUEST, element("code", breakable(request_text(request))), after)


def _rerun(rerun: str) -> Child:
    """Return how to run the test; page.js adds a button that copies it."""
    if not rerun:
        return None
    title = rerun_title(rerun)
    command = element("div", preformatted(breakable(rerun, after="._/:"), title), class_="paste")
    return element("div", element("h4", title), command, class_="rerun")


def _raised(frame: ProjectFrame, origin: Origin) -> Markup:
    return _error("The app raised: ", frame.error, location_link(origin, frame_location(frame)))


def _error(label: str, message: str, location: Child, *, red: bool = True) -> Markup:
    return element(
        "p",
        label,
        element("span", breakable(message, after="._/"), class_="error" if red else None),
        (" · ", location) if location else None,
    )
