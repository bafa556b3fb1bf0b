import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.outside.process import Process, run

from .waiting import lives, number_in, until

ENV = {"PATH": os.environ["PATH"]}


def shell(script: str, out: Callable[[bytes], object], **options: object) -> Process:
    return Process(["bash", "-c", script], env=ENV, out=out, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", [0, 1, 5, 137])
def test_wait__returns_the_exit_code(code: int) -> None:
    assert shell(f"exit {code}", lambda _: None).wait() == code


def test_wait__none_after_the_seconds() -> None:
    process = shell("sleep 30", lambda _: None)
    assert process.wait(0.05) is None
    assert not process.ended
    process.end()
    assert process.ended


def test_wait__does_not_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    process = shell("sleep 0.2; exit 3", lambda _: None)
    wait = process._child.wait

    def waiting(timeout: float | None = None) -> int:
        assert timeout is None, "with a time-out it polls 20 times a second"
        return wait()

    monkeypatch.setattr(process._child, "wait", waiting)
    assert process.wait(5) == 3


def test_wait__without_pidfd_open(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_process__without_err_both_streams_in_order() -> None:
    pieces: list[bytes] = []
    shell("echo a; echo b >&2; echo c", pieces.append).wait()
    assert b"".join(pieces) == b"a\nb\nc\n"


def test_process__with_err_streams_are_separate() -> None:
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


def test_process__has_only_the_given_environment_and_folder(tmp_path: Path) -> None:
    pieces: list[bytes] = []
    Process(["/usr/bin/env"], env={"A": "1"}, out=pieces.append).wait()
    assert b"".join(pieces) == b"A=1\n"
    pieces.clear()
    Process(["pwd", "-P"], env=ENV, out=pieces.append, cwd=tmp_path).wait()
    assert b"".join(pieces).decode().strip() == str(tmp_path.resolve())


def test_process__arguments_pass_through_no_shell(tmp_path: Path) -> None:
    pieces: list[bytes] = []
    hostile = "$(touch pwned) `touch pwned`; touch pwned"
    Process(["printf", "%s", hostile], env=ENV, out=pieces.append, cwd=tmp_path).wait()
    assert b"".join(pieces).decode() == hostile
    assert not list(tmp_path.iterdir())


def test_process__raises_if_it_cannot_be_started() -> None:
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


def test_end__gives_the_group_the_grace_to_end() -> None:
    pieces: list[bytes] = []
    process = shell(
        "trap 'sleep 0.1; echo tidy; exit 0' TERM; echo up; sleep 30 & wait",
        pieces.append,
    )
    assert until(lambda: pieces)
    process.end(grace=5)
    assert b"".join(pieces) == b"up\ntidy\n"
    assert process.wait(0) == 0


def test_end__of_an_ended_child_ends_its_background_processes(tmp_path: Path) -> None:
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


def test_wait__ignores_a_grandchild_that_keeps_the_pipe(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    pieces: list[bytes] = []
    process = shell(f"setsid sleep 30 & echo $! > {note}; echo said", pieces.append)
    started = time.monotonic()
    assert process.wait() == 0
    assert time.monotonic() - started < 2.5
    assert b"".join(pieces) == b"said\n"
    os.kill(number_in(note), signal.SIGKILL)


def test_process__has_its_own_group() -> None:
    """Ctrl-C on the terminal must reach us alone."""
    pieces: list[bytes] = []
    shell("ps -o pgid=,sid= -p $$", pieces.append).wait()
    group, session = map(int, b"".join(pieces).split())
    assert group == session
    assert group != os.getpgrp()


def test_run__returns_exit_code_and_output() -> None:
    assert run(["bash", "-c", r"printf 'a\xff'; echo b >&2; exit 3"], env=ENV) == (
        3,
        "a\N{REPLACEMENT CHARACTER}",
        "b\n",
    )


def test_run__hands_over_standard_input() -> None:
    assert run(["cat"], env=ENV, stdin=b"a\nb") == (0, "a\nb", "")
    assert run(["cat"], env=ENV) == (0, "", "")


def test_run__raises_after_the_timeout() -> None:
    started = time.monotonic()
    with pytest.raises(subprocess.TimeoutExpired):
        run(["sleep", "30"], env=ENV, timeout=0.1)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("grace, comes", [(5.0, True), (0.0, False)], ids=["given", "none"])
def test_run__gives_an_interrupted_command_its_grace(
    grace: float, comes: bool, tmp_path: Path
) -> None:
    script = f"sleep 0.4; touch {tmp_path}/done"
    with pytest.raises(subprocess.TimeoutExpired):
        run(["bash", "-c", script], env=ENV, timeout=0.05, grace=grace)
    assert (tmp_path / "done").exists() is comes
    if not comes:
        time.sleep(0.6)
        assert not (tmp_path / "done").exists(), "it was to be ended"


def test_kill__sends_no_signal_that_the_child_could_forward(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    said: list[bytes] = []
    script = f"trap 'touch {heard}' TERM INT HUP; echo ready; sleep 60 & wait; wait"
    process = Process(["bash", "-c", script], env=dict(os.environ), out=said.append)
    while not said:
        time.sleep(0.01)
    process.kill()
    assert process.wait(0) == -signal.SIGKILL
    assert not heard.exists()
