from pathlib import Path
from typing import Any

import pytest

from rehearsal.outside.engine import EngineError
from rehearsal.pipeline.stages.container import (
    create_container,
    keep_instructions,
)
from rehearsal.verdict import MisconfiguredError, RehearsalError, Verdict

from ...fakes import (
    FakeEngine,
    container_plan,
    engine_lost,
    fake_container,
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
    create(engine, volumes=("data:/data", "/:/srv", ".:/x", "~:/y"))
    made = [call for call in engine.calls if call[0] == "ensure_volume"]
    assert made == [("ensure_volume", "data", LABEL)]


def test_create_container__missing_source_before_the_engine_makes_a_folder(tmp_path: Path) -> None:
    engine = FakeEngine()
    missing = f"{tmp_path}/there-is-none:/x"
    with pytest.raises(MisconfiguredError) as caught:
        create(engine, volumes=("data:/data", f"{tmp_path}:/there", missing))
    assert f"there is no {tmp_path}/there-is-none" in caught.value.problem.message
    assert "input volumes" in caught.value.problem.message
    assert engine.calls == []


def test_create_container__source_that_only_the_engine_may_see(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_: Path) -> bool:
        raise PermissionError

    monkeypatch.setattr(Path, "exists", refuse)
    assert create(FakeEngine(), volumes=("/root/data:/data",)) == "c0ffee"


@pytest.mark.parametrize("prefix", ["", "sha256:"], ids=["podman", "docker"])
def test_create_container__image_of_the_container_with_or_without_algorithm(prefix: str) -> None:
    engine = FakeEngine(states=[{"Image": f"{prefix}1"}])
    assert create(engine, run_options=("--init",)) == "c0ffee"


def test_create_container__option_that_was_read_as_the_image() -> None:
    with pytest.raises(MisconfiguredError, match="one of the run-options as the name of the image"):
        create(FakeEngine(states=[{"Image": "sha256:2"}]), run_options=("busybox",))


# Messages of the engine (Docker 20.10 and 28, Podman 5.8), and the input that causes them.
MESSAGES = {
    'invalid mount config for type "bind": bind source path does not exist: /nowhere': "volumes",
    "failed to mount local volume: mount /x: no such file": "volumes",
    "network nowhere not found": "network",
    "failed to set up container networking: network nowhere not found": "network",
    "unknown flag: --no-such-option": "run-options",
    'OCI runtime create failed: exec: "gunicron": executable file not found in $PATH': "command",
    "statfs /nowhere: no such file or directory": "volumes",
    "unable to find network with name or ID nowhere: network not found": "network",
    "crun: executable file `gunicron` not found in $PATH: No such file or directory: OCI runtime "
    "attempted to invoke a command that was not found": "command",
}


@pytest.mark.parametrize("message, name", MESSAGES.items(), ids=ascii)
def test_create_container__refusal_names_the_input_that_was_given(message: str, name: str) -> None:
    engine = FakeEngine(errors={"create": EngineError(message)})
    given = {"volumes": ("/:/x",), "network": "nowhere", "command": ("gunicron",)}
    for inputs in (given, given | {"run_options": ("--no-such-option",)}):
        if name in {each.replace("_", "-") for each in inputs}:
            with pytest.raises(MisconfiguredError) as caught:
                create(engine, **inputs)
            assert message in caught.value.problem.message
            assert f"the input {name}." in caught.value.problem.hint
    with pytest.raises(MisconfiguredError) as caught:
        create(engine)
    assert "the input" not in caught.value.problem.hint
    assert ("CMD and ENTRYPOINT" in caught.value.problem.hint) is ("executable" in message)


def test_create_container__host_port_is_not_blamed_where_it_was_not_given() -> None:
    message = "Bind for 127.0.0.1:49160 failed: port is already allocated"
    engine = FakeEngine(errors={"create": EngineError(message)})
    with pytest.raises(MisconfiguredError, match=message) as caught:
        create(engine)
    assert "host-port" not in caught.value.problem.message + caught.value.problem.hint


def test_create_container__unknown_refusal() -> None:
    engine = FakeEngine(errors={"create": EngineError("something new")})
    with pytest.raises(MisconfiguredError, match="something new") as caught:
        create(engine)
    assert caught.value.problem.hint == ""


def test_create_container__lost_engine() -> None:
    with pytest.raises(RehearsalError) as caught:
        create(FakeEngine(errors={"create": engine_lost()}))
    assert caught.value.problem.verdict is Verdict.ENGINE_FAILED


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
    found = keep_instructions(fake_container(code), "a=1", names=[], volumes=volumes, networks=[])
    assert found == (location, command)


def test_keep_instructions__services_and_their_network() -> None:
    _, command = keep_instructions(
        fake_container(), "a=1", names=["postgres", "worker"], volumes=[], networks=["a-1"]
    )
    assert command == (
        "docker rm --force --volumes a-1 a-1-postgres a-1-worker && docker network rm a-1"
    )
