from types import SimpleNamespace
from typing import cast

import pytest

from rehearsal.outside.engine import EngineError
from rehearsal.outside.github import Console
from rehearsal.pipeline.context import RunContext
from rehearsal.pipeline.run_state import RunState
from rehearsal.pipeline.teardown import remove_containers

from ..fakes import PLAN, FakeEngine, engine_lost

LABEL = "dress-rehearsal=77-1-c0ffee00"
REMOVE = (
    "docker rm --force --volumes dress-rehearsal-77-1-c0ffee00; docker volume ls --quiet "
    f"--filter label={LABEL} | xargs --no-run-if-empty docker volume rm"
)


def warnings_of(engine: FakeEngine) -> list[str]:
    context = cast("RunContext", SimpleNamespace(engine=engine, label=LABEL))
    state = RunState(observer=Console({}))
    remove_containers(PLAN, context, state, ["c0ffee"])
    return state.warnings


@pytest.mark.parametrize(
    "error", [engine_lost(), EngineError("permission denied")], ids=["lost", "refused"]
)
def test_remove_containers__names_what_may_be_left(error: Exception) -> None:
    (warning,) = warnings_of(FakeEngine(errors={"remove": error}))
    assert warning.startswith("The container dress-rehearsal-77-1-c0ffee00 may be left")
    assert warning.splitlines()[-1] == REMOVE


def test_remove_containers__no_warning_if_they_are_removed() -> None:
    engine = FakeEngine()
    assert warnings_of(engine) == []
    assert engine.calls == [("remove", "c0ffee")]
