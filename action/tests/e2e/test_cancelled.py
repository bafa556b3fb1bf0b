"""Cancelled as GitHub's runner does it, in every stage; killed outright; and several at once."""

import json
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from . import leftovers
from .contract import assert_verdict
from .deadlines import quickest
from .repository import Repository
from .runner import ActionResult, Runner, RunningStep, cancel

# Each holds a deadline of the contract.
pytestmark = pytest.mark.alone

# A cancelled rehearsal is over within this time, or the runner sends SIGTERM. In seconds. The
# contract says 5.0, which a quiet machine keeps.
PROMPT = 7.5
# From the signal to the reports, in seconds, however much the tests have left.
REPORTED = 3.0
REPORTS = ("verdict.json", "summary.md", "index.html")
# From the end of a rehearsal to the end of what it has started, in seconds. The contract says 2.0.
WATCHDOG = 6.0
HANGS = "python3 -m unittest checks.Hangs"


def cancelled_when(condition: Callable[[RunningStep], object]) -> Callable[[RunningStep], None]:
    """Cancel a step when it is so far, and hold its end against the contract."""

    def meanwhile(step: RunningStep) -> None:
        step.wait_until(condition)
        started = time.monotonic()
        cancel(step)
        took = time.monotonic() - started
        assert took < PROMPT, f"it took {took:.1f} s from the signal to the end of the step"

    return meanwhile


def gone(command: str) -> Callable[[Path], None]:
    """Look for a command before the clean-up step has had its turn: a laptop has none."""

    def between(_: Path) -> None:
        assert not leftovers.running(command)

    return between


def label(step: RunningStep) -> str:
    """Return the label on what the run has started."""
    (folder,) = step.temp.glob("rehearsal-*")
    return f"dress-rehearsal={folder.name.removeprefix('rehearsal-')}"


def containers(ours: str) -> list[str]:
    """Return the containers with that label."""
    return leftovers.engine("ps", "--all", "--quiet", "--filter", f"label={ours}").split()


def when(condition: Callable[[], object]) -> float:
    """Wait until it is so, for 20 s at most; return the time."""
    limit = time.monotonic() + 20
    while not condition() and time.monotonic() < limit:
        time.sleep(0.02)
    return time.monotonic()


def slow_client(folder: Path, verb: str) -> str:
    """Return a PATH whose docker clients say when they begin with `verb`.

    What they ask for comes true 1.2 s later, even if they are gone by then: engines are so.
    """
    places = os.environ["PATH"].split(os.pathsep)
    clients = [client for place in places if (client := Path(place, "docker")).exists()]
    for number, client in enumerate(clients):
        script = folder / f"clients/{number}/docker"
        script.parent.mkdir(parents=True)
        script.write_text(
            f'#!/bin/sh\n[ "$1" = {verb} ] || exec {client} "$@"\ntouch {folder}/reached\n'
            # Without the mark on what a rehearsal starts, as an engine is.
            f'env -u REHEARSAL_RUN sh -c "sleep 1.2; exec {client} \\"\\$@\\"" sh "$@" &\nwait $!\n'
        )
        script.chmod(0o755)
    return os.pathsep.join([*(f"{folder}/clients/{n}" for n in range(len(clients))), *places])


def assert_cancelled(rehearsed: ActionResult, *kept: str) -> None:
    assert_verdict(rehearsed, "cancelled")
    for name in kept:
        assert rehearsed.file(name), f"{name} is empty"
    assert not list(rehearsed.folder.glob("temp/*/staging")), "the clean-up step removes it"


def test_cancelled__while_it_builds(tiny: Repository, runner: Runner) -> None:
    seconds = f"4{runner.run_id}"
    tiny.replace("Dockerfile", r"^(COPY .*)$", rf"\1\nRUN echo building && sleep {seconds}")
    rehearsed = runner.use(
        tiny,
        meanwhile=cancelled_when(lambda step: " building\n" in step.file("build.log")),
        between=gone(f"sleep {seconds}"),
    )
    assert_cancelled(rehearsed, "build.log")
    assert rehearsed.outputs["image-id"] == ""


@pytest.mark.parametrize("verb", ["create", "start"])
def test_cancelled__while_it_starts(verb: str, tiny: Repository, runner: Runner) -> None:
    def nothing_is_left(_: Path) -> None:
        time.sleep(1.0)  # A laptop has no clean-up step: what comes true late must not stay either.
        assert not leftovers.of_the_engine(runner.run_id)

    rehearsed = runner.use(
        tiny,
        {"volumes": f"volume-{runner.run_id}:/data"},
        environment={"PATH": slow_client(runner.folder, verb)},
        meanwhile=cancelled_when(lambda _: (runner.folder / "reached").exists()),
        between=nothing_is_left,
    )
    assert_cancelled(rehearsed, "build.log")


def test_cancelled__while_it_is_set_up(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(
        tiny,
        {"setup-command": "echo migrating; sleep 600"},
        meanwhile=cancelled_when(lambda step: "migrating" in step.file("setup.log")),
    )
    assert_cancelled(rehearsed, "build.log", "setup.log", "container.json")


def test_cancelled__while_it_is_waited_for(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(
        tiny,
        {"env": "TINY_STATUS=503"},
        meanwhile=cancelled_when(lambda step: "GET /" in step.file("container.log")),
    )
    assert_cancelled(rehearsed, "build.log", "container.json")


def test_cancelled__while_it_is_tested(tiny: Repository, runner: Runner) -> None:
    escapes = f"setsid sleep 4{runner.run_id}"  # As browsers do: into a process group of its own.
    rehearsed = runner.use(
        tiny,
        {"test-command": f"touch $REHEARSAL_EVIDENCE/trace.png\n{escapes} &\n{HANGS}"},
        meanwhile=cancelled_when(lambda step: "starting a child" in step.file("tests/output.log")),
        between=gone(f"sleep 4{runner.run_id}"),
    )
    assert_cancelled(rehearsed, "build.log", "container.json", "tests/output.log")
    assert rehearsed.evidence is not None
    assert (rehearsed.evidence / "tests/trace.png").exists(), "what was staged is kept"


def test_cancelled__the_reports_wait_for_no_copying(
    tiny: Repository, runner: Runner, record_property: Callable[[str, object], None]
) -> None:
    stage = "for n in 1 2 3; do head -c 200000000 /dev/zero >$REHEARSAL_EVIDENCE/$n.webm; done"
    removed: list[float] = []

    def measure() -> float:
        reported: list[float] = []

        def meanwhile(step: RunningStep) -> None:
            step.wait_until(lambda step: "starting a child" in step.file("tests/output.log"))
            ours = label(step)
            started = time.monotonic()
            with ThreadPoolExecutor() as threads:
                told = threads.submit(when, lambda: all(map(step.file, REPORTS)))
                gone = threads.submit(when, lambda: not containers(ours))
                cancel(step)
                reported.append(told.result() - started)
                removed.append(gone.result() - started)

        rehearsed = runner.use(tiny, {"test-command": f"{stage}\n{HANGS}"}, meanwhile=meanwhile)
        assert_cancelled(rehearsed, *REPORTS)
        notices = json.loads(rehearsed.file("verdict.json"))["notices"]
        assert any("webm (200.0 MB) was left out: " in notice for notice in notices)
        assert rehearsed.summary.count("## ❌ Dress rehearsal: cancelled") == 1
        return reported[0]

    seconds = quickest(measure, REPORTED)
    record_property("seconds from the signal to the reports", round(seconds, 2))
    record_property("seconds from the signal to the container's end", round(min(removed), 2))
    assert seconds < REPORTED
    assert min(removed) < PROMPT


@pytest.mark.parametrize("tests", ["Page", "Wrong"])
def test_cancelled__while_it_stops(tests: str, tiny: Repository, runner: Runner) -> None:
    # This app does not hear SIGTERM, so that stopping it takes its 10 s.
    tiny.replace("app.py", r"^    signal\.signal\(.*$", "    signal.signal(signal.SIGTERM, stay)")
    tiny.replace("app.py", "^def main", "def stay(*_): print('staying', flush=True)\n\n\ndef main")
    rehearsed = runner.use(
        tiny,
        {"test-command": f"python3 -m unittest checks.{tests}"},
        meanwhile=cancelled_when(lambda step: "staying" in step.file("container.log")),
    )
    assert_cancelled(rehearsed, "container.json", "tests/output.log")
    assert rehearsed.outputs["tests"] == "1"


def test_killed__the_watchdog_removes_all_and_the_clean_up_tells(
    tiny: Repository, runner: Runner, run_id: str
) -> None:
    def kill(step: RunningStep) -> None:
        step.wait_until(lambda step: "starting a child" in step.file("tests/output.log"))
        step.send(signal.SIGKILL)
        deadline = time.monotonic() + WATCHDOG
        while (left := what_is_left(label(step))) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not left, f"after {WATCHDOG} s there are still {left}"

    def what_is_left(ours: str) -> list[str]:
        children = [line for line in leftovers.of_processes(run_id, 0) if "unittest" in line]
        return [
            *children,
            *containers(ours),
            *leftovers.engine("volume", "ls", "--quiet", "--filter", f"label={ours}").split(),
        ]

    inputs = {"test-command": HANGS, "volumes": f"volume-{run_id}:/data"}
    rehearsed = runner.use(tiny, inputs, meanwhile=kill)
    assert rehearsed.exit_code == 128 + signal.SIGKILL or rehearsed.exit_code == -signal.SIGKILL
    assert rehearsed.outputs["verdict"] == "cancelled"
    assert rehearsed.clean_up["upload"] == "true"
    assert rehearsed.clean_up["artifact-name"]
    assert "starting a child" in rehearsed.file("tests/output.log"), "what was written is kept"
    assert not list(rehearsed.folder.glob("temp/*/staging")), "what was staged is dropped"
