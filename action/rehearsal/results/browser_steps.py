"""The steps of a failed test in its browsers."""

from collections.abc import Iterator, Sequence

from rehearsal.dataclass import dataclass

END = "end the browser"


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceStep:
    """A step of a test, or the looks between two steps.

    `start` is in seconds since the test began, `seconds` how long it took. `text` says what was
    done: `command` and what is known of its arguments; `element` is the locator, `answer` what the
    last look said. `place` is the line of the project, `FILE:LINE`, `browser` the number of the
    browser, from 1. What the page was shortly after the step: its `address`, its `ready` state,
    `page` (a key of the trace's pages) and `picture`, the name of a file. What is not known is
    empty.
    """

    start: float
    seconds: float
    text: str
    place: str = ""
    error: str = ""
    is_look: bool = False
    browser: int = 1
    command: str = ""
    element: str = ""
    answer: str = ""
    address: str = ""
    ready: str = ""
    page: str = ""
    picture: str = ""


def last_steps(steps: Sequence[TraceStep], count: int) -> Iterator[TraceStep]:
    """Yield the last `count` steps of a test, without the ends of its browsers."""
    kept = [each for each in steps if each.text != END]
    yield from kept[-count:]
