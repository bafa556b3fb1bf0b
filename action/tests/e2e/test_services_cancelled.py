"""Cancelled and killed, with services: nothing of theirs is left, their network included."""

import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from . import leftovers
from .contract import assert_verdict
from .repository import Repository
from .runner import Runner, RunningStep
from .service_faults import WITH_REDIS
from .services import POSTGRES, REDIS, all_volumes, anonymous_volumes, containers, label, networks
from .test_cancelled import cancelled_when

# Each holds a deadline of the contract.
pytestmark = [pytest.mark.alone, pytest.mark.usefixtures("service_images")]

# In seconds, from the end of a rehearsal to the end of what it has started. A quiet machine needs
# a third of it.
WATCHDOG = 15.0
TWO = {
    "services": f"postgres={POSTGRES}\nredis={REDIS}",
    "service-env": "postgres.POSTGRES_PASSWORD=a-word-for-tests",
    "workers": "mail=python -u /app.py",
    "test-command": "python3 -m unittest checks.Hangs",
}
WHILE_WAITING = {**WITH_REDIS, "service-ready": "redis=6380"}


def is_waiting(step: RunningStep) -> bool:
    return "Ready to accept connections" in step.file("services/redis.log")


def is_testing(step: RunningStep) -> bool:
    return "starting a child" in step.file("tests/output.log")


@pytest.mark.parametrize(
    "inputs, condition",
    [
        pytest.param(WHILE_WAITING, is_waiting, id="waiting"),
        pytest.param(
            {**WITH_REDIS, "before-command": "echo migrating; sleep 600"},
            lambda step: "migrating" in step.file("before.log"),
            id="before-command",
        ),
        pytest.param(TWO, is_testing, id="tests"),
    ],
)
def test_cancelled__nothing_is_left(
    inputs: Mapping[str, str],
    condition: Callable[[RunningStep], object],
    tiny: Repository,
    runner: Runner,
) -> None:
    volumes: set[str] = set()

    def is_so_far(step: RunningStep) -> bool:
        if not condition(step):
            return False
        volumes.update(anonymous_volumes(label(step)))
        return True

    def nothing_is_left(_: Path) -> None:
        # A laptop has no clean-up step.
        assert not leftovers.of_the_engine(runner.run_id)
        assert not volumes & all_volumes()

    rehearsed = runner.use(
        tiny, inputs, meanwhile=cancelled_when(is_so_far), between=nothing_is_left
    )
    assert volumes
    assert_verdict(rehearsed, "cancelled")
    assert rehearsed.file("services/redis.log")
    assert rehearsed.file("services/redis.json")


@pytest.mark.parametrize(
    "inputs, condition",
    [
        pytest.param(WHILE_WAITING, is_waiting, id="waiting"),
        pytest.param(TWO, is_testing, id="tests"),
    ],
)
def test_killed__the_watchdog_removes_all(
    inputs: Mapping[str, str],
    condition: Callable[[RunningStep], object],
    tiny: Repository,
    runner: Runner,
) -> None:
    def kill(step: RunningStep) -> None:
        step.wait_until(condition)
        ours = label(step)
        assert networks(ours)
        volumes = anonymous_volumes(ours)
        assert volumes
        step.send(signal.SIGKILL)
        deadline = time.monotonic() + WATCHDOG
        while left := {*containers(ours), *networks(ours), *(volumes & all_volumes())}:
            if time.monotonic() >= deadline:
                break
            time.sleep(0.05)
        assert not left, f"after {WATCHDOG} s there are still {left}"

    rehearsed = runner.use(tiny, inputs, meanwhile=kill)
    assert rehearsed.outputs["verdict"] == "cancelled"
    assert rehearsed.file("services/redis.log"), "what was written is kept"
