import os
import socket
from pathlib import Path

import pytest

from rehearsal.config.rehearsal_plan import ContainerPlan
from rehearsal.pipeline.audit.starts.fresh_plan import (
    FreshVolumes,
    NotRepeatableError,
    confined,
    find_missing,
    read_only,
    with_empty_secret,
    without_secret,
)

from ....fakes import container_plan, secret


@pytest.fixture
def fresh(tmp_path: Path) -> FreshVolumes:
    for name in ("checkout", "staging"):
        (tmp_path / name).mkdir()
    return FreshVolumes(
        prefix="x.audit-plain", folder=tmp_path / "staging", directory=tmp_path / "checkout"
    )


def test_plan__is_its_own(fresh: FreshVolumes) -> None:
    plan = container_plan(
        address="0.0.0.0",  # noqa: S104
        host_port=8080,
        network="backend",
        volumes=("data:/data", "certificates:/etc/ssl:ro"),
        run_options=(
            *("--link", "db", "--memory=1g", "-v", "cache:/cache", "--add-host=a:1.2.3.4"),
            *("--network-alias=web", "--tmpfs=/run", "--volume=rules:/rules:ro"),
        ),
    )
    own = fresh.plan(plan, network="x.audit")
    assert (own.address, own.host_port, own.network) == ("127.0.0.1", 0, "x.audit")
    assert own.volumes == (
        "certificates:/etc/ssl:ro",
        "x.audit-plain-1:/data",
        "x.audit-plain-2:/cache",
    )
    assert own.run_options == ("--memory=1g", "--tmpfs=/run", "--volume=rules:/rules:ro")
    assert (own.port, own.env, own.command) == (plan.port, plan.env, plan.command)
    assert fresh.plan(plan).network == ""


def test_plan__a_volume_in_place_of_a_folder(fresh: FreshVolumes) -> None:
    (fresh.directory / "media").mkdir()
    plan = container_plan(
        volumes=("./media:/media",), run_options=(f"--volume={fresh.directory}/made-later:/b",)
    )
    assert fresh.plan(plan).volumes == ("x.audit-plain-1:/media", "x.audit-plain-2:/b")


def test_plan__an_empty_file_in_place_of_a_file(fresh: FreshVolumes) -> None:
    database = fresh.directory / "db.sqlite3"
    database.write_text("rows")
    database.chmod(0o640)
    (volume,) = fresh.plan(container_plan(volumes=("./db.sqlite3:/src/db.sqlite3",))).volumes
    source, _, target = volume.partition(":")
    found = Path(source).stat()
    assert Path(source).parent == fresh.folder
    assert (found.st_size, found.st_mode & 0o777, found.st_uid) == (0, 0o640, os.getuid())
    assert target == "/src/db.sqlite3"
    assert database.read_text() == "rows"


def test_plan__an_empty_file_for_all_users_if_it_is_not_ours_to_give(
    fresh: FreshVolumes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "chown", refuse)
    (fresh.directory / "db").touch(mode=0o600)
    (volume,) = fresh.plan(container_plan(volumes=("./db:/db",))).volumes
    assert Path(volume.partition(":")[0]).stat().st_mode & 0o777 == 0o666


def test_plan__a_socket_is_not_shared(fresh: FreshVolumes) -> None:
    path = fresh.directory / "engine.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        with pytest.raises(NotRepeatableError, match=r"engine.sock is mounted"):
            fresh.plan(container_plan(volumes=("./engine.sock:/engine.sock",)))
    fresh.plan(container_plan(volumes=("./engine.sock:/engine.sock:ro",)))


def test_plan__volumes_of_another_container_are_not_shared(fresh: FreshVolumes) -> None:
    with pytest.raises(NotRepeatableError, match="--volumes-from"):
        fresh.plan(container_plan(run_options=("--volumes-from", "other")))


def test_find_missing() -> None:
    plan = container_plan(
        network="backend",
        volumes=("data:/data", "./nginx.conf:/etc/nginx.conf", "./rules:/rules:ro"),
        run_options=("--link=a", "--link=b", "--memory=1g"),
    )
    assert find_missing(plan) == (
        "the network backend",
        "--link in run-options",
        "what is in ./nginx.conf",
    )
    assert find_missing(container_plan(network="bridge")) == ()


def test_confined__drops_what_gives_capabilities_back() -> None:
    plan = container_plan(run_options=("--privileged", "--cap-add=CHOWN", "--privileged=true"))
    assert confined(plan).run_options == (
        "--cap-add=CHOWN",
        "--cap-drop=ALL",
        "--security-opt=no-new-privileges",
    )


@pytest.mark.parametrize(
    "plan, has_tmp",
    [
        (container_plan(), False),
        (container_plan(run_options=("--tmpfs", "/tmp:size=64m")), True),
        (container_plan(run_options=("--tmpfs=/tmp",)), True),
        (container_plan(volumes=("data:/tmp",)), True),
        (container_plan(run_options=("--mount=type=tmpfs,target=/tmp",)), True),
        (container_plan(run_options=("--tmpfs=/run",)), False),
    ],
)
def test_read_only__has_one_tmp(plan: ContainerPlan, has_tmp: bool) -> None:
    added = read_only(plan).run_options[len(plan.run_options) :]
    assert added == (("--read-only",) if has_tmp else ("--read-only", "--tmpfs=/tmp:exec"))


def test_secrets() -> None:
    plan = container_plan(secrets=(secret("A", "aaaaaa"), secret("B", "bbbbbb")))
    assert without_secret(plan, "A").secrets == (secret("B", "bbbbbb"),)
    assert with_empty_secret(plan, "A").secrets == (secret("A", ""), secret("B", "bbbbbb"))
