from pathlib import Path

import pytest

from rehearsal.audit.observations import ContainerProcess
from rehearsal.outside.engine import EngineError
from rehearsal.pipeline.audit.processes import list_processes

from ...fakes import FakeEngine
from .subjects import subject_of

# Recorded from the real engines, without the first line.
DOCKER_20 = """\
10001               12005               11982               /venv/bin/python /venv/bin/gunicorn app:app
10001               12034               12005               /venv/bin/python /venv/bin/gunicorn app:app
root                12340               11982               sleep 30
"""  # noqa: E501  (as it is printed)
PODMAN_5 = """\
10001       1           0           sleep 300 \n\
root        2           1           python3 -m http.server 8000 \n\
root        3           0           sleep 77 \n\
"""
PODMAN_5_WITH_USER_NAMESPACE = "100000      1           0           sleep 300 \n"


def listed(lines: str, folder: Path, *, first: int = 0) -> list[tuple[str, int, str]]:
    engine = FakeEngine(states=[{"State": {"Pid": first}}], listed=lines.splitlines())
    found = list_processes(subject_of(engine, folder))
    return [(each.user, each.pid, each.command) for each in found]


def test_list_processes__docker_without_those_of_exec(tmp_path: Path) -> None:
    gunicorn = "/venv/bin/python /venv/bin/gunicorn app:app"
    assert listed(DOCKER_20, tmp_path, first=12005) == [
        ("10001", 12005, gunicorn),
        ("10001", 12034, gunicorn),
    ]


def test_list_processes__podman_without_those_of_exec(tmp_path: Path) -> None:
    # It lists numbers inside the container, and inspects one of the machine.
    assert listed(PODMAN_5, tmp_path, first=143) == [
        ("10001", 1, "sleep 300"),
        ("root", 2, "python3 -m http.server 8000"),
    ]


def test_list_processes__root_of_a_user_namespace_is_not_root(tmp_path: Path) -> None:
    ((user, pid, command),) = listed(PODMAN_5_WITH_USER_NAMESPACE, tmp_path)
    assert not ContainerProcess(user=user, pid=pid, command=command).is_root


@pytest.mark.parametrize("user", ["root", "0"])
def test_is_root__by_name_and_number(user: str) -> None:
    assert ContainerProcess(user=user, pid=1, command="app").is_root


def test_list_processes__neither_zombies_nor_lines_of_a_command(tmp_path: Path) -> None:
    lines = "0 1 0 sh -c \n  sleep 1\n\n  exec app\n0 7 1 [sh] <defunct>\n0 8 1 app\n"
    assert [pid for _, pid, _ in listed(lines, tmp_path)] == [1, 8]


def test_list_processes__ends_where_parents_make_a_ring(tmp_path: Path) -> None:
    assert [pid for _, pid, _ in listed("0 1 0 a\n0 2 3 b\n0 3 2 c\n", tmp_path)] == [1]


def test_list_processes__bounded(tmp_path: Path) -> None:
    lines = "".join(f"0 {pid} {pid - 1} app\n" for pid in range(1, 5000))
    assert len(listed(lines, tmp_path)) == 1000


def test_list_processes__refused(tmp_path: Path) -> None:
    error = EngineError('ps: exec: "ps": executable file not found in $PATH')
    engine = FakeEngine(states=[{"State": {"Pid": 1}}], errors={"processes": error})
    with pytest.raises(EngineError):
        list_processes(subject_of(engine, tmp_path))
