"""The lanes of a trace: steps, requests, console, and a lane for each log."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.results.browser_steps import TraceStep
from rehearsal.results.browser_trace import BrowserTrace, TraceRequest
from rehearsal.results.file_names import CONTAINER_LOG, SERVICES_FOLDER
from rehearsal.results.step_words import step_text
from rehearsal.results.timed_log import TimedLog
from rehearsal.results.traced_attempt import TracedAttempt
from rehearsal.source.tracebacks import without_installed_code

# What marks a line of a log as one about an error.
ERROR = regex(
    r"Traceback \(most recent call last\)|\b(?:ERROR|CRITICAL|FATAL|PANIC|panic)\b"
    r"|^[\w.]*(?:Error|Exception)\b|\" 5\d\d\b|\bInternal Server Error\b",
    re.MULTILINE,
)
# And as a warning: of Python, Django, gunicorn, PostgreSQL, nginx, or in JSON.
WARNING = regex(
    r"\bWARN(?:ING)?\b|\b[A-Z]\w*Warning: |\[[Ww]arn(?:ing)?\]"
    r"|\blevel(?:name)?[\"']?\s*[:=]\s*[\"']?warn(?:ing)?\b"
)
# Kinds of marks.
NO_MARK, ERROR_MARK, WARNING_MARK = range(3)
CONSOLE_MARKS = {"error": ERROR_MARK, "dialog": WARNING_MARK, "warning": WARNING_MARK}
# What is told beside the messages of the console has a word of its own for where it is.
NOT_OF_CONSOLE = ("dialog", "window")


@dataclass(frozen=True, kw_only=True)
class TraceEvent:
    """What stands in a lane, with times in seconds since the test began.

    `where` stands for the lane's title if it is not empty; `mark` is one of the marks above.
    `whole` is all of a traceback of which `text` leaves out installed code.
    """

    start: float
    seconds: float
    text: str
    detail: str = ""
    mark: int = NO_MARK
    where: str = ""
    whole: str = ""


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A lane: its kind is steps, requests, console, app or companion."""

    kind: str
    title: str
    events: tuple[TraceEvent, ...]


def lanes_of(shown: TracedAttempt) -> tuple[Lane, ...]:
    """Return the lanes in the order of the page; a log that said nothing has none."""
    trace = shown.trace
    lanes = (
        Lane(kind="steps", title="steps", events=tuple(_steps(shown))),
        Lane(kind="requests", title="requests", events=tuple(_requests(trace))),
        Lane(kind="console", title="console", events=tuple(_console(trace))),
        *(_log_lane(each, trace) for each in shown.logs),
    )
    return tuple(each for each in lanes if each.events or each.kind in ("steps", "app"))


def _steps(shown: TracedAttempt) -> Iterator[TraceEvent]:
    several, failed = len(shown.trace.browsers) > 1, shown.failed_step
    for number, step in enumerate(shown.trace.steps):
        yield TraceEvent(
            start=step.start,
            seconds=step.seconds,
            text=_in_browser(step.browser, several) + step_text(step),
            detail=_outcome(step),
            mark=ERROR_MARK if step.error or number == failed else NO_MARK,
        )


def _outcome(step: TraceStep) -> str:
    return " · ".join(filter(None, (step.error, step.answer, step.place)))


def _requests(trace: BrowserTrace) -> Iterator[TraceEvent]:
    several, origin = len(trace.browsers) > 1, _origin(trace)
    for each in trace.requests:
        address = each.address.removeprefix(origin) or each.address
        yield TraceEvent(
            start=each.start,
            seconds=each.seconds,
            text=f"{_in_browser(each.browser, several)}{each.method} {address} → {_answer(each)}",
            detail=each.kind + (" from the cache" if each.from_cache else ""),
            # Browsers ask for it by themselves.
            mark=ERROR_MARK
            if each.failed and not each.address.endswith("/favicon.ico")
            else NO_MARK,
        )


def _answer(request: TraceRequest) -> str:
    return request.error or (str(request.status) if request.status else "no answer yet")


def _origin(trace: BrowserTrace) -> str:
    """Return the origin of the first page, as http://localhost:8888; most requests go there."""
    pages = (each.address for each in trace.requests if each.kind == "document")
    for address in (*pages, *(step.address for step in trace.steps)):
        try:
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.scheme in ("http", "https"):
            return f"{parts.scheme}://{parts.netloc}"
    return ""


def _console(trace: BrowserTrace) -> Iterator[TraceEvent]:
    several = len(trace.browsers) > 1
    for each in trace.console:
        yield TraceEvent(
            start=each.start,
            seconds=0.0,
            text=_in_browser(each.browser, several) + each.text,
            detail="" if each.level in NOT_OF_CONSOLE else each.level,
            mark=CONSOLE_MARKS.get(each.level, NO_MARK),
            where=each.level if each.level in NOT_OF_CONSOLE else "",
        )


def _log_lane(log: TimedLog, trace: BrowserTrace) -> Lane:
    events = tuple(_logged(each.time - trace.started, each.text) for each in log.lines)
    if log.name == CONTAINER_LOG:
        return Lane(kind="app", title="app", events=events)
    path = PurePosixPath(log.name)
    kind = "service" if path.parts[0] == SERVICES_FOLDER else "worker"
    return Lane(kind="companion", title=f"{kind} {path.stem}", events=events)


def _logged(start: float, text: str) -> TraceEvent:
    short = without_installed_code(text) if "\n" in text else text
    whole = text if short != text else ""
    return TraceEvent(start=start, seconds=0.0, text=short, mark=_mark(text), whole=whole)


def _mark(text: str) -> int:
    if ERROR.search(text):
        return ERROR_MARK
    return WARNING_MARK if WARNING.search(text) else NO_MARK


def _in_browser(number: int, several: bool) -> str:
    return f"browser {number}: " if several else ""
