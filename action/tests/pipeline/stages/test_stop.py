from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rehearsal.outside.engine import EngineError
from rehearsal.pipeline.stages.stop import CANCEL_STOP_TIMEOUT, STOP_TIMEOUT, stop_container
from rehearsal.verdict import RehearsalError

from ...fakes import FakeEngine, engine_lost, fake_container, inspect_result


def ended(code: int, *, seconds_ago: float) -> dict[str, Any]:
    """Return the state of a container that ended so long before now, or after it if negative."""
    finished = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    return inspect_result("exited", code=code, finished=finished.isoformat())


@pytest.mark.parametrize("code", [0, 1, 143])
def test_stop_container__no_notice_if_it_ends_in_time(code: int) -> None:
    engine = FakeEngine(states=[ended(code, seconds_ago=-1)])
    stop = stop_container(fake_container(), engine, cancelled=False)
    assert (stop.end.exit_code, stop.by_itself, stop.notice) == (code, False, "")
    assert engine.calls[0] == ("stop", "c0ffee", STOP_TIMEOUT)


def test_stop_container__notice_if_killed() -> None:
    engine = FakeEngine(states=[ended(137, seconds_ago=-1)])
    notice = stop_container(fake_container(), engine, cancelled=False).notice
    assert f"within {STOP_TIMEOUT} s of SIGTERM" in notice
    assert "exec form" in notice


def test_stop_container__short_timeout_if_cancelled() -> None:
    engine = FakeEngine(states=[ended(137, seconds_ago=-1)])
    stop_container(fake_container(), engine, cancelled=True)
    assert engine.calls[0] == ("stop", "c0ffee", CANCEL_STOP_TIMEOUT)
    assert CANCEL_STOP_TIMEOUT <= 2, "the container has to be gone 5 s after a cancellation"


@pytest.mark.parametrize("code", [3, 137])
def test_stop_container__had_ended_although_the_client_did_not_know(code: int) -> None:
    engine = FakeEngine(states=[ended(code, seconds_ago=0.01)])
    stop = stop_container(fake_container(), engine, cancelled=False)
    assert (stop.end.exit_code, stop.by_itself, stop.notice) == (code, True, "")


def test_stop_container__by_the_clock_of_the_engine() -> None:
    """The engine's clock, in a virtual machine, is five seconds behind."""
    engine = FakeEngine(states=[ended(0, seconds_ago=4)], clock=-5)
    assert not stop_container(fake_container(), engine, cancelled=False).by_itself


def test_stop_container__has_ended_already() -> None:
    engine = FakeEngine(states=[ended(3, seconds_ago=5)])
    stop = stop_container(fake_container(3), engine, cancelled=False)
    assert (stop.end.exit_code, stop.by_itself) == (3, True)
    assert [name for name, *_ in engine.calls] == ["inspect"]


@pytest.mark.parametrize(
    "error", [engine_lost(), EngineError("No such container")], ids=["lost", "refused"]
)
def test_stop_container__raises_errors_of_the_engine(error: Exception) -> None:
    with pytest.raises((RehearsalError, EngineError)):
        stop_container(fake_container(), FakeEngine(errors={"stop": error}), cancelled=False)
