"""Read `trace.jsonl`: the steps of a failed test in its browsers.

The tests can write this file, too, so nothing in it is trusted.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

TRACE_FILE = "trace.jsonl"
# Lines of a file, and characters of a text: the rest is left out.
MAX_LINES = 2000
MAX_TEXT = 500


@dataclass(frozen=True, kw_only=True)
class TraceStep:
    """A step of a test, or the looks between two steps.

    `start` is in seconds since the test began, `seconds` how long it took. `place` is the line of
    the project, `FILE:LINE`, `browser` the number of the browser, from 1.
    """

    start: float
    seconds: float
    text: str
    place: str = ""
    error: str = ""
    is_look: bool = False
    browser: int = 1


def read_trace(text: str) -> tuple[TraceStep, ...]:
    """Return the steps of all browsers in the order of time; what cannot be read is left out."""
    start, steps = 0.0, []
    for line in text.split("\n")[:MAX_LINES]:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not isinstance(found, dict):
            continue
        if "v" in found:
            start = _number(found, "start") or start
        elif found.get("k") in ("step", "look"):
            steps.append(_step(found, start))
    return tuple(sorted(steps, key=lambda each: each.start))


def _step(found: dict[str, Any], start: float) -> TraceStep:
    is_look = found["k"] == "look"
    began = _number(found, "t")
    took = _number(found, "until") - began if is_look else _number(found, "ms")
    failed_look = is_look and found.get("failed") is True
    return TraceStep(
        start=(began - start) / 1000,
        seconds=max(0.0, took / 1000),
        text=_describe_look(found) if is_look else _describe_step(found),
        place=_text(found, "at"),
        error=_text(found, "last") if failed_look else _text(found, "error"),
        is_look=is_look,
        browser=int(_number(found, "b")) or 1,
    )


def _describe_step(found: dict[str, Any]) -> str:
    return " ".join(filter(None, (_text(found, name) for name in ("cmd", "on", "text"))))


def _describe_look(found: dict[str, Any]) -> str:
    what = found.get("what")
    names = [str(each)[:MAX_TEXT] for each in what[:10]] if isinstance(what, Sequence) else []
    count = int(_number(found, "n"))
    times = f" ({count} times)" if count > len(names) else ""
    return f"looked for {', '.join(names)}{times}"[:MAX_TEXT]


def last_steps(steps: Sequence[TraceStep], count: int) -> Iterator[TraceStep]:
    """Yield the last `count` steps of a test, without the ends of its browsers."""
    kept = [each for each in steps if each.text != "end the browser"]
    yield from kept[-count:]


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    return value[:MAX_TEXT] if isinstance(value, str) else ""


def _number(found: dict[str, Any], name: str) -> float:
    value = found.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    # A larger number is no time; infinity has no int.
    return float(value) if is_number and abs(value) < 10**15 else 0.0  # type: ignore[arg-type]
