import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rehearsal.config.rehearsal_plan import (
    CompanionsPlan,
    ComposedService,
    ComposePlan,
    ServicePlan,
)
from rehearsal.outside import compose
from rehearsal.pipeline.audit.starts import surroundings as module
from rehearsal.pipeline.audit.starts.clock import NoMoreTimeError, StartClock
from rehearsal.pipeline.audit.starts.surroundings import Surroundings
from rehearsal.pipeline.stages import service_container, services
from rehearsal.verdict import RehearsalError, Verdict

from ....fakes import PLAN, FakeEngine, FakeProcess, container_plan, inspect_result
from ..test_observe import subject as audited

NAME = "dress-rehearsal-77-1-c0ffee00.audit"
LABEL = "dress-rehearsal=77-1-c0ffee00"
DB = ServicePlan(name="db", image="postgres:17")
GRID = ServicePlan(name="grid", image="grid:4", on_host_network=True)


def surroundings(folder: Path, engine: FakeEngine, **companions: Any) -> Surroundings:
    found = audited(folder)
    plan = replace(PLAN, companions=CompanionsPlan(**companions))
    return Surroundings(
        subject=replace(found, plan=plan, context=replace(found.context, engine=engine)),
        name=NAME,
        clock=StartClock(deadline=math.inf, ready_seconds=1.0),
    )


@pytest.fixture(autouse=True)
def _all_are_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "ready_check", lambda *_: str)


def running() -> FakeEngine:
    return FakeEngine(states=[{**inspect_result(), "Image": "sha256:1", "Id": "c0ffee"}])


@pytest.mark.parametrize(
    "companions, needed",
    [
        ({}, False),
        ({"services": (GRID,)}, False),
        ({"services": (GRID, DB)}, True),
        ({"before_command": "./migrate"}, True),
    ],
)
def test_are_needed(companions: dict[str, object], needed: bool, tmp_path: Path) -> None:
    assert surroundings(tmp_path, running(), **companions).are_needed is needed


def test_start_services__once_more_in_a_network_of_their_own(tmp_path: Path) -> None:
    engine = running()
    found = surroundings(tmp_path, engine, services=(GRID, DB))
    assert found.start_services() == NAME
    assert ("create_network", NAME, LABEL) in engine.calls
    (create,) = [call for call in engine.calls if call[0] == "create"]
    assert create[create.index("--name") + 1] == f"{NAME}-db"
    assert create[create.index("--network") + 1] == NAME
    assert create[create.index("--network-alias") + 1] == "db"
    found.end(in_a_hurry=False)
    assert engine.process.was_ended
    assert (tmp_path / "evidence/audit/service-db.log").exists()


def test_start_services__of_a_compose_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    created = []
    monkeypatch.setattr(compose, "create", lambda _, project: created.append(project))
    monkeypatch.setattr(service_container, "exposed_ports", lambda *_: [])
    project = {"services": {"db": {"image": "postgres:17"}, "grid": {}}, "volumes": {"data": {}}}
    found = surroundings(
        tmp_path,
        running(),
        services=(replace(DB, composed=ComposedService()), GRID),
        compose=ComposePlan(project=project),
    )
    found.start_services()
    (made,) = created
    assert made["name"] == NAME.replace(".", "-")
    assert {name: each["container_name"] for name, each in made["services"].items()} == {
        "db": f"{NAME}-db"
    }
    assert made["volumes"]["data"]["name"] == f"{NAME}-data"
    assert made["networks"]["default"]["name"] == NAME
    found.end(in_a_hurry=True)


def test_start_services__there_are_none(tmp_path: Path) -> None:
    engine = running()
    found = surroundings(tmp_path, engine, services=(GRID,))
    assert found.start_services() == ""
    found.end(in_a_hurry=False)
    assert not engine.calls


def test_start_services__one_fails(tmp_path: Path) -> None:
    engine = FakeEngine(states=[inspect_result("exited", code=3)], process=FakeProcess(3))
    found = surroundings(tmp_path, engine, services=(DB,))
    with pytest.raises(RehearsalError, match="db ended before it was ready"):
        found.start_services()
    found.end(in_a_hurry=False)


def test_start_services__there_is_no_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "ready_check", lambda *_: lambda: "not yet")
    found = surroundings(tmp_path, running(), services=(DB,))
    found.clock.stopped.set()
    with pytest.raises(NoMoreTimeError):
        found.start_services()
    found.end(in_a_hurry=False)


def test_run_before_command(tmp_path: Path) -> None:
    engine = FakeEngine(
        states=[{**inspect_result("exited"), "Image": "sha256:1"}], process=FakeProcess(0)
    )
    found = surroundings(tmp_path, engine, before_command="./migrate")
    found.run_before_command(container_plan(network=NAME, volumes=("x.audit-1:/data",)))
    (create,) = [call for call in engine.calls if call[0] == "create"]
    assert create[create.index("--name") + 1] == f"{NAME}-before"
    assert create[-4:] == ("sha256:1", "sh", "-ec", "./migrate")
    assert "type=volume,source=x.audit-1,target=/data" in create
    assert (tmp_path / "evidence/audit/before.log").exists()


def test_run_before_command__a_service_ends_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = surroundings(tmp_path, running(), services=(DB,), before_command="./migrate")
    found.start_services()
    assert found._starter
    found._starter._fail(RehearsalError(Verdict.SETUP_FAILED, "db is gone"))
    monkeypatch.setattr(module, "run_before_command", lambda *_, check, **__: check())
    with pytest.raises(RehearsalError, match="db is gone"):
        found.run_before_command(container_plan())
    found.end(in_a_hurry=True)
