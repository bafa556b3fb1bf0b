import pytest

from rehearsal.pipeline.audit.starts.mounts import Mount, Option, read_mounts, read_options

from ....fakes import container_plan

DATA = Mount(source="data", target="/data")
NEW = Mount(source="", target="/data", is_new=True)


@pytest.mark.parametrize(
    "lines, mount",
    [
        (["-v", "data:/data"], DATA),
        (["-vdata:/data"], DATA),
        (["-v=data:/data"], DATA),
        (["--volume=data:/data:rw,z"], DATA),
        (["--volume", "data:/data:ro,z"], Mount(source="data", target="/data", read_only=True)),
        (["--volume=/data"], NEW),
        (["--mount", "type=bind,src=/srv,dst=/data"], Mount(source="/srv", target="/data")),
        (["--mount=source=data,destination=/data"], DATA),
        (['--mount="type=volume","source=data","target=/data"'], DATA),
        (["--mount=source=data,target=/data,ro=false"], DATA),
        (["--mount=source=data,target=/data,readonly"],
         Mount(source="data", target="/data", read_only=True)),
        (["--mount=type=volume,target=/data"], NEW),
        # A server's folder.
        (["--mount=target=/data,volume-opt=type=nfs"], Mount(source="", target="/data")),
        (["--mount=type=tmpfs,target=/data"], NEW),
        (["--tmpfs", "/data:size=1m"], NEW),
        (["--memory", "1g"], None),
    ],
)  # fmt: skip
def test_read_mounts__of_an_option(lines: list[str], mount: Mount | None) -> None:
    assert read_mounts(container_plan(run_options=tuple(lines))) == [mount] * bool(mount)


def test_read_mounts__of_volumes() -> None:
    plan = container_plan(volumes=("data:/data", "./nginx.conf:/etc/nginx.conf:ro"))
    assert read_mounts(plan) == [
        DATA,
        Mount(source="./nginx.conf", target="/etc/nginx.conf", read_only=True),
    ]


def test_read_options__leaves_out_what_only_the_app_has() -> None:
    lines = ("--restart", "always", "--memory", "1g", "--ip=1.2.3.4", "--link", "db", "--init")
    assert list(read_options(lines)) == [
        Option(name="--memory", arguments=("--memory",)),
        Option(name="", arguments=("1g",)),
        Option(name="--link", value="db", arguments=("--link", "db")),
        Option(name="--init", arguments=("--init",)),
    ]


@pytest.mark.parametrize("value, shares", [("other", True), ("other:ro", False)])
def test_shares_volumes(value: str, shares: bool) -> None:
    (option,) = read_options([f"--volumes-from={value}"])
    assert option.shares_volumes is shares
