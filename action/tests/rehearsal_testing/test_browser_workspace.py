import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from rehearsal_testing.browser_workspace import Lair


def start_driver(lair: Lair, script: str) -> subprocess.Popen[bytes]:
    driver = lair.folder / "driver"
    driver.write_text(f"#!/bin/sh\n{script}\n")
    driver.chmod(0o755)
    return subprocess.Popen(
        [lair.launcher()], env=lair.environ(os.environ, driver), start_new_session=True
    )


def test_lair__clear_ends_the_whole_family_and_removes_the_folder() -> None:
    lair = Lair.make()
    driver = start_driver(lair, 'sleep 60 & echo $! >"$TMPDIR/child"; wait')
    child_file = lair.folder / "child"
    while not (child_file.exists() and child_file.read_text().strip()):
        time.sleep(0.01)
    child = int(child_file.read_text())
    lair.clear()
    assert driver.wait(timeout=5) == -signal.SIGKILL
    assert ends_soon(child)
    assert not lair.folder.exists()
    assert lair.watcher.poll() is not None


@pytest.mark.parametrize("blow", [signal.SIGTERM, signal.SIGKILL], ids=lambda blow: blow.name)
def test_lair__ends_with_the_test_process_however_that_ends(tmp_path: Path, blow: int) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import os, subprocess, sys, time\n"
        "from pathlib import Path\n"
        "from rehearsal_testing.browser_workspace import Lair\n"
        "lair = Lair.make()\n"
        "environ = lair.environ(os.environ, Path('/bin/sleep'))\n"
        "args = [str(lair.launcher()), '60']\n"
        "driver = subprocess.Popen(args, env=environ, start_new_session=True)\n"
        "while not (lair.folder / 'group').exists(): time.sleep(0.01)\n"
        "print(driver.pid, lair.watcher.pid, lair.folder, flush=True)\n"
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
        driver, watcher, folder = tests.stdout.readline().split()
    tests.send_signal(blow)
    tests.wait(timeout=5)
    assert ends_soon(int(driver))
    assert ends_soon(int(watcher))
    assert not Path(folder).exists()


def test_lair__a_long_temporary_folder_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 60)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    lair = Lair.make()
    lair.clear()
    assert lair.folder.parent == Path("/tmp")


def test_lair__what_ends_the_tests_process_group_spares_the_watcher() -> None:
    lair = Lair.make()
    assert os.getsid(lair.watcher.pid) == lair.watcher.pid
    lair.clear()


def test_lair__no_driver_starts_once_the_watcher_has_cleared_up() -> None:
    lair = Lair.make()
    lair.clear()
    launcher = [str(lair.launcher()), "60"]
    environ = {"REHEARSAL_FOLDER": str(lair.folder), "REHEARSAL_DRIVER": "/bin/sleep"}
    ended = subprocess.run(launcher, env=environ, check=False, capture_output=True, timeout=5)
    assert ended.returncode == 1


def ends_soon(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while not is_gone(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def is_gone(pid: int) -> bool:
    """Say whether it has ended; who inherited it may not have buried it yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in "ZX"
