"""The lanes of a trace: steps, requests, console, and a lane for each log."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from rehearsal.results.browser_steps import TraceStep
from rehearsal.results.browser_trace import BrowserTrace, TraceRequest
from rehearsal.results.failure_trace import FailureTrace
from rehearsal.results.file_names import CONTAINER_LOG, SERVICES_FOLDER
from rehearsal.results.timed_log import TimedLog

# What marks a line of a log as one about an error.
ERROR = re.compile(
    r"Traceback \(most recent call last\)|\b(?:ERROR|CRITICAL|FATAL|PANIC|panic)\b"
    r"|^[\w.]*(?:Error|Exception)\b|\" 5\d\d\b|\bInternal Server Error\b",
    re.MULTILINE,
)
CONSOLE_ERRORS = ("error", "dialog")


@dataclass(frozen=True, kw_only=True)
class TraceEvent:
    """What stands in a lane, with times in seconds since the test began."""

    start: float
    seconds: float
    text: str
    detail: str = ""
    is_error: bool = False


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A lane: its kind is steps, requests, console, app or companion."""

    kind: str
    title: str
    events: tuple[TraceEvent, ...]


def lanes_of(shown: FailureTrace) -> tuple[Lane, ...]:
    """Return the lanes in the order of the page; a log that said nothing has none."""
    trace = shown.trace
    lanes = (
        Lane(kind="steps", title="steps", events=tuple(_steps(shown))),
        Lane(kind="requests", title="requests", events=tuple(_requests(trace))),
        Lane(kind="console", title="console", events=tuple(_console(trace))),
        *(_log_lane(each, trace) for each in shown.logs),
    )
    return tuple(each for each in lanes if each.events or each.kind in ("steps", "app"))


def _steps(shown: FailureTrace) -> Iterator[TraceEvent]:
    several, failed = len(shown.trace.browsers) > 1, shown.failed_step
    for number, step in enumerate(shown.trace.steps):
        yield TraceEvent(
            start=step.start,
            seconds=step.seconds,
            text=_in_browser(step.browser, several) + step.text,
            detail=_outcome(step),
            is_error=bool(step.error) or number == failed,
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
            is_error=each.failed and not each.address.endswith("/favicon.ico"),
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
            detail=each.level,
            is_error=each.level in CONSOLE_ERRORS,
        )


def _log_lane(log: TimedLog, trace: BrowserTrace) -> Lane:
    events = tuple(
        TraceEvent(
            start=each.time - trace.started,
            seconds=0.0,
            text=each.text,
            is_error=ERROR.search(each.text) is not None,
        )
        for each in log.lines
    )
    if log.name == CONTAINER_LOG:
        return Lane(kind="app", title="app's log", events=events)
    path = PurePosixPath(log.name)
    kind = "service" if path.parts[0] == SERVICES_FOLDER else "worker"
    return Lane(kind="companion", title=f"{kind} {path.stem}", events=events)


def _in_browser(number: int, several: bool) -> str:
    return f"browser {number}: " if several else ""
