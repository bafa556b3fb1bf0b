import signal
import time
from contextlib import ExitStack

import pytest

from rehearsal.outside.signals import CANCEL_SIGNALS, interruptible
from rehearsal.verdict import RehearsalError, Verdict

ALL = (*CANCEL_SIGNALS, signal.SIGALRM)


@pytest.mark.parametrize("number", CANCEL_SIGNALS, ids=lambda number: number.name)
def test_interruptible__a_signal_is_a_cancellation(number: signal.Signals) -> None:
    with pytest.raises(RehearsalError, match=number.name) as caught, interruptible(60):
        signal.raise_signal(number)
    assert caught.value.problem.verdict is Verdict.CANCELLED


def test_interruptible__interrupts_a_wait() -> None:
    started = time.monotonic()
    with pytest.raises(RehearsalError) as caught, interruptible(0.05):
        time.sleep(30)
    assert caught.value.problem.verdict is Verdict.TIMED_OUT
    assert time.monotonic() - started < 5


def test_interruptible__the_time_out_error_names_seconds_and_input() -> None:
    with (
        pytest.raises(RehearsalError, match="not finished after 90 s") as caught,
        interruptible(90),
    ):
        signal.raise_signal(signal.SIGALRM)
    assert "input timeout" in caught.value.problem.hint


@pytest.mark.parametrize("first", ALL, ids=lambda number: number.name)
def test_interruptible__raises_only_once(first: signal.Signals) -> None:
    cleaned = []

    def clean() -> None:
        for number in ALL:
            signal.raise_signal(number)
            cleaned.append(number)

    def show() -> None:
        with interruptible(60), ExitStack() as undo:
            undo.callback(clean)
            signal.raise_signal(first)

    with pytest.raises(RehearsalError):
        show()
    assert cleaned == list(ALL)


@pytest.mark.parametrize("number", ALL, ids=lambda number: number.name)
def test_interruptible__ignores_signals_afterwards(number: signal.Signals) -> None:
    with interruptible(60):
        pass
    signal.raise_signal(number)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_interruptible__no_time_out_by_default() -> None:
    with interruptible():
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_interruptible__can_be_used_again() -> None:
    with interruptible():
        pass
    with pytest.raises(RehearsalError), interruptible(60):
        signal.raise_signal(signal.SIGTERM)


def test_interruptible__raises_errors_of_the_block() -> None:
    with pytest.raises(ValueError, match="ours"), interruptible(60):
        raise ValueError("ours")
    signal.raise_signal(signal.SIGTERM)
