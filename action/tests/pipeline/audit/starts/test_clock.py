import math
import time

import pytest

from rehearsal.pipeline.audit.starts.clock import NoMoreTimeError, StartClock


def test_limit__is_that_of_a_container_like_it() -> None:
    clock = StartClock(deadline=math.inf, ready_seconds=2.0)
    assert clock.first_limit() == 16.0
    assert clock.limit() == math.inf
    clock.measured = 5.0
    assert clock.limit() == 25.0


def test_check() -> None:
    clock = StartClock(deadline=math.inf, ready_seconds=2.0)
    clock.check()
    clock.stopped.set()
    with pytest.raises(NoMoreTimeError):
        clock.check()
    with pytest.raises(NoMoreTimeError):
        StartClock(deadline=time.monotonic() - 1, ready_seconds=2.0).check()
