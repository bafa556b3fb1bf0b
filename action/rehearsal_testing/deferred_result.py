"""A result that hears of a test's run only when that run counts."""

from collections.abc import Callable
from functools import partial
from typing import Any

from rehearsal_testing.attempt_record import Recording

# What a result is told of a test after its start.
_REPORTS = {
    "addDuration",
    "addError",
    "addExpectedFailure",
    "addFailure",
    "addSkip",
    "addSubTest",
    "addSuccess",
    "addUnexpectedSuccess",
    "stopTest",
}


class Held:
    """Holds back what a run that may be followed by another has to report.

    The test's start is reported once, so that the runner counts it once. From the moment on at
    which nothing can follow any more, all is handed on at once, as if nothing stood between.
    """

    def __init__(self, result: Any) -> None:
        self._result = result
        self._started = False
        self._kept: list[Callable[[], object]] = []
        self._recording: Recording | None = None

    def begin(self, recording: Recording, *, last: bool) -> None:
        """Forget the run before; hold this one back, unless it is the last."""
        self._kept.clear()
        self._recording = None if last else recording

    def release(self) -> None:
        """Hand on what was held back, and all that follows."""
        self._recording = None
        kept, self._kept = self._kept, []
        for report in kept:
            report()

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._result, name)
        if name == "startTest":
            return partial(self._start, real)
        return partial(self._report, real) if name in _REPORTS else real

    def _start(self, real: Callable[..., object], *args: object) -> None:
        if not self._started:
            self._started = True
            real(*args)

    def _report(self, real: Callable[..., object], *args: object, **named: object) -> None:
        if self._recording is not None and self._recording.final:
            self.release()
        if self._recording is None:
            real(*args, **named)
        else:
            self._kept.append(partial(real, *args, **named))
