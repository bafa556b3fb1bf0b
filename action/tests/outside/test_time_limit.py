import threading

import pytest

from rehearsal.outside.time_limit import in_background, within


def test_within__returns_the_result() -> None:
    assert within(10, lambda: 42) == 42


def test_within__raises_what_was_raised() -> None:
    def fail() -> None:
        raise RecursionError("too deep")

    with pytest.raises(RecursionError, match="too deep"):
        within(10, fail)


def test_within__waits_no_longer() -> None:
    over = threading.Event()
    with pytest.raises(TimeoutError, match="it was not done after 0 s"):
        within(0.01, over.wait)
    over.set()


def test_in_background__goes_on_until_somebody_waits() -> None:
    begun, over = threading.Event(), threading.Event()

    def work() -> int:
        begun.set()
        over.wait()
        return 42

    wait = in_background(work)
    assert begun.wait(10)
    over.set()
    assert wait() == 42


def test_in_background__raises_what_was_raised() -> None:
    def fail() -> None:
        raise RecursionError("too deep")

    wait = in_background(fail)
    with pytest.raises(RecursionError, match="too deep"):
        wait()
