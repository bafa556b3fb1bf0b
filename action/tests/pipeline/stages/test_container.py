from pathlib import Path
from typing import Any

import pytest

from rehearsal.evidence.log import Log
from rehearsal.outside.engine import EngineError
from rehearsal.pipeline.stages import container as container_module
from rehearsal.pipeline.stages.container import (
    create_container,
    keep_instructions,
    start_container,
)
from rehearsal.pipeline.stages.engine_refusal import port_taken_error
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict

from ...fakes import (
    FakeEngine,
    FakeProcess,
    container_plan,
    engine_lost,
    fake_container,
    inspect_result,
    secret,
)

SECRET = "planted-secret-value"
LABEL = "dress-rehearsal=1"


def create(engine: FakeEngine, **changes: Any) -> str:
    return create_container(
        container_plan(**changes),
        engine,
        image="sha256:1",
        name="n",
        label=LABEL,
        directory=Path("/work"),
    )


def test_create_container__passes_secrets_by_environment() -> None:
    engine = FakeEngine()
    assert create(engine, secrets=(secret("KEY", SECRET),)) == "c0ffee"
    assert engine.secrets == {"KEY": SECRET}
    assert SECRET not in repr(engine.calls)


def test_create_container__creates_named_volumes_only() -> None:
    engine = FakeEngine()
    create(engine, volumes=("data:/data", "/srv:/srv", "./x:/x", "~/y:/y"))
    made = [call for call in engine.calls if call[0] == "ensure_volume"]
    assert made == [("ensure_volume", "data", LABEL)]


# Messages of the engine (20.10 and 28), and the input that causes them.
MESSAGES = {
    'invalid mount config for type "bind": bind source path does not exist: /nowhere': "volumes",
    "failed to mount local volume: mount /x: no such file": "volumes",
    "network nowhere not found": "network",
    'OCI runtime create failed: exec: "gunicron": executable file not found in $PATH': "command",
}


@pytest.mark.parametrize("message, name", MESSAGES.items(), ids=MESSAGES.values())
def test_create_container__refusal_names_the_input(message: str, name: str) -> None:
    engine = FakeEngine(errors={"create": EngineError(message)})
    with pytest.raises(MisconfiguredError) as caught:
        create(engine)
    assert message in caught.value.problem.message
    assert f"the input {name}" in caught.value.problem.hint


def test_create_container__unknown_refusal() -> None:
    engine = FakeEngine(errors={"create": EngineError("something new")})
    with pytest.raises(MisconfiguredError, match="something new") as caught:
        create(engine)
    assert caught.value.problem.hint == ""


def test_create_container__lost_engine() -> None:
    with pytest.raises(RehearsalError) as caught:
        create(FakeEngine(errors={"create": engine_lost()}))
    assert caught.value.problem.verdict is Verdict.ENGINE_FAILED


PORT_MESSAGES = [
    "Bind for 127.0.0.1:8080 failed: port is already allocated",
    "Error starting userland proxy: listen tcp4 127.0.0.1:8080: bind: address already in use",
]


@pytest.mark.parametrize("message", PORT_MESSAGES, ids=["allocated", "in use"])
def test_start_container__taken_host_port(log: Log, message: str) -> None:
    engine = FakeEngine(process=FakeProcess(1), states=[inspect_result("created", error=message)])
    with pytest.raises(MisconfiguredError) as caught:
        start_container("c0ffee", container_plan(host_port=8080), engine, log)
    assert caught.value.problem.message == port_taken_error(8080).problem.message
    assert "port 8080 on 127.0.0.1 is already allocated" in caught.value.problem.message
    assert "leave host-port out" in caught.value.problem.hint


def test_start_container__message_of_the_client(
    log: Log,
) -> None:
    engine = FakeEngine(
        process=FakeProcess(1), states=[inspect_result("created")], output=b'exec: "x": not found\n'
    )
    with pytest.raises(MisconfiguredError, match='exec: "x": not found') as caught:
        start_container("c0ffee", container_plan(), engine, log)
    assert "the input command" in caught.value.problem.hint


def test_start_container__waits_for_the_port(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rehearsal.pipeline.stages.container.time.sleep", lambda _: None)
    engine = FakeEngine(
        states=[inspect_result("created"), inspect_result(), inspect_result(port=49153)]
    )
    container = start_container("c0ffee", container_plan(), engine, log)
    assert (container.id, container.port, container.ended) == ("c0ffee", 49153, False)


def test_start_container__returns_a_container_that_ended_at_once(log: Log) -> None:
    engine = FakeEngine(process=FakeProcess(3), states=[inspect_result("exited", code=3)])
    assert start_container("c0ffee", container_plan(), engine, log).ended


def test_start_container__ended_after_an_old_answer(log: Log) -> None:
    """The client may exit while an older answer of the engine still says "created"."""
    process = FakeProcess(None)

    class EndsMeanwhile(FakeEngine):
        def inspect(self, name: str, kind: str = "container") -> dict[str, Any]:
            found = super().inspect(name, kind)
            process.code = 1
            return found

    engine = EndsMeanwhile(
        process=process, states=[inspect_result("created"), inspect_result("exited", code=1)]
    )
    assert start_container("c0ffee", container_plan(), engine, log).ended


def test_start_container__engine_does_not_start_it(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container_module, "START_TIMEOUT", 0.1)
    engine = FakeEngine(states=[inspect_result("created")])
    with pytest.raises(RehearsalError) as caught:
        start_container("c0ffee", container_plan(), engine, log)
    assert caught.value.problem.verdict is Verdict.ENGINE_FAILED
    assert engine.process.was_ended


@pytest.mark.parametrize(
    "code, volumes, location, command",
    [
        (
            None,
            [],
            "http://localhost:49153 (the app still runs)",
            "docker rm --force --volumes a-1",
        ),
        (
            3,
            ["data", "more"],
            "a-1 (it has ended; docker logs a-1 shows why)",
            "docker rm --force --volumes a-1 && docker volume rm data && docker volume rm more",
        ),
    ],
    ids=["runs", "has ended"],
)
def test_keep_instructions__location_and_command(
    code: int | None, volumes: list[str], location: str, command: str
) -> None:
    assert keep_instructions(fake_container(code), "a=1", volumes) == (location, command)
