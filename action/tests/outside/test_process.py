import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.outside.process import (
    Process,
    WatchdogProcess,
    end_processes_with_env,
    processes_with_env,
    run,
)

ENV = {"PATH": os.environ["PATH"]}


def shell(script: str, out: Callable[[bytes], object], **options: object) -> Process:
    return Process(["bash", "-c", script], env=ENV, out=out, **options)  # type: ignore[arg-type]


def lives(pid: int) -> bool:
    """Whether a process still does something; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(condition: Callable[[], object], seconds: float = 3.0) -> bool:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if condition():
            return True
        time.sleep(0.01)
    return False


def number_in(path: Path) -> int:
    assert until(lambda: path.exists() and path.read_text().strip())
    return int(path.read_text())


@pytest.mark.parametrize("code", [0, 1, 5, 137])
def test_wait__returns_the_exit_code(code: int) -> None:
    assert shell(f"exit {code}", lambda _: None).wait() == code


def test_wait__none_when_the_seconds_have_passed() -> None:
    process = shell("sleep 30", lambda _: None)
    assert process.wait(0.05) is None
    assert not process.ended
    process.end()
    assert process.ended


def test_wait__hears_of_the_end_and_does_not_look_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    process = shell("sleep 0.2; exit 3", lambda _: None)
    wait = process._child.wait

    def waiting(timeout: float | None = None) -> int:
        assert timeout is None, "with a time-out it looks 20 times a second"
        return wait()

    monkeypatch.setattr(process._child, "wait", waiting)
    assert process.wait(5) == 3


def test_wait__where_the_kernel_does_not_tell_of_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "pidfd_open")
    process = shell("sleep 0.2; exit 3", lambda _: None)
    assert process.wait(0.01) is None
    assert process.wait(5) == 3


def test_wait__all_output_has_been_delivered() -> None:
    pieces: list[bytes] = []
    shell("head -c 3000000 /dev/zero; printf end", pieces.append).wait()
    data = b"".join(pieces)
    assert len(data) == 3_000_003
    assert data.endswith(b"end")


def test_process__both_streams_in_order_without_err() -> None:
    pieces: list[bytes] = []
    shell("echo a; echo b >&2; echo c", pieces.append).wait()
    assert b"".join(pieces) == b"a\nb\nc\n"


def test_process__streams_apart_with_err() -> None:
    out: list[bytes] = []
    err: list[bytes] = []
    shell("echo a; echo b >&2", out.append, err=err.append).wait()
    assert (b"".join(out), b"".join(err)) == (b"a\n", b"b\n")


def test_process__output_arrives_while_it_runs() -> None:
    came = threading.Event()
    process = shell("echo now; sleep 30", lambda _: came.set())
    assert came.wait(5)
    process.end()


def test_process__standard_input_is_empty() -> None:
    assert shell("read -r -t 5 line; [[ $? -eq 1 ]]", lambda _: None).wait() == 0


def test_process__has_the_given_environment_and_folder_only(tmp_path: Path) -> None:
    pieces: list[bytes] = []
    Process(["/usr/bin/env"], env={"A": "1"}, out=pieces.append).wait()
    assert b"".join(pieces) == b"A=1\n"
    pieces.clear()
    Process(["pwd", "-P"], env=ENV, out=pieces.append, cwd=tmp_path).wait()
    assert b"".join(pieces).decode().strip() == str(tmp_path.resolve())


def test_process__no_shell_reads_the_arguments(tmp_path: Path) -> None:
    pieces: list[bytes] = []
    hostile = "$(touch pwned) `touch pwned`; touch pwned"
    Process(["printf", "%s", hostile], env=ENV, out=pieces.append, cwd=tmp_path).wait()
    assert b"".join(pieces).decode() == hostile
    assert not list(tmp_path.iterdir())


def test_process__what_cannot_be_started_is_an_error() -> None:
    with pytest.raises(OSError, match="no-such-program"):
        Process(["no-such-program"], env=ENV, out=lambda _: None)


def test_end__ends_a_grandchild_that_ignores_sigterm(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    process = shell(
        f"(trap '' TERM; echo $BASHPID > {note}; while :; do sleep 0.05; done) & wait",
        lambda _: None,
    )
    grandchild = number_in(note)
    process.end(grace=0.2)
    assert process.ended
    assert until(lambda: not lives(grandchild))


def test_end__lets_the_group_end_by_itself_within_the_grace() -> None:
    pieces: list[bytes] = []
    process = shell(
        "trap 'sleep 0.1; echo tidy; exit 0' TERM; echo up; sleep 30 & wait",
        pieces.append,
    )
    assert until(lambda: pieces)
    process.end(grace=5)
    assert b"".join(pieces) == b"up\ntidy\n"
    assert process.wait(0) == 0


def test_end__after_the_end_ends_what_was_left_in_the_background(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    process = shell(f"sleep 30 >/dev/null 2>&1 & echo $! > {note}", lambda _: None)
    assert process.wait() == 0
    left = number_in(note)
    assert lives(left)
    process.end(grace=0.2)
    assert until(lambda: not lives(left))


def test_end__twice_is_fine() -> None:
    process = shell("exit 3", lambda _: None)
    process.wait()
    process.end()
    process.end()
    assert process.wait() == 3


def test_wait__is_not_held_up_by_a_grandchild_that_escaped_with_the_pipe(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    pieces: list[bytes] = []
    process = shell(f"setsid sleep 30 & echo $! > {note}; echo said", pieces.append)
    started = time.monotonic()
    assert process.wait() == 0
    assert time.monotonic() - started < 2.5
    assert b"".join(pieces) == b"said\n"
    os.kill(number_in(note), signal.SIGKILL)


def test_process__is_in_a_group_of_its_own() -> None:
    """Ctrl-C on the terminal must reach us alone."""
    pieces: list[bytes] = []
    shell("ps -o pgid=,sid= -p $$", pieces.append).wait()
    group, session = map(int, b"".join(pieces).split())
    assert group == session
    assert group != os.getpgrp()


def test_run__returns_what_was_said() -> None:
    assert run(["bash", "-c", r"printf 'a\xff'; echo b >&2; exit 3"], env=ENV) == (
        3,
        "a\N{REPLACEMENT CHARACTER}",
        "b\n",
    )


def test_run__does_not_wait_longer_than_asked() -> None:
    started = time.monotonic()
    with pytest.raises(subprocess.TimeoutExpired):
        run(["sleep", "30"], env=ENV, timeout=0.1)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("farewell, comes", [(5.0, True), (0.0, False)], ids=["given", "none"])
def test_run__interrupted_it_ends_in_its_own_time_or_at_once(
    farewell: float, comes: bool, tmp_path: Path
) -> None:
    script = f"sleep 0.4; touch {tmp_path}/done"
    with pytest.raises(subprocess.TimeoutExpired):
        run(["bash", "-c", script], env=ENV, timeout=0.05, farewell=farewell)
    assert (tmp_path / "done").exists() is comes
    if not comes:
        time.sleep(0.6)
        assert not (tmp_path / "done").exists(), "it was to be ended"


def test_marked__finds_what_inherited_the_mark_and_left_its_group(tmp_path: Path) -> None:
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


def test_marked__leaves_ourselves_out() -> None:
    mark = next(f"{name}={value}" for name, value in os.environ.items() if value)
    assert os.getpid() not in processes_with_env(mark)


LEAVE = """
import atexit, sys
sys.path.insert(0, sys.argv[1])
from rehearsal.outside.process import exit_now
atexit.register(print, "tidied up")
exit_now()
print("stayed")
"""


def test_leave__ends_well_and_at_once() -> None:
    package = Path(__file__).parents[2]
    command = [sys.executable, "-I", "-c", LEAVE, str(package)]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout == b""


LISTEN = "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read() or b'nothing')"


def test_lifeline__the_child_hears_the_farewell(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    WatchdogProcess([sys.executable, "-I", "-c", LISTEN, str(heard)], env=ENV).close(b"done")
    assert heard.read_bytes() == b"done"


def test_lifeline__a_child_that_has_gone_is_no_error() -> None:
    lifeline = WatchdogProcess(["true"], env=ENV)
    time.sleep(0.05)
    lifeline.close(b"done")


def test_lifeline__a_child_that_is_slow_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rehearsal.outside.process.GRACE", 0.1)
    lifeline = WatchdogProcess(["sleep", "1"], env=ENV)
    lifeline.close(b"done")
    lifeline._child.kill()
    lifeline._child.wait()


def test_kill__gives_the_child_no_signal_that_it_could_pass_on(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    said: list[bytes] = []
    script = f"trap 'touch {heard}' TERM INT HUP; echo ready; sleep 60 & wait; wait"
    process = Process(["bash", "-c", script], env=dict(os.environ), out=said.append)
    while not said:
        time.sleep(0.01)
    process.kill()
    assert process.wait(0) == -signal.SIGKILL
    assert not heard.exists()
