import time

import pytest

from rehearsal_capture.trace.clock import CLOCK


def test_clock__goes_on_where_a_test_has_frozen_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 0.0)
    monkeypatch.setattr(time, "monotonic", lambda: 0.0)
    assert CLOCK.time() > 10**9
    assert CLOCK.monotonic() > 0
