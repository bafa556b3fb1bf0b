import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rehearsal.outside.watchdog_process import WatchdogProcess

ENV = {"PATH": os.environ["PATH"]}


EXIT = """
import atexit, sys
sys.path.insert(0, sys.argv[1])
from rehearsal.outside.watchdog_process import exit_now
atexit.register(print, "tidied up")
exit_now()
print("stayed")
"""


def test_exit_now__skips_python_s_clean_up() -> None:
    package = Path(__file__).parents[2]
    command = [sys.executable, "-I", "-c", EXIT, str(package)]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout == b""


LISTEN = "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read() or b'nothing')"


def test_close__sends_the_message(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    WatchdogProcess([sys.executable, "-I", "-c", LISTEN, str(heard)], env=ENV).close(b"done")
    assert heard.read_bytes() == b"done"


def test_close__without_waiting(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    slow = f"import time; time.sleep(0.5); {LISTEN}"
    watchdog = WatchdogProcess([sys.executable, "-I", "-c", slow, str(heard)], env=ENV)
    watchdog.close(b"staging left", wait=False)
    assert not heard.exists()
    watchdog._child.wait(20)
    assert heard.read_bytes() == b"staging left"


def test_close__after_the_child_ended() -> None:
    watchdog = WatchdogProcess(["true"], env=ENV)
    time.sleep(0.05)
    watchdog.close(b"done")


def test_close__does_not_wait_longer_than_its_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rehearsal.outside.watchdog_process.GRACE", 0.1)
    watchdog = WatchdogProcess(["sleep", "1"], env=ENV)
    watchdog.close(b"done")
    watchdog._child.kill()
    watchdog._child.wait()
