"""What the script of trace.html shows, as a JSON document."""

from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.report.page.markup import visible
from rehearsal.report.trace.events import Lane, TraceEvent
from rehearsal.report.trace.screenshot import screenshot
from rehearsal.report.web_links import source_url
from rehearsal.results.browser_steps import TraceStep
from rehearsal.results.origin import Origin
from rehearsal.results.step_words import step_text
from rehearsal.results.traced_attempt import SourceExcerpt, TracedAttempt

# Decimal places of times in seconds: a thousandth is what the trace has.
DIGITS = 3


def content(shown: TracedAttempt, lanes: Sequence[Lane]) -> dict[str, Any]:
    """Return the document: steps, lanes, pages, style sheets and lines of code.

    Texts are shown as they are, so invisible characters in them are replaced. Pages and style
    sheets are only shown in a frame of their own that runs nothing.
    """
    trace = shown.trace
    failed = trace.steps[shown.failed_step] if shown.failed_step is not None else None
    final = trace.final_pages.get(failed.browser) if failed else None
    used = {step.page for step in trace.steps} | ({final.page} if final else set())
    pages = {key: page for key, page in trace.pages.items() if key in used}
    styles = {key for page in pages.values() for key in page.styles}
    return {
        "started": round(trace.started, DIGITS),
        "failed": shown.failed_step,
        "screenshot": screenshot(shown),
        "final": {
            "t": round(final.start, DIGITS),
            "address": visible(final.address),
            "page": final.page,
        }
        if final and final.page in pages
        else None,
        "place": visible(shown.test_place),
        "raised": visible(shown.frame.error if shown.frame else ""),
        "app": visible(shown.app_place),
        "steps": [_step(step, shown) for step in trace.steps],
        "lanes": [
            {"kind": lane.kind, "title": visible(lane.title), "events": [*map(_event, lane.events)]}
            for lane in lanes
        ],
        "pages": {
            key: {"html": page.html, "styles": page.styles, "cut": page.is_cut}
            for key, page in pages.items()
        },
        "styles": {key: text for key, text in trace.styles.items() if key in styles},
        "sources": _sources(shown.sources, shown.origin),
    }


def _step(step: TraceStep, shown: TracedAttempt) -> dict[str, Any]:
    found = {
        "t": round(step.start, DIGITS),
        "d": round(step.seconds, DIGITS),
        "text": visible(step_text(step)),
        "command": visible(step.command),
        "element": visible(step.element),
        "answer": visible(step.answer),
        "place": visible(step.place),
        "error": visible(step.error),
        "look": step.is_look,
        "browser": step.browser if len(shown.trace.browsers) > 1 else 0,
        "name": visible(shown.trace.browsers.get(step.browser, "")),
        "address": visible(step.address),
        "ready": visible(step.ready),
        "page": step.page if step.page in shown.trace.pages else "",
        "picture": step.picture if step.picture in shown.pictures else "",
    }
    return {name: value for name, value in found.items() if value not in ("", False)} | {
        "t": found["t"],
        "d": found["d"],
        "b": step.browser,
    }


def _event(event: TraceEvent) -> list[Any]:
    """Return the event as a list, as short as it can be: documents have thousands of them."""
    found: list[Any] = [
        round(event.start, DIGITS),
        round(event.seconds, DIGITS),
        visible(event.text),
        event.mark,
        visible(event.detail),
        visible(event.where),
        visible(event.whole),
    ]
    while found[-1] == "":
        found.pop()
    return found


def _sources(sources: Mapping[str, SourceExcerpt], origin: Origin) -> dict[str, Any]:
    return {
        visible(place): {
            "file": visible(each.file),
            "line": each.line,
            "url": source_url(origin, each.file, each.line),
            "first": each.first,
            "lines": [*map(visible, each.lines)],
        }
        for place, each in sources.items()
    }
