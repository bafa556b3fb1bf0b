import pytest

from rehearsal.outside.engine import EngineError
from rehearsal.pipeline.stages.stop import HASTY, PATIENT, stop_container
from rehearsal.verdict import RehearsalError

from ...fakes import FakeEngine, gone, refused, running, state


@pytest.mark.parametrize("code", [0, 1, 143])
def test_stop__an_end_within_time_needs_no_words(code: int) -> None:
    engine = FakeEngine(states=[state("exited", code=code)])
    assert stop_container(running(), engine, in_haste=False) == ""
    assert engine.calls[0] == ("stop", "c0ffee", PATIENT)


def test_stop__a_container_that_had_to_be_killed_is_told_why() -> None:
    engine = FakeEngine(states=[state("exited", code=137)])
    notice = stop_container(running(), engine, in_haste=False)
    assert f"within {PATIENT} s of SIGTERM" in notice
    assert "exec form" in notice


def test_stop__in_haste_nobody_is_blamed() -> None:
    engine = FakeEngine(states=[state("exited", code=137)])
    assert stop_container(running(), engine, in_haste=True) == ""
    assert engine.calls[0] == ("stop", "c0ffee", HASTY)
    assert HASTY <= 2, "the container has to be gone 5 s after a cancellation"


def test_stop__one_that_has_ended_is_left_alone() -> None:
    engine = FakeEngine()
    assert stop_container(running(3), engine, in_haste=False) == ""
    assert engine.calls == []


@pytest.mark.parametrize("error", [gone(), refused("No such container")], ids=["lost", "refused"])
def test_stop__what_the_engine_says_is_the_callers_to_tell(error: Exception) -> None:
    with pytest.raises((RehearsalError, EngineError)):
        stop_container(running(), FakeEngine(refuses={"stop": error}), in_haste=False)
