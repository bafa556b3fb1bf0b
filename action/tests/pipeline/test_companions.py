from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.config.rehearsal_plan import CompanionsPlan, ServicePlan
from rehearsal.evidence.log import Log
from rehearsal.outside.github import Console
from rehearsal.pipeline.companions import check_services, wait_for_services, with_grid
from rehearsal.pipeline.run_state import RunState
from rehearsal.pipeline.stages import services
from rehearsal.pipeline.stages.companion import Companion, CompanionKind
from rehearsal.pipeline.stages.services import ServiceStarter
from rehearsal.verdict import RehearsalError, Verdict

from ..fakes import PLAN, FakeEngine, fake_container, inspect_result, suite_plan
from .test_teardown import with_companions


@pytest.mark.parametrize("port, url", [(4444, "http://localhost:4444"), (0, "http://given:4444")])
def test_with_grid__tests_get_the_url_of_the_service(port: int, url: str, log: Log) -> None:
    state = RunState(observer=Console({}))
    for name, host_port in (("postgres", 0), ("grid", port)):
        state.companions.append(
            Companion(
                kind=CompanionKind.SERVICE,
                name=name,
                image="any",
                container=fake_container(),
                log=log,
                host_port=host_port,
            )
        )
    plan = replace(PLAN, suite=suite_plan(selenium_url="http://given:4444"))
    assert with_grid(plan, state).suite.selenium_url == url


def test_check_services__one_that_was_ready_and_ended(tmp_path: Path) -> None:
    engine = FakeEngine(states=[inspect_result("exited", code=137)])
    run, state = with_companions(tmp_path, engine, (CompanionKind.SERVICE, "db", 137))
    starter = ServiceStarter(
        CompanionsPlan(), engine, {}, started=[], network="network", label=run.label
    )
    # Of one that was never ready the starter tells, in words that say so.
    check_services(starter, run, state)
    state.companions[0].ready_seconds = 1.0
    with pytest.raises(RehearsalError, match="db ended before the app was started: exit code 137"):
        check_services(starter, run, state)


def test_wait_for_services__one_that_was_ready_and_ended_ends_the_wait_for_another(
    tmp_path: Path, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "ready_check", lambda *_: lambda: "not yet")
    engine = FakeEngine(states=[inspect_result()])
    run, state = with_companions(tmp_path, engine, (CompanionKind.SERVICE, "db", 137))
    state.companions[0].ready_seconds = 1.0
    starter = ServiceStarter(
        CompanionsPlan(services=(ServicePlan(name="slow", image="slow:1"),), timeout=3600),
        engine,
        {"slow": log},
        started=[],
        network="network",
        label=run.label,
    )
    with pytest.raises(RehearsalError, match="The service db ended"):
        wait_for_services(starter, run, state)
    starter.end()


def test_check_services__the_one_that_ended_is_told_before_the_one_that_failed(
    tmp_path: Path,
) -> None:
    engine = FakeEngine(states=[inspect_result("exited", code=137)])
    run, state = with_companions(tmp_path, engine, (CompanionKind.SERVICE, "db", 137))
    state.companions[0].ready_seconds = 1.0
    starter = ServiceStarter(
        CompanionsPlan(), engine, {}, started=[], network="network", label=run.label
    )
    starter._fail(RehearsalError(Verdict.SETUP_FAILED, "needs db"))
    with pytest.raises(RehearsalError, match="The service db ended"):
        check_services(starter, run, state)
