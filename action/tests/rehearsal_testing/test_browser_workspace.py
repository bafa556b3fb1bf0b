import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from rehearsal_testing.browser_workspace import BrowserWorkspace


def start_driver(workspace: BrowserWorkspace, script: str) -> subprocess.Popen[bytes]:
    driver = workspace.folder / "driver"
    driver.write_text(f"#!/bin/sh\n{script}\n")
    driver.chmod(0o755)
    return subprocess.Popen(
        [workspace.launcher()],
        env=workspace.driver_environ(os.environ, driver),
        start_new_session=True,
    )


def test_close__kills_all_processes_and_removes_the_folder() -> None:
    workspace = BrowserWorkspace.create()
    driver = start_driver(workspace, 'sleep 60 & echo $! >"$TMPDIR/child"; wait')
    child_file = workspace.folder / "child"
    while not (child_file.exists() and child_file.read_text().strip()):
        time.sleep(0.01)
    child = int(child_file.read_text())
    workspace.close()
    assert driver.wait(timeout=60) == -signal.SIGKILL
    assert ends_soon(child)
    assert not workspace.folder.exists()
    assert workspace.cleanup.poll() is not None


@pytest.mark.parametrize(
    "signal_number", [signal.SIGTERM, signal.SIGKILL], ids=["SIGTERM", "SIGKILL"]
)
def test_cleanup__follows_any_end_of_the_test_process(tmp_path: Path, signal_number: int) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import os, subprocess, sys, time\n"
        "from pathlib import Path\n"
        "from rehearsal_testing.browser_workspace import BrowserWorkspace\n"
        "workspace = BrowserWorkspace.create()\n"
        "environ = workspace.driver_environ(os.environ, Path('/bin/sleep'))\n"
        "args = [str(workspace.launcher()), '60']\n"
        "driver = subprocess.Popen(args, env=environ, start_new_session=True)\n"
        "while not (workspace.folder / 'group').exists(): time.sleep(0.01)\n"
        "print(driver.pid, workspace.cleanup.pid, workspace.folder, flush=True)\n"
        "time.sleep(60)\n"
    )
    action = str(Path(__file__).parents[2])
    tests = subprocess.Popen(
        [sys.executable, str(program)],
        env={**os.environ, "PYTHONPATH": action},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert tests.stdout is not None
    with tests.stdout:
        driver, cleanup, folder = tests.stdout.readline().split()
    tests.send_signal(signal_number)
    tests.wait(timeout=60)
    assert ends_soon(int(driver))
    assert ends_soon(int(cleanup))
    assert not Path(folder).exists()


def test_create__does_not_use_a_long_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 60)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    workspace = BrowserWorkspace.create()
    workspace.close()
    assert workspace.folder.parent == Path("/tmp")


def test_cleanup__is_not_in_the_process_group_of_the_tests() -> None:
    workspace = BrowserWorkspace.create()
    assert os.getsid(workspace.cleanup.pid) == workspace.cleanup.pid
    workspace.close()


def test_launcher__starts_no_driver_after_the_clean_up() -> None:
    workspace = BrowserWorkspace.create()
    workspace.close()
    launcher = [str(workspace.launcher()), "60"]
    environ = {"REHEARSAL_FOLDER": str(workspace.folder), "REHEARSAL_DRIVER": "/bin/sleep"}
    ended = subprocess.run(launcher, env=environ, check=False, capture_output=True, timeout=60)
    assert ended.returncode == 1


def ends_soon(pid: int) -> bool:
    deadline = time.monotonic() + 60
    while not is_gone(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def is_gone(pid: int) -> bool:
    """Return whether a process has ended; it may still be a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in "ZX"
