import pytest

from rehearsal.pipeline.run_state import RunState
from rehearsal.verdict import Problem, RehearsalError, Verdict


class RecordingObserver:
    def __init__(self) -> None:
        self.events: list[object] = []

    def stage_started(self, stage: str) -> None:
        self.events.append(stage)

    def stage_ended(self, stage: str, seconds: float, *, ok: bool) -> None:
        assert 0 <= seconds < 10
        self.events.append((stage, ok))


def test_stage__ok() -> None:
    state = RunState(observer=RecordingObserver())
    with state.stage("build"):
        pass
    (stage,) = state.stages
    assert (stage.name, stage.ok) == ("build", True)
    assert 0 <= stage.seconds < 1


def test_stage__error() -> None:
    state = RunState(observer=RecordingObserver())
    with pytest.raises(RehearsalError), state.stage("build"):
        raise RehearsalError(Verdict.BUILD_FAILED, "no")
    assert [(stage.name, stage.ok) for stage in state.stages] == [("build", False)]


def test_stage__notifies_the_observer() -> None:
    observer = RecordingObserver()
    state = RunState(observer=observer)
    with state.stage("build"):
        assert observer.events == ["build"]
    with pytest.raises(KeyError), state.stage("start"):
        raise KeyError
    with state.stage("test"):
        state.problems.append(Problem(Verdict.TESTS_FAILED, "no"))
    assert observer.events == [
        "build", ("build", True), "start", ("start", False), "test", ("test", False),
    ]  # fmt: skip


def test_cancelled__only_if_it_decides_the_verdict() -> None:
    state = RunState(observer=RecordingObserver())
    assert not state.cancelled
    state.problems.append(Problem(Verdict.TESTS_FAILED, "no"))
    assert not state.cancelled
    state.problems.append(Problem(Verdict.CANCELLED, "stopped"))
    assert state.cancelled
