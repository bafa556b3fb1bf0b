"""A TestResult proxy that reports only the attempt that counts."""

from collections.abc import Callable
from functools import partial
from typing import Any

from rehearsal_testing.attempt_record import AttemptRecord

_BUFFERED_METHODS = {
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


class DeferredResult:
    """TestResult proxy that buffers events until the final attempt.

    `startTest` is passed on once, so that the runner counts the test once. As soon as it is clear
    that no retry follows, events are passed on at once.
    """

    def __init__(self, result: Any) -> None:
        self._result = result
        self._started = False
        self._buffer: list[Callable[[], object]] = []
        self._attempt: AttemptRecord | None = None

    def start_attempt(self, attempt: AttemptRecord, *, last: bool) -> None:
        """Drop the events of the attempt before; buffer those of this one unless it is the last."""
        self._buffer.clear()
        self._attempt = None if last else attempt

    def flush(self) -> None:
        """Pass on the buffered events, and from now on every event at once."""
        self._attempt = None
        events, self._buffer = self._buffer, []
        for pass_on in events:
            pass_on()

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._result, name)
        if name == "startTest":
            return partial(self._start_test, real)
        return partial(self._buffer_event, real) if name in _BUFFERED_METHODS else real

    def _start_test(self, real: Callable[..., object], *args: object) -> None:
        if not self._started:
            self._started = True
            real(*args)

    def _buffer_event(self, real: Callable[..., object], *args: object, **named: object) -> None:
        if self._attempt is not None and self._attempt.permanent:
            self.flush()
        if self._attempt is None:
            real(*args, **named)
        else:
            self._buffer.append(partial(real, *args, **named))
