import pytest

from rehearsal.audit.observations import Observations
from rehearsal.outside.github import Console
from rehearsal.pipeline.audit import stop_record
from rehearsal.pipeline.audit.stop_record import stop_and_record
from rehearsal.pipeline.run_state import RunState
from rehearsal.pipeline.stages.container_end import ContainerEnd
from rehearsal.pipeline.stages.stop import Stop

from ...fakes import PLAN, FakeEngine, fake_container


@pytest.mark.parametrize("is_stopped_before", [True, False])
def test_stop_and_record__a_fault_of_ours_costs_the_observation(
    monkeypatch: pytest.MonkeyPatch, *, is_stopped_before: bool
) -> None:
    end = ContainerEnd(exit_code=0, out_of_memory=False, time=0.0)
    stops: list[Stop] = []

    def stop() -> Stop:
        stops.append(Stop(end=end, by_itself=False))
        return stops[0]

    def fails(*arguments: object) -> None:
        if is_stopped_before:
            stop_once = arguments[3]
            assert callable(stop_once)
            stop_once()
        raise OSError("too many open files")

    monkeypatch.setattr(stop_record, "observe_stop", fails)
    state = RunState(observer=Console({}), audited=Observations())
    assert stop_and_record(PLAN, FakeEngine(), state, fake_container(), stop) is stops[0]
    assert len(stops) == 1
    assert state.audited
    assert state.audited.stop
    assert state.audited.stop.why_unknown.startswith("an error in Dress Rehearsal: OSError")
