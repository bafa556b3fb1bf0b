import json
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from rehearsal.config.rehearsal_plan import (
    CompanionsPlan,
    ComposedService,
    ComposePlan,
    ServicePlan,
)
from rehearsal.evidence.log import Log
from rehearsal.outside import compose
from rehearsal.outside.engine import EngineError
from rehearsal.outside.listeners import Listener
from rehearsal.pipeline.stages import service_container, service_ready, services
from rehearsal.pipeline.stages.companion import Companion
from rehearsal.pipeline.stages.services import ServiceStarter
from rehearsal.results.published_port import PublishedPort
from rehearsal.verdict import RehearsalError, Verdict

from ...fakes import FakeClock, FakeEngine, FakeProcess, engine_lost, inspect_result, secret

DB = ServicePlan(
    name="db", image="postgres:17", env={"DB": "app"}, secrets=(secret("PASSWORD", "planted"),)
)
NETWORK = "dress-rehearsal-1"


def start(
    engine: FakeEngine, log: Log, *plans: ServicePlan, timeout: int = 60
) -> tuple[list[Companion], ServiceStarter]:
    started: list[Companion] = []
    starter = ServiceStarter(
        CompanionsPlan(services=plans or (DB,), timeout=timeout),
        engine,
        {plan.name: log for plan in plans or (DB,)},
        started=started,
        network=NETWORK,
        label="dress-rehearsal=1",
    )
    return started, starter


def error_of(starter: ServiceStarter) -> RehearsalError:
    with pytest.raises(RehearsalError) as caught:
        starter.wait()
    return caught.value


def running(**changes: Any) -> FakeEngine:
    return FakeEngine(states=[inspect_result()], **changes)


def test_start__in_the_network_under_its_name(log: Log) -> None:
    engine = running()
    started, starter = start(engine, log)
    starter.wait()
    create = next(call for call in engine.calls if call[0] == "create")
    assert create[1:] == (
        *("--name", f"{NETWORK}-db", "--label", "dress-rehearsal=1", "--log-driver", "json-file"),
        *("--env", "PASSWORD", "--env", "DB"),
        *("--network", NETWORK, "--network-alias", "db", "postgres:17"),
    )
    assert engine.secrets == {"PASSWORD": "planted", "DB": "app"}
    assert engine.calls[0] == ("create_network", NETWORK, "dress-rehearsal=1")
    assert [(each.title, each.ready_seconds is not None) for each in started] == [
        ("service db", True)
    ]


def test_start__options_stand_before_the_image_and_arguments_after_it(log: Log) -> None:
    engine = running()
    _, starter = start(engine, log, replace(DB, options=("--init",), command=("-c", "a b")))
    starter.wait()
    create = next(call for call in engine.calls if call[0] == "create")
    assert create[-4:] == ("--init", "postgres:17", "-c", "a b")


def test_start__a_variable_that_the_client_reads_itself_is_an_argument(log: Log) -> None:
    engine = running()
    _, starter = start(engine, log, replace(DB, env={"HOME": "/data"}, secrets=()))
    starter.wait()
    create = next(call for call in engine.calls if call[0] == "create")
    assert create[create.index("--env") + 1] == "HOME=/data"
    assert engine.secrets == {}


def test_start__pulls_a_missing_image_only(log: Log) -> None:
    engine = running(images={"redis:8"}, process=FakeProcess(0))
    _, starter = start(engine, log, replace(DB, image="redis:8"))
    with pytest.raises(RehearsalError, match="ended before it was ready"):
        starter.wait()
    assert not [call for call in engine.calls if call[0] == "pull"]
    _, starter = start(engine, log)
    with pytest.raises(RehearsalError, match="ended before it was ready"):
        starter.wait()
    assert ("pull", "postgres:17") in engine.calls


def test_start__an_image_that_cannot_be_pulled(log: Log) -> None:
    engine = running(images=set(), process=FakeProcess(1), output=b"manifest unknown\n")
    problem = error_of(start(engine, log)[1]).problem
    assert problem.verdict is Verdict.SETUP_FAILED
    assert problem.message == (
        "The image postgres:17 of the service db could not be pulled (exit code 1)."
    )
    assert (problem.excerpt, problem.source) == (("manifest unknown",), log.name)


def test_start__it_ends_at_once(log: Log) -> None:
    engine = FakeEngine(
        states=[inspect_result("exited", code=3)], process=FakeProcess(3), output=b"no password\n"
    )
    problem = error_of(start(engine, log)[1]).problem
    assert problem.verdict is Verdict.SETUP_FAILED
    assert problem.message == "The service db ended before it was ready: exit code 3."
    assert problem.excerpt == ("no password",)


@pytest.mark.parametrize("listening", [[], [Listener(port=5432, address="127.0.0.1")]])
def test_start__never_ready(
    listening: list[Listener], log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_ready, "listeners", lambda *_: listening)
    problem = error_of(start(running(), log, replace(DB, ready_port=5432), timeout=0)[1]).problem
    assert problem.verdict is Verdict.SETUP_FAILED
    only = ", only on 127.0.0.1:5432" if listening else ""
    assert problem.message == (
        f"The service db was not ready within 0 s: nothing in it listens on port 5432{only}."
    )


@pytest.mark.parametrize("call", ["create", "start"])
def test_start__refused(call: str, log: Log) -> None:
    state = inspect_result("created", error="exec format error")
    errors: dict[str, Exception] = {"create": EngineError("exec format error")}
    engine = FakeEngine(
        states=[state], errors=errors if call == "create" else {}, process=FakeProcess(1)
    )
    problem = error_of(start(engine, log)[1]).problem
    assert problem.verdict is Verdict.SETUP_FAILED
    assert problem.message == "The engine refused to start the service db: exec format error"


@pytest.mark.parametrize("error", [EngineError("address pools"), engine_lost()])
def test_start__no_network(error: Exception, log: Log) -> None:
    engine = running(errors={"create_network": error})
    _, starter = start(engine, log)
    with pytest.raises(type(error)) as caught:
        starter.wait()
    assert caught.value is error
    assert not [call for call in engine.calls if call[0] == "create"]


def test_start__a_fault_of_ours_is_not_lost(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(services, "ready_check", broken)
    _, starter = start(running(), log)
    with pytest.raises(ZeroDivisionError):
        starter.wait()


def test_start__one_that_fails_ends_the_wait_for_all(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one would be waited for a minute."""

    def check(plan: ServicePlan, *_: object) -> Callable[[], str]:
        if plan.name == "bad":
            raise RehearsalError(Verdict.SETUP_FAILED, "bad")
        return lambda: "not yet"

    monkeypatch.setattr(services, "ready_check", check)
    _, starter = start(running(), log, DB, replace(DB, name="bad"))
    assert error_of(starter).problem.message == "bad"
    starter.end()
    assert not starter._thread.is_alive()


def test_end__starts_nothing_more(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "ready_check", lambda *_: lambda: "not yet")
    started, starter = start(running(), log)
    starter.end()
    assert not starter._thread.is_alive()
    starter.check()
    assert [each.ready_seconds for each in started] in ([], [None])


@pytest.mark.parametrize("in_a_hurry", [False, True])
def test_end__waits_for_what_the_engine_is_creating(
    log: Log, monkeypatch: pytest.MonkeyPatch, *, in_a_hurry: bool
) -> None:
    """What is created after the clean-up stays."""
    monkeypatch.setattr(services, "PENDING_GRACE", 0)
    begun, goes_on = threading.Event(), threading.Event()

    def create(*_: object, **__: object) -> str:
        begun.set()
        goes_on.wait()
        return "c0ffee"

    monkeypatch.setattr(FakeEngine, "create", create)
    _, starter = start(running(), log)
    begun.wait()
    ended = threading.Thread(target=starter.end, kwargs={"in_a_hurry": in_a_hurry})
    ended.start()
    if in_a_hurry:
        ended.join()
        assert starter._thread.is_alive()
    goes_on.set()
    ended.join()
    assert in_a_hurry or not starter._thread.is_alive()


GRID = ServicePlan(name="grid", image="grid:4", on_host_network=True, options=("--shm-size", "2g"))


def test_start__on_the_host_network(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    # Before it starts, when it has just started, when it listens.
    free = iter([True, True, False])
    asked: list[PublishedPort] = []

    def is_free(published: PublishedPort) -> bool:
        asked.append(published)
        return next(free)

    for module in (service_container, service_ready):
        monkeypatch.setattr(module, "is_free", is_free)
    engine = running(image_settings={"ExposedPorts": {"9515/tcp": {}}})
    started, starter = start(engine, log, GRID)
    starter.wait()
    (grid,) = started
    create = next(call for call in engine.calls if call[0] == "create")
    assert create[-5:] == ("--network", "host", "--shm-size", "2g", "grid:4")
    assert (grid.host_port, grid.ready_seconds is not None) == (9515, True)
    assert asked == [PublishedPort("127.0.0.1", 9515)] * 3


def test_start__on_the_host_network_where_its_port_is_taken(log: Log) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        engine = running()
        problem = error_of(start(engine, log, replace(GRID, ready_port=port))[1]).problem
    assert problem.verdict is Verdict.MISCONFIGURED
    assert f"port {port} of this machine is taken" in problem.message
    assert "name that in service-ready" in problem.hint
    assert not [call for call in engine.calls if call[0] == "create"]


def composed(name: str, **how: Any) -> ServicePlan:
    return ServicePlan(name=name, image="image:1", composed=ComposedService(**how))


@pytest.fixture
def created(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the projects that Compose is told to create."""
    projects: list[Any] = []
    monkeypatch.setattr(compose, "create", lambda _, project: projects.append(project))
    return projects


def start_composed(
    engine: FakeEngine, log: Log, *plans: ServicePlan
) -> tuple[list[Companion], ServiceStarter]:
    project = {"services": {plan.name: {"image": "image:1"} for plan in plans}, "volumes": {}}
    started: list[Companion] = []
    starter = ServiceStarter(
        CompanionsPlan(services=plans, compose=ComposePlan(project=project)),
        engine,
        {plan.name: log for plan in plans},
        started=started,
        network=NETWORK,
        label="dress-rehearsal=1",
    )
    return started, starter


def test_start__compose_creates_and_we_start_in_order(
    log: Log, created: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "ready_check", lambda *_: str)
    engine = FakeEngine(states=[{**inspect_result(), "Id": "c0ffee"}])
    plans = (
        composed("last", after_ready=("second",), after_started=("first",)),
        composed("second", after_started=("first",)),
        composed("first"),
    )
    started, starter = start_composed(engine, log, *plans)
    starter.wait()
    assert [each.name for each in started] == ["first", "second", "last"]
    (project,) = created
    assert project["services"]["first"]["container_name"] == f"{NETWORK}-first"
    assert project["services"]["first"]["labels"] == {"dress-rehearsal": "1"}
    assert not [call for call in engine.calls if call[0] == "create"]


@pytest.mark.parametrize(
    "code, how, error",
    [
        (0, {"completes": True, "may_end": True}, ""),
        (3, {"completes": True, "may_end": True}, "The service seed ended before it was ready"),
        (0, {}, "The service seed ended before it was ready"),
    ],
)
def test_start__one_that_ends_when_it_is_done(
    code: int, how: dict[str, bool], error: str, log: Log, created: list[Any]
) -> None:
    state = {**inspect_result("exited", code=code), "Id": "c0ffee"}
    engine = FakeEngine(states=[state], process=FakeProcess(code))
    started, starter = start_composed(engine, log, composed("seed", **how))
    if error:
        assert error in error_of(starter).problem.message
    else:
        starter.wait()
        assert started[0].ready_seconds is not None
        assert (started[0].ended, started[0].is_done) == (False, True)
    assert len(created) == 1


def test_start__compose_is_refused(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise EngineError("invalid mount config")

    monkeypatch.setattr(compose, "create", refuse)
    problem = error_of(start_composed(running(), log, composed("db"))[1]).problem
    assert problem.verdict is Verdict.SETUP_FAILED
    assert problem.message == (
        "The engine refused to create the services of compose-file: invalid mount config"
    )


def test_start__what_another_needs_fails(log: Log, created: list[Any]) -> None:
    state = {**inspect_result("exited", code=1), "Id": "c0ffee"}
    engine = FakeEngine(states=[state], process=FakeProcess(1))
    started, starter = start_composed(
        engine, log, composed("db"), composed("seed", after_ready=("db",))
    )
    assert "The service db ended" in error_of(starter).problem.message
    starter.end()
    assert ([each.name for each in started], len(created)) == (["db"], 1)


def check_of(engine: FakeEngine, plan: ServicePlan = DB) -> str:
    return service_ready.ready_check(plan, engine, "c0ffee", lambda: False)()


@pytest.mark.parametrize(
    "test, command",
    [
        (["CMD-SHELL", "pg_isready -U x"], ("/bin/sh", "-c", "pg_isready -U x")),
        (["CMD", "redis-cli", "ping"], ("redis-cli", "ping")),
    ],
)
def test_ready_check__by_the_healthcheck(test: list[str], command: tuple[str, ...]) -> None:
    state = {**inspect_result(), "Config": {"Healthcheck": {"Test": test}}}
    engine = FakeEngine(states=[state], process=FakeProcess(0))
    assert check_of(engine) == ""
    assert engine.calls[-1] == ("execute", "c0ffee", *command)


def test_ready_check__by_a_command() -> None:
    engine = running(process=FakeProcess(2), output=b"no\nresponse\n")
    plan = replace(DB, ready_command="pg_isready")
    assert check_of(engine, plan) == "its check ended with exit code 2 and printed: no response"
    assert engine.calls[-1] == ("execute", "c0ffee", "sh", "-c", "pg_isready")
    assert engine.process.was_ended


def test_ready_check__a_command_succeeds_before_the_port_is_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As pg_isready does on the server that initialises a new Postgres."""
    clock = FakeClock()
    found: list[Listener] = []
    monkeypatch.setattr(service_ready, "listeners", lambda *_: found)
    monkeypatch.setattr("time.monotonic", clock)
    engine = running(process=FakeProcess(0), image_settings={"ExposedPorts": {"5432/tcp": {}}})
    plan = replace(DB, ready_command="pg_isready")
    check = service_ready.ready_check(plan, engine, "c0ffee", lambda: False)
    waits = "its check succeeded, but nothing in it listens on port 5432"
    assert check() == waits
    clock.advance(service_ready.PORT_GRACE - 1)
    assert check() == waits
    found.append(Listener(port=5432, address="172.18.0.2"))
    assert check() == ""
    found.clear()
    # It may be told to listen elsewhere.
    clock.advance(1)
    assert check() == ""


def test_start__a_command_that_hangs_ends_with_the_time(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not after COMMAND_TIMEOUT, which may be longer than service-timeout."""
    hanging = FakeProcess(None)
    monkeypatch.setattr(FakeEngine, "execute", lambda *_, **__: hanging)
    hangs = replace(DB, ready_command="sleep infinity")
    problem = error_of(start(running(), log, hangs, timeout=0)[1]).problem
    assert hanging.was_ended
    assert problem.message == (
        "The service db was not ready within 0 s: its check was not finished."
    )


def test_start__an_earlier_check_says_more_than_one_that_was_not_finished(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    monkeypatch.setattr("time.monotonic", clock)
    found = iter(["its check ended with exit code 2", service_ready.NOT_FINISHED])

    def check() -> str:
        clock.advance(1)
        return next(found)

    monkeypatch.setattr(services, "ready_check", lambda *_: check)
    problem = error_of(start(running(), log, timeout=2)[1]).problem
    assert problem.message.endswith("within 2 s: its check ended with exit code 2.")


def test_ready_check__a_command_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_ready, "COMMAND_TIMEOUT", 0)
    engine = running(process=FakeProcess(None))
    plan = replace(DB, ready_command="sleep infinity")
    assert check_of(engine, plan) == "its check took more than 0 s"
    assert engine.process.was_ended


@pytest.mark.parametrize(
    "exposed, is_ready",
    [
        ({"5432/tcp": {}}, False),
        ({"5432/tcp": {}, "53/udp": {}}, False),
        ({"5432/tcp": {}, "8080/tcp": {}}, True),
        ({}, True),
        (None, True),
    ],
    ids=json.dumps,
)
def test_ready_check__by_the_only_exposed_port(
    exposed: dict[str, Any] | None, is_ready: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_ready, "listeners", lambda *_: [])
    engine = running(image_settings={"ExposedPorts": exposed})
    assert (check_of(engine) == "") is is_ready


def test_ready_check__listens(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = replace(DB, ready_port=5432)
    for found in (None, [Listener(port=5432, address="172.18.0.2")]):
        monkeypatch.setattr(service_ready, "listeners", lambda *_, found=found: found)
        assert check_of(running(), plan) == ""


def test_ready_check__it_has_ended_and_nothing_can_be_read_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The attached client may tell of the end a second later."""
    monkeypatch.setattr(service_ready, "listeners", lambda *_: None)
    engine = FakeEngine(states=[inspect_result(), inspect_result("exited", code=3)])
    assert check_of(engine, replace(DB, ready_port=5432)) == "it does not run"


def test_ready_check__it_has_just_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise EngineError("No such container")

    monkeypatch.setattr(service_ready, "listeners", gone)
    assert check_of(running(), replace(DB, ready_port=5432)) == "it does not run"
