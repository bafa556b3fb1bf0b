"""A failed test in short: its name, its errors, the request of that moment, how to run it."""

from rehearsal.report import run_here
from rehearsal.report.page.layout import preformatted
from rehearsal.report.page.links import code_link, location_link, web_link
from rehearsal.report.page.logs_of_test import app_log_then
from rehearsal.report.page.markup import Child, Markup, breakable, element
from rehearsal.report.page.shown_name import shown_name
from rehearsal.report.since_words import new_mark
from rehearsal.report.web_links import commit_url, short_commit
from rehearsal.report.words import (
    REQUEST,
    reported_message,
    request_text,
    rerun_title,
    seconds_text,
)
from rehearsal.results.cause import frame_location
from rehearsal.results.comparison import Comparison
from rehearsal.results.evidence_index import FailedTestEvidence
from rehearsal.results.frame import ProjectFrame
from rehearsal.results.origin import Origin
from rehearsal.results.quoted_line import quoted_line
from rehearsal.results.tests import Failure


def name_and_errors(
    test: FailedTestEvidence,
    *,
    origin: Origin | None = None,
    anchor: str = "",
    since: Comparison | None = None,
    detailed: bool = False,
) -> Child:
    """Return the test's name, what the app raised and what the test reported.

    `since` is what changed since a baseline: it tells whether this failure is new.
    `detailed` adds the test's line, what the app logged then, and how to run it on a new machine.
    """
    errors = errors_of(test, origin=origin, detailed=detailed)
    return heading(test, anchor=anchor, since=since), errors


def heading(
    test: FailedTestEvidence, *, anchor: str = "", since: Comparison | None = None
) -> Markup:
    """Return the test's name, with a link to itself if `anchor` is given."""
    failure = test.failure
    name = shown_name(failure.name)
    if anchor:
        name = element("a", name, href=f"#{anchor}", class_="self")
    return element("h3", name, _took(failure), _mark(new_mark(since, failure.name)))


def errors_of(
    test: FailedTestEvidence, *, origin: Origin | None = None, detailed: bool = False
) -> Child:
    """Return what stands below the name."""
    failure, frame = test.failure, test.frame
    origin = origin or Origin()
    file = test.file or failure.file
    line = code_link(origin, file, failure.line) if file else None
    message = reported_message(test) or "It failed; its report gives no reason."
    return (
        _raised(frame, origin) if frame else None,
        _error("The test reported: ", message, line, red=not frame),
        _code(test, file) if detailed else None,
        request_of(test),
        app_log_then(test) if detailed else None,
        _rerun(test.rerun, origin, detailed=detailed),
    )


def _code(test: FailedTestEvidence, file: str) -> Child:
    """Return the line of the test, as its traceback quotes it."""
    code = quoted_line(test.short_trace or test.failure.trace, file, test.failure.line)
    return element("p", element("code", breakable(code)), class_="code") if code else None


def _took(failure: Failure) -> Child:
    if not failure.span:
        return None
    seconds = max(0.0, failure.span.end - failure.span.start)
    return " ", element("span", seconds_text(seconds), class_="took")


def _mark(text: str) -> Child:
    return (" ", element("span", text, class_="mark")) if text else None


def request_of(test: FailedTestEvidence) -> Child:
    """Return the request that says most about the failure, and when it was made."""
    if not (request := test.request):
        return None
    after = f", {request.start:.1f} s after the test began"
    return element("p", REQUEST, element("code", breakable(request_text(request))), after)


def _rerun(rerun: str, origin: Origin, *, detailed: bool) -> Child:
    """Return how to run the test; page.js adds a button that copies it.

    On the machine of the rehearsal itself nobody needs to know how to get there.
    """
    if not rerun:
        return None
    title = rerun_title(rerun)
    command = element("div", preformatted(breakable(rerun, after="._/:"), title), class_="paste")
    how = None
    if origin.repository and detailed:
        text = breakable(run_here.commands(origin, rerun), after="._/:")
        how = element(
            "details",
            element("summary", run_here.TITLE),
            element("p", run_here.NEEDS, class_="soft"),
            element("div", preformatted(text, run_here.TITLE), class_="paste"),
        )
    return element("div", element("h4", title), _where(rerun, origin), command, how, class_="rerun")


def _where(rerun: str, origin: Origin) -> Child:
    """Say what has to be there before the command works."""
    if not origin.repository:
        here = run_here.on_disk(origin, rerun)
        return element("p", here, class_="soft") if here else None
    where: Child = run_here.OF_REPOSITORY
    if run_here.has_commit(origin):
        commit = element("code", web_link(commit_url(origin), short_commit(origin)))
        where = (run_here.AT_COMMIT, commit)
    return element("p", run_here.IF_INSTALLED, where, ":", class_="soft")


def _raised(frame: ProjectFrame, origin: Origin) -> Markup:
    return _error("The app raised: ", frame.error, location_link(origin, frame_location(frame)))


def _error(label: str, message: str, location: Child, *, red: bool = True) -> Markup:
    return element(
        "p",
        label,
        element("span", breakable(message, after="._/"), class_="error" if red else None),
        (" · ", location) if location else None,
    )
