import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rehearsal.audit.observations import Observations, StopRun
from rehearsal.config.rehearsal_plan import AuditPlan, CompanionsPlan, ServicePlan
from rehearsal.evidence.folder import Evidence
from rehearsal.outside.engine import EngineError
from rehearsal.outside.folder import Folder
from rehearsal.outside.github import Console
from rehearsal.pipeline import companion_teardown
from rehearsal.pipeline.context import RunContext
from rehearsal.pipeline.run_state import RunState
from rehearsal.pipeline.stages.companion import Companion, CompanionKind
from rehearsal.pipeline.stages.stop import CANCEL_STOP_TIMEOUT, STOP_TIMEOUT
from rehearsal.pipeline.teardown import remove_containers, stop
from rehearsal.redaction.redactor import Redactor
from rehearsal.results.rehearsal import Stage
from rehearsal.results.tests import Failure, Span, SuiteResults
from rehearsal.verdict import Problem, Verdict

from ..fakes import (
    PLAN,
    FakeEngine,
    FakeProcess,
    engine_lost,
    fake_container,
    inspect_result,
    secret,
)

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


def audited(
    folder: Path, engine: FakeEngine, *, keep_container: bool = False, since: float = 0.0
) -> RunState:
    """Stop a container after an audit that began at the time `since`; return the state."""
    state = RunState(observer=Console({}), audited=Observations(processes=()))
    state.ready_seconds = 1.0
    state.stages.append(Stage(name="audit", started=since, seconds=1.0, ok=True))
    run = replace(context(folder, engine), keep_container=keep_container)
    container = replace(fake_container(), client=engine.process)
    stop(PLAN, run, state, container, run.evidence.log("container.log"))
    assert state.audited
    assert state.audited.processes == ()
    return state


def recorded(state: RunState) -> StopRun:
    assert state.audited
    assert state.audited.stop
    return state.audited.stop


def test_stop__is_observed_after_an_audit(tmp_path: Path) -> None:
    late = inspect_result("exited", code=143, finished="2999-01-01T00:00:00Z")
    engine = FakeEngine(states=[late])
    state = audited(tmp_path, engine)
    assert (recorded(state).exit_code, recorded(state).end) == (143, "exit code 143")
    assert [call[0] for call in engine.calls[:2]] == ["watch_signals", "stop"]
    assert not state.warnings


def test_stop__a_container_that_ended_during_the_audit_has_not_crashed(tmp_path: Path) -> None:
    state = audited(tmp_path, ended_before(), since=ENDED - 0.1)
    assert (recorded(state).by_itself, recorded(state).end) == (True, "exit code 3")
    assert state.problems == []
    assert state.warnings == ["The container ended by itself during the audit: exit code 3."]


def test_stop__ended_during_an_audit_that_timed_out(tmp_path: Path) -> None:
    state = RunState(observer=Console({}), ready_seconds=1.0)
    state.stages.append(Stage(name="audit", started=ENDED - 0.1, seconds=1.0, ok=True))
    run = context(tmp_path, ended_before())
    stop(PLAN, run, state, fake_container(3), run.evidence.log("container.log"))
    assert state.problems == []
    assert state.warnings == ["The container ended by itself during the audit: exit code 3."]


@pytest.mark.parametrize("since, has_crashed", [(ENDED - 0.1, False), (ENDED + 0.1, True)])
def test_stop__a_companion_that_ended_during_the_audit_has_not_crashed(
    tmp_path: Path, since: float, *, has_crashed: bool
) -> None:
    late = inspect_result("exited", finished="2999-01-01T00:00:00Z")
    engine = replace(ended_before(), states=[*ended_before().states, late])
    run, state = with_companions(tmp_path, engine, (CompanionKind.WORKER, "mail", 3))
    state.stages.append(Stage(name="audit", started=since, seconds=1.0, ok=True))
    stop(PLAN, run, state, fake_container(), run.evidence.log("container.log"))
    verdicts = [problem.verdict for problem in state.problems]
    assert verdicts == ([Verdict.CRASHED] if has_crashed else [])
    told = ["The worker mail ended by itself during the audit: exit code 3."]
    assert [each.partition(" workers/")[0] for each in state.warnings] == (
        [] if has_crashed else told
    )


def test_stop__it_had_ended_before_the_audit_though_nobody_knew(tmp_path: Path) -> None:
    state = audited(tmp_path, ended_before(), since=ENDED + 0.1)
    assert [problem.verdict for problem in state.problems] == [Verdict.CRASHED]
    assert not state.warnings
    assert state.audited
    assert state.audited.stop is None


def test_stop__ended_during_the_audit_by_the_clock_of_the_engine(tmp_path: Path) -> None:
    """The engine's clock, in a virtual machine, is five seconds behind."""
    engine = replace(ended_before(), clock=-5.0)
    assert not audited(tmp_path, engine, since=ENDED + 4).problems


def test_stop__a_kept_container_is_not_observed(tmp_path: Path) -> None:
    engine = FakeEngine(states=[inspect_result()])
    assert "--keep" in recorded(audited(tmp_path, engine, keep_container=True)).why_unknown
    assert "stop" not in {call[0] for call in engine.calls}


@pytest.mark.parametrize("error", [EngineError("netavark"), engine_lost()])
def test_stop__what_the_engine_refuses_is_not_observed(tmp_path: Path, error: Exception) -> None:
    engine = FakeEngine(errors={"stop": error}, states=[inspect_result("exited")])
    state = audited(tmp_path, engine)
    assert state.audited
    assert state.audited.stop is None


def test_stop__after_a_cancellation_it_is_not_observed(tmp_path: Path) -> None:
    engine = FakeEngine(states=[inspect_result("exited", finished="2999-01-01T00:00:00Z")])
    state = RunState(observer=Console({}), audited=Observations())
    state.problems.append(Problem(Verdict.CANCELLED, "why"))
    run = context(tmp_path, engine)
    stop(PLAN, run, state, fake_container(), run.evidence.log("container.log"))
    assert state.audited == Observations()
    assert engine.calls[0] == ("stop", "c0ffee", CANCEL_STOP_TIMEOUT)


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


def test_remove_containers__those_of_the_audit_too(tmp_path: Path) -> None:
    """It may have been cancelled while it started them."""
    engine = FakeEngine()
    plan = replace(PLAN, audit=AuditPlan(active=True))
    remove_containers(plan, context(tmp_path, engine), RunState(observer=Console({})), ["c0ffee"])
    assert engine.calls == [("remove_labelled", LABEL)]


def test_stop__writes_the_state_down_though_the_engine_failed_at_its_end(tmp_path: Path) -> None:
    error = EngineError("netavark: remove aardvark entries: IO error")
    state = stopped(tmp_path, FakeEngine(errors={"stop": error}, states=[inspect_result("exited")]))
    assert (tmp_path / "evidence" / "container.json").is_file()
    (notice,) = state.notices
    assert "remove aardvark entries" in notice


def companion(run: RunContext, kind: CompanionKind, name: str, code: int | None) -> Companion:
    log = run.evidence.log(kind.log_name(name))
    return Companion(kind=kind, name=name, image="image", container=fake_container(code), log=log)


def with_companions(
    folder: Path, engine: FakeEngine, *ends: tuple[CompanionKind, str, int | None]
) -> tuple[RunContext, RunState]:
    run = context(folder, engine)
    state = RunState(observer=Console({}))
    state.ready_seconds = 1.0
    state.companions += (companion(run, *each) for each in ends)
    return run, state


def test_stop__workers_are_stopped_side_by_side_with_the_app(tmp_path: Path) -> None:
    late = inspect_result("exited", code=137, finished="2999-01-01T00:00:00Z")
    engine = FakeEngine(states=[late])
    run, state = with_companions(
        tmp_path,
        engine,
        (CompanionKind.SERVICE, "db", None),
        (CompanionKind.WORKER, "mail", None),
    )
    stop(PLAN, run, state, fake_container(), run.evidence.log("container.log"))
    assert engine.calls[0] == ("stop", "c0ffee", "c0ffee", STOP_TIMEOUT)
    assert [notice.partition(" did")[0] for notice in state.notices] == [
        "The worker mail",
        "The container",
    ]
    assert state.problems == []


def test_stop__tells_of_companions_that_ended(tmp_path: Path) -> None:
    engine = FakeEngine(
        states=[
            inspect_result("exited", code=137),
            inspect_result("exited", code=137),
            inspect_result("exited", finished="2999-01-01T00:00:00Z"),
        ]
    )
    run, state = with_companions(
        tmp_path, engine, (CompanionKind.SERVICE, "db", 137), (CompanionKind.WORKER, "mail", 1)
    )
    known = Problem(Verdict.CRASHED, "told", source="workers/mail.log")
    state.problems.append(known)
    stop(PLAN, run, state, fake_container(), run.evidence.log("container.log"))
    assert state.problems[0] is known
    (told,) = state.problems[1:]
    assert told.message == "The service db ended before it was stopped: exit code 137."
    assert (told.verdict, told.source) == (Verdict.CRASHED, "services/db.log")


def test_leave__writes_states_without_secrets(tmp_path: Path) -> None:
    env = ["POSTGRES_PASSWORD=throwaway", "TOKEN=planted", "POSTGRES_DB=app"]
    engine = FakeEngine(states=[{**inspect_result(), "Config": {"Env": env}}])
    run, state = with_companions(tmp_path, engine, (CompanionKind.SERVICE, "db", None))
    service = ServicePlan(
        name="db",
        image="postgres",
        env={"POSTGRES_PASSWORD": "throwaway", "POSTGRES_DB": "app"},
        secrets=(secret("TOKEN", "planted"),),
    )
    companion_teardown.record_and_detach(
        replace(PLAN, companions=CompanionsPlan(services=(service,))), run, state
    )
    written = json.loads((tmp_path / "evidence/services/db.json").read_text())
    assert written["Config"]["Env"] == ["POSTGRES_PASSWORD=***", "TOKEN=***", "POSTGRES_DB=app"]
    (client,) = (each.container.client for each in state.companions)
    assert isinstance(client, FakeProcess)
    assert client.was_ended


def test_leave__the_engine_is_gone(tmp_path: Path) -> None:
    engine = FakeEngine(errors={"inspect": engine_lost()})
    run, state = with_companions(tmp_path, engine, (CompanionKind.WORKER, "mail", None))
    companion_teardown.record_and_detach(PLAN, run, state)
    (notice,) = state.notices
    assert notice.startswith("What the engine says of the worker mail was not written")


@pytest.mark.parametrize("is_kept", [True, False])
def test_remove__everything_with_the_label(tmp_path: Path, *, is_kept: bool) -> None:
    engine = FakeEngine()
    run, state = with_companions(tmp_path, engine)
    state.kept_container = "http://localhost:1" if is_kept else ""
    companion_teardown.remove(run, state)
    assert engine.calls == ([] if is_kept else [("remove_labelled", LABEL)])


def test_remove__says_what_may_be_left(tmp_path: Path) -> None:
    engine = FakeEngine(errors={"remove_labelled": EngineError("has active endpoints")})
    run, state = with_companions(tmp_path, engine)
    companion_teardown.remove(run, state)
    (warning,) = state.warnings
    assert warning.endswith(REMOVE)
