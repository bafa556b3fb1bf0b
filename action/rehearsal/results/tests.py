"""What the functional tests came to."""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, kw_only=True)
class Span:
    """From when to when, in seconds since 1970.

    It is `exact` where the test itself took the times. Else it is worked out from the time stamp
    of its suite, as if the suite's tests had run one after the other.
    """

    start: Annotated[float, "Seconds since 1970."]
    end: Annotated[float, "Seconds since 1970."]
    exact: Annotated[bool, "False: worked out from the report's time stamp and durations."]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A test that failed: its name, why in one line, and where it stands when known.

    `trace` is all that the report says of it, `evidence` the name of its folder of evidence.
    `attempts` counts how often it failed; `recovered` says that its report has it pass later on.
    """

    name: str
    message: str
    file: str = ""
    line: int = 0
    trace: str = ""
    evidence: str = ""
    span: Span | None = None
    attempts: int = 1
    recovered: bool = False


@dataclass(frozen=True, kw_only=True)
class Results:
    """How many tests ran (None: unknown), skipped ones left out, and which of them failed.

    `flaky` are those that failed first and passed when they were run again: their first failures.
    `elsewhere` counts what was left to other shards (None: nothing was said of it).
    """

    tests: int | None = None
    failures: int = 0
    failed: tuple[Failure, ...] = ()
    flaky: tuple[Failure, ...] = ()
    in_other_shards: int | None = None
