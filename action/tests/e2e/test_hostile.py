"""Tests that work against their rehearsal: by accident or on purpose, as the same user."""

import json
import signal
import time
from pathlib import Path

import pytest

from . import leftovers
from .contract import assert_verdict
from .repository import Repository
from .runner import Runner, RunningStep

# It makes a tree that is too deep for recursion and for paths, and kills all that could clean up.
KILLER = r"""
import os, signal
from pathlib import Path

place = os.open(os.environ["REHEARSAL_EVIDENCE"], os.O_RDONLY)
for _ in range(1500):
    os.mkdir("folder", dir_fd=place)
    os.symlink("..", "loop", dir_fd=place)
    place, before = os.open("folder", os.O_RDONLY, dir_fd=place), place
    os.close(before)
os.mkfifo("pipe", dir_fd=place)

def parent(pid):
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0  # It has ended.

helper = os.getpid()
while b"\0rehearse\0" not in Path(f"/proc/{helper}/cmdline").read_bytes():
    helper = parent(helper)
children = [int(each.parent.name) for each in Path("/proc").glob("[0-9]*/stat")]
os.kill(helper, signal.SIGSTOP)
for pid in [pid for pid in children if parent(pid) == helper and pid != os.getpid()]:
    os.kill(pid, signal.SIGKILL)
os.kill(helper, signal.SIGKILL)
"""


def test_killer__the_clean_up_step_removes_all(
    tiny: Repository, runner: Runner, run_id: str
) -> None:
    def container_is_left(_: Path) -> None:
        assert leftovers.of_the_engine(run_id), "the clean-up step has nothing to prove"

    tiny.write("killer.py", KILLER)
    rehearsed = runner.use(
        tiny,
        {"test-command": "python3 killer.py", "volumes": f"volume-{run_id}:/data"},
        between=container_is_left,
    )
    assert rehearsed.outputs["verdict"] == "cancelled"
    assert rehearsed.clean_up["upload"] == "true"
    assert not leftovers.of_the_engine(run_id)
    assert not list(rehearsed.folder.glob("temp/*/staging"))
    assert not rehearsed.shown.annotations


def test_changed_verdict__is_not_uploaded(tiny: Repository, runner: Runner) -> None:
    def edit(temp: Path) -> None:
        (file,) = temp.glob("rehearsal-*/evidence/verdict.json")
        file.write_text(file.read_text().replace("tests-failed", "passed"))

    rehearsed = runner.use(tiny, {"test-command": "exit 1"}, between=edit)
    assert rehearsed.outputs["verdict"] == "tests-failed"
    assert rehearsed.clean_up["upload"] == "true"
    assert rehearsed.evidence is not None
    assert not (rehearsed.evidence / "verdict.json").exists()
    assert "verdict.json was not the file that the rehearsal wrote" in rehearsed.log


@pytest.mark.parametrize("killed", [False, True], ids=["ends", "is killed"])
def test_hidden_process__ends_with_the_rehearsal(
    tiny: Repository, runner: Runner, run_id: str, *, killed: bool
) -> None:
    command = f"sleep 4{run_id}"

    def kill(step: RunningStep) -> None:
        if killed:
            step.wait_until(lambda _: leftovers.running(command))
            step.send(signal.SIGKILL)

    def gone(_: Path) -> None:
        """Before the clean-up step, which could not know of it: no variable marks it."""
        limit = time.monotonic() + 60
        while leftovers.running(command) and time.monotonic() < limit:
            time.sleep(0.05)
        assert not leftovers.running(command)

    script = f"(env -i setsid {command} &)\n{'sleep 600' if killed else 'echo ended'}"
    rehearsed = runner.use(tiny, {"test-command": script}, meanwhile=kill, between=gone)
    assert rehearsed.outputs["verdict"] == ("cancelled" if killed else "passed")


def test_links__lead_to_nothing_foreign(tiny: Repository, runner: Runner, workdir: Path) -> None:
    foreign, names = workdir / "foreign", ("private.txt", "verdict.json", "-unsafe")
    foreign.mkdir()
    for name in names:
        (foreign / name).write_text("foreign")
    (foreign / "traces").symlink_to(foreign)
    rehearsed = runner.use(
        tiny,
        {
            "test-command": "cd $REHEARSAL_EVIDENCE/../..\n"
            f"for name in evidence staging; do mv $name moved-$name; ln -s {foreign} $name; done\n"
            "false"
        },
    )
    assert_verdict(rehearsed, "tests-failed")
    assert rehearsed.evidence
    assert not rehearsed.evidence.is_symlink()
    assert not list(rehearsed.evidence.rglob("private.txt"))
    assert "GET /" in rehearsed.file("container.log"), "what it had written before is kept"
    notices = str(json.loads(rehearsed.file("verdict.json"))["notices"])
    assert "Nothing of REHEARSAL_EVIDENCE was kept" in notices
    assert "The tests removed the evidence folder or put something else in its place" in notices
    assert sorted(path.name for path in foreign.iterdir()) == sorted(("traces", *names))
    assert {(foreign / name).read_text() for name in names} == {"foreign"}


@pytest.mark.parametrize("put", ["ln -s", "mv"], ids=["link", "older folder"])
def test_foreign_folder__brings_nothing_in(
    put: str, tiny: Repository, runner: Runner, workdir: Path
) -> None:
    """Unlike a folder that the tests make anew, one that was there before is somebody else's."""
    foreign = workdir / "foreign"
    foreign.mkdir()
    (foreign / "private.txt").write_text("foreign")
    attached = "[[ATTACHMENT|$REHEARSAL_EVIDENCE/private.txt]]" if put == "ln -s" else ""
    report = (
        f"<testcase name='t'><failure>no</failure><system-out>{attached}</system-out></testcase>"
    )
    rehearsed = runner.use(
        tiny,
        {
            "test-command": f"rmdir $REHEARSAL_EVIDENCE; {put} {foreign} $REHEARSAL_EVIDENCE\n"
            f'echo "<testsuite>{report}</testsuite>" > $REHEARSAL_JUNIT/a.xml; false'
        },
    )
    assert_verdict(rehearsed, "tests-failed")
    assert rehearsed.outputs["failures"] == "1"
    assert rehearsed.evidence
    assert not list(rehearsed.evidence.rglob("private.txt"))
    notices = str(json.loads(rehearsed.file("verdict.json"))["notices"])
    assert "Nothing of REHEARSAL_EVIDENCE was kept" in notices
    assert ("The attachment " in notices) is bool(attached)


def test_logs__are_out_of_reach(tiny: Repository, runner: Runner) -> None:
    """What the tests remove is written again, from what was held open; what they cut is named."""
    script = (
        "cd $REHEARSAL_EVIDENCE/../../evidence\n"
        "curl --silent $REHEARSAL_URL/before >/dev/null\n"
        "rm container.log\nmv build.log moved\nmkdir build.log\n"
        "echo 0123456789; until [ -s tests/output.log ]; do sleep 0.1; done; : >tests/output.log\n"
        "curl --silent $REHEARSAL_URL/after >/dev/null\n"
        "echo the end; false"
    )
    rehearsed = runner.use(tiny, {"test-command": script})
    assert_verdict(rehearsed, "tests-failed")
    log = rehearsed.file("container.log")
    assert "GET /before" in log
    assert "GET /after" in log
    assert "Dockerfile" in rehearsed.file("build.log")
    assert rehearsed.file("tests/output.log") == "the end\n"
    notices = json.loads(rehearsed.file("verdict.json"))["notices"]
    assert "While the tests ran, 11 bytes were cut off tests/output.log." in notices
    assert (
        "Removed or replaced while the tests ran: build.log, container.log. What was logged is "
        "there again."
    ) in notices
