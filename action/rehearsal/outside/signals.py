"""Signals of cancellation and time-out, turned into one exception."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from rehearsal.verdict import RehearsalError, Verdict

CANCEL_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def interruptible(
    timeout: float = 0,
    *,
    subject: str = "The rehearsal",
    cancel_hint: str = "What it had found until then is in the evidence.",
    timeout_hint: str = (
        "The timeline shows where the time went. To allow more, raise the input timeout."
    ),
) -> Iterator[None]:
    """Raise one `RehearsalError` inside the block on a cancellation, or after `timeout` seconds.

    A `timeout` of 0 means no limit. `subject` names what is interrupted. At most one error is ever
    raised: clean-up follows the block, and nothing may interrupt it.
    """

    def disarm() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number in (*CANCEL_SIGNALS, signal.SIGALRM):
            signal.signal(number, signal.SIG_IGN)

    def raise_problem(number: int, _frame: FrameType | None) -> None:
        disarm()
        if number == signal.SIGALRM:
            raise RehearsalError(
                Verdict.TIMED_OUT,
                f"{subject} was not finished after {timeout:.0f} s.",
                hint=timeout_hint,
            )
        raise RehearsalError(
            Verdict.CANCELLED,
            f"{subject} was cancelled ({signal.Signals(number).name}).",
            hint=cancel_hint,
        )

    for number in (*CANCEL_SIGNALS, signal.SIGALRM):
        signal.signal(number, raise_problem)
    signal.setitimer(signal.ITIMER_REAL, timeout)
    try:
        yield
    finally:
        disarm()


def ignore_cancellation() -> None:
    """Ignore the signals of a cancellation from here on."""
    for number in CANCEL_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
