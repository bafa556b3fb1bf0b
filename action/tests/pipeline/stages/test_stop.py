import pytest

from rehearsal.outside.engine import EngineError
from rehearsal.pipeline.stages.stop import CANCEL_STOP_TIMEOUT, STOP_TIMEOUT, stop_container
from rehearsal.verdict import RehearsalError

from ...fakes import FakeEngine, engine_lost, fake_container, inspect_result


@pytest.mark.parametrize("code", [0, 1, 143])
def test_stop_container__no_notice_if_it_ends_in_time(code: int) -> None:
    engine = FakeEngine(states=[inspect_result("exited", code=code)])
    assert stop_container(fake_container(), engine, cancelled=False) == ""
    assert engine.calls[0] == ("stop", "c0ffee", STOP_TIMEOUT)


def test_stop_container__notice_if_killed() -> None:
    engine = FakeEngine(states=[inspect_result("exited", code=137)])
    notice = stop_container(fake_container(), engine, cancelled=False)
    assert f"within {STOP_TIMEOUT} s of SIGTERM" in notice
    assert "exec form" in notice


def test_stop_container__no_notice_if_cancelled() -> None:
    engine = FakeEngine(states=[inspect_result("exited", code=137)])
    assert stop_container(fake_container(), engine, cancelled=True) == ""
    assert engine.calls[0] == ("stop", "c0ffee", CANCEL_STOP_TIMEOUT)
    assert CANCEL_STOP_TIMEOUT <= 2, "the container has to be gone 5 s after a cancellation"


def test_stop_container__has_ended_already() -> None:
    engine = FakeEngine()
    assert stop_container(fake_container(3), engine, cancelled=False) == ""
    assert engine.calls == []


@pytest.mark.parametrize(
    "error", [engine_lost(), EngineError("No such container")], ids=["lost", "refused"]
)
def test_stop_container__raises_errors_of_the_engine(error: Exception) -> None:
    with pytest.raises((RehearsalError, EngineError)):
        stop_container(fake_container(), FakeEngine(errors={"stop": error}), cancelled=False)
