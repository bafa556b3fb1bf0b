from pathlib import Path
from typing import Any

import pytest

from rehearsal.pipeline.stages.container_arguments import (
    create_arguments,
    mount_argument,
    named_volumes,
    network_arguments,
    shared_options,
)

from ...fakes import container_plan, secret

SECRET = "planted-secret-value"
LABEL = "dress-rehearsal=1"


def arguments(**changes: Any) -> list[str]:
    return create_arguments(
        container_plan(**changes),
        image="sha256:1",
        name="dress-rehearsal-1",
        label=LABEL,
        directory=Path("/srv/app"),
    )


def after(argv: list[str], option: str) -> list[str]:
    return [argv[i + 1] for i, argument in enumerate(argv) if argument == option]


def test_create_arguments__defaults() -> None:
    assert arguments() == [
        "--name",
        "dress-rehearsal-1",
        "--label",
        LABEL,
        "--log-driver",
        "json-file",
        "--publish",
        "127.0.0.1::8888",
        "sha256:1",
    ]


def test_create_arguments__all_options() -> None:
    argv = arguments(
        port=80,
        host_port=8080,
        env={"A": "two words", "B": ""},
        secrets=(secret("KEY"), secret("TOKEN")),
        command=("gunicorn", "--workers", "2"),
        volumes=("data:/data", "./conf:/conf:ro"),
        network="backend",
    )
    assert after(argv, "--publish") == ["127.0.0.1:8080:80"]
    assert sorted(after(argv, "--env")) == ["A=two words", "B=", "KEY", "TOKEN"]
    assert after(argv, "--network") == ["backend"]
    assert len(after(argv, "--mount")) == 2
    assert argv[-4:] == ["sha256:1", "gunicorn", "--workers", "2"]


def test_create_arguments__no_secret_values() -> None:
    argv = arguments(secrets=(secret("KEY", SECRET), secret("PEM", "-----BEGIN\nabc\n-----END")))
    assert not any(SECRET in argument or "BEGIN" in argument for argument in argv)
    assert after(argv, "--env") == ["KEY", "PEM"]


@pytest.mark.parametrize(
    "address, published",
    [("127.0.0.2", "127.0.0.2:80:8888"), ("fd00::2", "[fd00::2]:80:8888")],
)
def test_create_arguments__publish_on_another_address(address: str, published: str) -> None:
    assert after(arguments(address=address, host_port=80), "--publish") == [published]


def test_create_arguments__publish_on_loopback_only() -> None:
    for host_port in (0, 80):
        (published,) = after(arguments(host_port=host_port), "--publish")
        assert published.startswith("127.0.0.1:")


@pytest.mark.parametrize("command", ["--privileged", "-v", "--env-file=/etc/passwd"])
def test_create_arguments__command_comes_after_the_image(command: str) -> None:
    argv = arguments(command=(command,))
    assert argv.index("sha256:1") < argv.index(command)


@pytest.mark.parametrize(
    "volume, expected",
    [
        ("data:/data", "type=volume,source=data,target=/data"),
        ("data:/data:ro", "type=volume,source=data,target=/data,readonly"),
        ("data:/data:rw", "type=volume,source=data,target=/data"),
        ("/srv/x:/x", "type=bind,source=/srv/x,target=/x"),
        ("./conf:/conf:ro", "type=bind,source=/srv/app/conf,target=/conf,readonly"),
        (".:/src", "type=bind,source=/srv/app,target=/src"),
        ("../shared:/s", "type=bind,source=/srv/shared,target=/s"),
        ("~/x:/x", f"type=bind,source={Path.home()}/x,target=/x"),
    ],
)
def test_mount_argument__kinds(volume: str, expected: str) -> None:
    assert mount_argument(volume, Path("/srv/app")) == expected


@pytest.mark.parametrize(
    "volumes, names",
    [((), []), (("./data:/data", "/srv:/srv:ro"), []), (("./data:/data", "db:/db"), ["db"])],
    ids=["none", "folders", "a named one"],
)
def test_named_volumes__without_folders(volumes: tuple[str, ...], names: list[str]) -> None:
    assert named_volumes(container_plan(volumes=volumes)) == names


def test_shared_options__without_what_only_one_container_can_have() -> None:
    given = ("--restart", "always", "--memory=1g", "--ip=10.0.0.9", "--network-alias", "app")
    further = ("--restart=always", "--mac-address", "02:42:ac:11:00:02", "--init", "--ipc=host")
    assert list(shared_options((*given, *further))) == ["--memory=1g", "--init", "--ipc=host"]


@pytest.mark.parametrize(
    "network, names",
    [
        ("", []),
        ("ours", ["mail"]),
        ("bridge-2", ["mail"]),
        ("bridge", []),
        ("default", []),
    ],
)
def test_network_arguments__a_name_only_where_the_engine_takes_one(
    network: str, names: list[str]
) -> None:
    assert after(network_arguments(network, "mail"), "--network-alias") == names
