from dataclasses import replace
from typing import Any

import pytest

from rehearsal.report.trace.screenshot import screenshot
from rehearsal.results.evidence_index import TraceAttempt
from rehearsal.results.traced_attempt import TracedAttempt

from .samples import STARTED, as_text, sample

ONE, TWO = "screenshot.png", "screenshot-browser2.png"


def shown(lines: list[dict[str, Any]], *names: str, attempts: int = 1) -> TracedAttempt:
    """Return a trace of browsers 4 and 7, as the second test of a process has them."""
    heads = [{"v": 1, "b": each, "start": STARTED} for each in (4, 7)]
    found = sample(as_text(iter([*heads, *lines])))
    failure = replace(found.test.failure, line=0, attempts=attempts)
    pictures = tuple(f"tests/t/{each}" for each in names)
    return replace(found, test=replace(found.test, failure=failure, pictures=pictures))


def step(browser: int, at: int, words: str = "click", **more: Any) -> dict[str, Any]:
    return {"k": "step", "b": browser, "t": STARTED + at, "ms": 5, "cmd": words} | more


@pytest.mark.parametrize("browser, name", [(4, ONE), (7, TWO)])
def test_screenshot__of_the_browser_of_the_failed_step(browser: int, name: str) -> None:
    lines = [step(11 - browser, 0), step(browser, 10, error="no such element")]
    assert screenshot(shown(lines, TWO, ONE)) == name


def test_screenshot__a_browser_that_ended_before_has_none() -> None:
    lines = [step(4, 0), step(4, 5, "end the browser"), step(7, 10, error="gone")]
    assert screenshot(shown(lines, ONE)) == ONE


def test_screenshot__browsers_that_the_failure_ended_come_first() -> None:
    lines = [step(4, 0), step(7, 10, error="gone"), step(7, 20, "end the browser")]
    assert screenshot(shown(lines, ONE, TWO)) == ONE


def test_screenshot__none_if_it_is_not_known_whose_it_is() -> None:
    # One of the browsers has crashed.
    assert screenshot(shown([step(7, 0, error="gone")], ONE)) == ""
    assert screenshot(shown([step(7, 0, error="gone")])) == ""


@pytest.mark.parametrize(
    "times, name", [(1, TWO), (3, "screenshot-failure3-browser2.png")], ids=["once", "again"]
)
def test_screenshot__of_the_failure_that_the_trace_is_of(times: int, name: str) -> None:
    others = (f"screenshot-failure{number}{browser}.png"
              for number in (2, 3) for browser in ("", "-browser2"))  # fmt: skip
    lines = [step(7, 0, error="gone")]
    assert screenshot(shown(lines, ONE, TWO, *others, attempts=times)) == name


@pytest.mark.parametrize(
    "page, name", [("trace-attempt1.html", TWO), ("trace.html", "screenshot-retry1-browser2.png")]
)
def test_screenshot__of_each_attempt(page: str, name: str) -> None:
    attempts = (
        TraceAttempt(number=1, page="trace-attempt1.html"),
        TraceAttempt(number=2, page="trace.html"),
    )
    names = (ONE, TWO, "screenshot-retry1.png", "screenshot-retry1-browser2.png")
    found = shown([step(7, 0, error="gone")], *names, attempts=2)
    test = replace(found.test, attempts=attempts)
    assert screenshot(replace(found, test=test, page=page)) == name
