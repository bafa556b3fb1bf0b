import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal.outside import subreaper
from rehearsal.outside.process import Process
from rehearsal.outside.subreaper import command_below_subreaper, descendants

from .waiting import lives, number_in, until

ENV = {"PATH": os.environ["PATH"]}
# It leaves group, session and environment, and its parent has ended.
HIDDEN = "(env -i setsid sh -c 'echo $$ >{note}; exec sleep 60' >/dev/null 2>&1 &)"


def start(script: str) -> Process:
    return Process(command_below_subreaper(["bash", "-c", script]), env=ENV, out=lambda _: None)


@pytest.mark.parametrize(
    "script, code", [("exit 3", 3), ("kill -KILL $$", -9), ("kill -TERM $$", -15), ("true", 0)]
)
def test_main__ends_as_the_command_does(script: str, code: int) -> None:
    assert start(script).wait(30) == code


def test_descendants__without_those_that_have_a_variable_and_theirs(tmp_path: Path) -> None:
    notes = [tmp_path / name for name in ("engine", "app", "other")]
    # As Podman's monitor does, it starts a container that has another environment.
    script = (
        f"OURS=1 sh -c 'echo $$ >{notes[0]}; "
        f'env -u OURS sh -c "echo \\$\\$ >{notes[1]}; sleep 60"\' & '
        f"sh -c 'echo $$ >{notes[2]}; sleep 60' & wait"
    )
    process = Process(["bash", "-c", script], env=ENV, out=lambda _: None)
    try:
        engine, app, other = map(number_in, notes)
        assert {engine, app, other} <= {*descendants()}
        assert not {engine, app} & {*descendants(without="OURS=1")}
        assert other in descendants(without="OURS=1")
    finally:
        process.end()


def test_main__passes_environment_and_output_on() -> None:
    output: list[bytes] = []
    command = command_below_subreaper(["sh", "-c", 'echo "$NAME"; echo error >&2'])
    Process(command, env={**ENV, "NAME": "value"}, out=output.append).wait(30)
    assert b"".join(output) == b"value\nerror\n"


def test_main__ends_what_hides(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    assert (
        start(f"{HIDDEN.format(note=note)}; until [ -s {note} ]; do sleep 0.01; done").wait(30) == 0
    )
    assert not lives(number_in(note))


def test_main__ends_all_on_sigterm(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    process = start(f"{HIDDEN.format(note=note)}; sleep 60")
    hidden = number_in(note)
    process.end()
    assert process.wait(0) == -signal.SIGTERM
    assert not lives(hidden)


def test_main__kills_what_ignores_sigterm(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    script = f"trap '' TERM; {HIDDEN.format(note=note)}; sleep 60"
    process = start(script)
    hidden = number_in(note)
    process.end()
    assert not lives(hidden)


def test_main__ends_all_if_its_parent_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = f"""
import subprocess, sys
sys.path.insert(0, {str(Path(subreaper.__file__).parents[2])!r})
from rehearsal.outside.subreaper import command_below_subreaper
script = {f"{HIDDEN.format(note=note)}; sleep 60"!r}
subprocess.run(command_below_subreaper(["bash", "-c", script]))
"""
    with subprocess.Popen([sys.executable, "-c", code], env=ENV) as parent:
        hidden = number_in(note)
        parent.kill()
    assert until(lambda: not lives(hidden))


def test_end_descendants__of_a_program_that_was_killed(tmp_path: Path) -> None:
    """Tests may kill their parent, too: then the rehearsal is the next subreaper."""
    note = tmp_path / "pid"
    code = f"""
import os, signal, subprocess, sys, time
sys.path.insert(0, {str(Path(subreaper.__file__).parents[2])!r})
from rehearsal.outside.subreaper import *
become_subreaper()
spared = subprocess.Popen(["sleep", "60"])
script = {f"{HIDDEN.format(note=note)}; until [ -s {note} ]; do sleep 0.01; done; kill -9 $PPID"!r}
ended = subprocess.run(command_below_subreaper(["bash", "-c", script]))
end_descendants(spare=[spared.pid])
print(ended.returncode, spared.poll(), descendants() == [spared.pid])
spared.kill()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=ENV, capture_output=True, text=True, check=True
    )
    assert done.stdout == "-9 None True\n"
    assert not lives(number_in(note))
