import os
from pathlib import Path

from rehearsal.outside.folder import Folder
from rehearsal.outside.process import Process
from rehearsal.outside.processes import (
    end_processes_with_env,
    processes_holding,
    processes_with_env,
)

from .waiting import lives, number_in, until

ENV = {"PATH": os.environ["PATH"]}


def test_processes_with_env__finds_a_process_that_left_its_group(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    mark = f"REHEARSAL_RUN=unit-{os.getpid()}"
    name, _, value = mark.partition("=")
    script = f"setsid sleep 30 >/dev/null 2>&1 & echo $! > {note}"
    Process(["bash", "-c", script], env={**ENV, name: value}, out=lambda _: None).wait()
    left = number_in(note)
    assert until(lambda: processes_with_env(mark) == [left])
    assert processes_with_env(mark[:-1]) == []
    assert processes_with_env(mark + "0") == []
    end_processes_with_env(mark)
    assert until(lambda: not lives(left))


def test_end_processes_with_env__ends_descendants_without_the_mark(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    name, value = "REHEARSAL_RUN", f"unit-{os.getpid()}"
    script = f"env -u {name} setsid -w sh -c 'echo $$ >{note}; exec sleep 30'; true"
    process = Process(["bash", "-c", script], env={**ENV, name: value}, out=lambda _: None)
    below = number_in(note)
    assert below not in processes_with_env(f"{name}={value}")
    end_processes_with_env(f"{name}={value}")
    assert until(lambda: not lives(below))
    process.end()


def test_processes_with_env__without_this_process() -> None:
    mark = next(f"{name}={value}" for name, value in os.environ.items() if value)
    assert os.getpid() not in processes_with_env(mark)


def test_processes_holding__finds_who_has_a_folder_open(tmp_path: Path) -> None:
    (tmp_path / "held").mkdir()
    (tmp_path / "other").mkdir()
    held, other = Folder(tmp_path / "held"), Folder(tmp_path / "other")
    script = f"exec 9<{held.path}; echo $$ >{tmp_path}/pid; sleep 30"
    process = Process(["bash", "-c", script], env=ENV, out=lambda _: None)
    holder = number_in(tmp_path / "pid")
    assert holder in processes_holding(held)
    assert processes_holding(other) == []
    process.end()
    assert until(lambda: not processes_holding(held))
