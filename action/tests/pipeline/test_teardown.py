from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rehearsal.evidence.folder import Evidence
from rehearsal.outside.engine import EngineError
from rehearsal.outside.folder import Folder
from rehearsal.outside.github import Console
from rehearsal.pipeline.context import RunContext
from rehearsal.pipeline.run_state import RunState
from rehearsal.pipeline.stages.stop import CANCEL_STOP_TIMEOUT, STOP_TIMEOUT
from rehearsal.pipeline.teardown import remove_containers, stop
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.rehearsal import Stage
from rehearsal.results.tests import Failure, Span, SuiteResults
from rehearsal.verdict import Problem, Verdict

from ..fakes import PLAN, FakeEngine, engine_lost, fake_container, inspect_result

LABEL = "dress-rehearsal=77-1-c0ffee00"
REMOVE = (
    f"docker ps --all --quiet --filter label={LABEL} | xargs --no-run-if-empty docker rm --force "
    f"--volumes; docker network ls --quiet --filter label={LABEL} | xargs --no-run-if-empty docker "
    f"network rm; docker volume ls --quiet --filter label={LABEL} | xargs --no-run-if-empty docker "
    "volume rm"
)
# When the container ended by itself, in seconds since 1970.
ENDED = datetime(2026, 11, 22, 18, 0, 0, 123456, tzinfo=UTC).timestamp()


def context(folder: Path, engine: FakeEngine) -> RunContext:
    return RunContext(
        engine=engine,
        console=Console({}),
        evidence=Evidence(Folder(folder), Redactor()),
        env={},
        label=LABEL,
        image_tag="app",
    )


def stopped(
    folder: Path,
    engine: FakeEngine,
    *,
    code: int | None = None,
    ready: bool = True,
    tests: tuple[float, float] | None = None,
    problems: Sequence[Problem] = (),
) -> RunState:
    """Stop a container whose client knows of its end if there is a `code`; return the state.

    `tests` says how long before the container they ended, and how long they took, in seconds.
    """
    state = RunState(observer=Console({}), problems=[*problems])
    state.ready_seconds = 1.0 if ready else None
    if tests:
        before, seconds = tests
        state.stages.append(
            Stage(name="test", started=ENDED - before - seconds, seconds=seconds, ok=False)
        )
        span = Span(start=ENDED - before - seconds, end=ENDED - before, exact=True)
        failure = Failure(name="t", message="no", span=span)
        state.suite_results = SuiteResults(test_count=1, failed=(failure,))
    run = context(folder, engine)
    stop(PLAN, run, state, fake_container(code), run.evidence.log("container.log"))
    return state


def ended_before() -> FakeEngine:
    return FakeEngine(states=[inspect_result("exited", code=3)])


@pytest.mark.parametrize(
    "known, message",
    [
        pytest.param({"tests": (-0.1, 2)}, "during the tests, while t ran", id="in tests"),
        pytest.param({"tests": (0.1, 2)}, "during the tests, while t ran", id="recorded late"),
        pytest.param({"tests": (0.3, 2)}, "before it was stopped", id="after the tests"),
        pytest.param({}, "before it was stopped", id="no tests"),
        pytest.param({"ready": False}, "before it was ready", id="not ready"),
        pytest.param({"code": 3}, "before it was stopped", id="known to the client"),
    ],
)
def test_stop__container_had_ended_by_itself(
    known: dict[str, Any], message: str, tmp_path: Path
) -> None:
    state = stopped(tmp_path, ended_before(), **known)
    (problem,) = state.problems
    assert problem.verdict is Verdict.CRASHED
    assert problem.message == f"The container ended {message}: exit code 3."
    assert "exit code 3" in state.observations["container"]
    assert (tmp_path / "evidence" / "container.json").is_file()
    assert [(stage.name, stage.ok) for stage in state.stages][-1] == ("stop", False)


@pytest.mark.parametrize("ready", [True, False])
def test_stop__tells_of_an_ignored_signal_if_the_app_was_ever_ready(
    tmp_path: Path, *, ready: bool
) -> None:
    # Killed 10 s after it was asked to stop.
    late = {"FinishedAt": "2100-01-01T00:00:00Z"}
    result = inspect_result("exited", code=137)
    engine = FakeEngine(states=[{**result, "State": {**result["State"], **late}}])
    notices = stopped(tmp_path, engine, ready=ready).notices
    assert [notice.startswith("The container did not end within") for notice in notices] == (
        [True] if ready else []
    )


def test_stop__had_ended_after_failed_tests(tmp_path: Path) -> None:
    problem = Problem(Verdict.TESTS_FAILED, "1 of 1 tests failed")
    state = stopped(tmp_path, ended_before(), problems=[problem])
    assert [each.verdict for each in state.problems] == [Verdict.TESTS_FAILED, Verdict.CRASHED]


@pytest.mark.parametrize("verdict", [Verdict.CRASHED, Verdict.CANCELLED])
def test_stop__reports_no_crash_again_nor_after_a_cancellation(
    verdict: Verdict, tmp_path: Path
) -> None:
    engine = ended_before()
    state = stopped(tmp_path, engine, problems=[Problem(verdict, "why", source="container.log")])
    assert [each.verdict for each in state.problems] == [verdict]
    stops = [call for call in engine.calls if call[0] == "stop"]
    assert stops == ([("stop", "c0ffee", CANCEL_STOP_TIMEOUT)] * (verdict is Verdict.CANCELLED))


@pytest.mark.parametrize("code, notices", [(0, 0), (137, 1)])
def test_stop__ends_when_it_is_stopped(code: int, notices: int, tmp_path: Path) -> None:
    engine = FakeEngine(
        states=[inspect_result("exited", code=code, finished="2999-01-01T00:00:00Z")]
    )
    state = stopped(tmp_path, engine)
    assert (state.problems, len(state.notices)) == ([], notices)
    assert engine.calls[0] == ("stop", "c0ffee", STOP_TIMEOUT)


def warnings_of(folder: Path, engine: FakeEngine) -> list[str]:
    state = RunState(observer=Console({}))
    remove_containers(PLAN, context(folder, engine), state, ["c0ffee"])
    return state.warnings


@pytest.mark.parametrize(
    "error", [engine_lost(), EngineError("permission denied")], ids=["lost", "refused"]
)
def test_remove_containers__names_what_may_be_left(error: Exception, tmp_path: Path) -> None:
    (warning,) = warnings_of(tmp_path, FakeEngine(errors={"remove": error}))
    assert warning.startswith("The container dress-rehearsal-77-1-c0ffee00 may be left")
    assert warning.splitlines()[-1] == REMOVE


def test_remove_containers__no_warning_if_they_are_removed(tmp_path: Path) -> None:
    engine = FakeEngine()
    assert warnings_of(tmp_path, engine) == []
    assert engine.calls == [("remove", "c0ffee")]


def test_stop__writes_the_state_down_though_the_engine_failed_at_its_end(tmp_path: Path) -> None:
    error = EngineError("netavark: remove aardvark entries: IO error")
    state = stopped(tmp_path, FakeEngine(errors={"stop": error}, states=[inspect_result("exited")]))
    assert (tmp_path / "evidence" / "container.json").is_file()
    (notice,) = state.notices
    assert "remove aardvark entries" in notice
