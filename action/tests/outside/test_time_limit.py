import threading

import pytest

from rehearsal.outside.time_limit import within


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
