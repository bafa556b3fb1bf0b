"""Hostile test suites, killed and cancelled at random moments.

`make test` makes the same ten rounds each time. `make chaos` makes fifty others; their seed is in
the names of the tests. `make chaos SEED=… ROUNDS=N` makes the first N of them again.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import pytest

from . import leftovers
from .machine import tool
from .planted_secrets import assert_no_leak
from .repository import Repository
from .runner import Runner, RunningStep, cancel

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "10"))
SEED = os.environ.get("CHAOS_SEED", "dress rehearsal")
HOSTILE = Path(__file__).parent / "fixtures/hostile/hostile.py"
# After the clean-up step nothing may be left for longer than this, in seconds, on a busy machine.
# test_cancelled.py holds the deadlines.
PATIENCE = 60.0
# How long the harmed suite still runs, and how long after its harm the attack may come, in seconds.
SUITE_SECONDS, LATEST = 1.5, 2.5
SUITES = (
    "nests_folders", "makes_odd_files", "replaces_its_folder", "replaces_the_staging_folder",
    "replaces_the_evidence", "forges_the_note", "breaks_the_note", "hides_a_process",
    "stages_secrets", "stages_much",
)  # fmt: skip


def ours(step: RunningStep) -> str:
    """Return the filter for what the run has labelled."""
    (folder,) = step.temp.glob("rehearsal-*")
    return f"label=dress-rehearsal={folder.name.removeprefix('rehearsal-')}"


def nothing(_: RunningStep) -> None:
    """Let the suite do its harm, and the rehearsal come to its own end."""


def terminate(step: RunningStep) -> None:
    step.send(signal.SIGTERM)


def kill_helper(step: RunningStep) -> None:
    step.send(signal.SIGKILL)


def kill_container(step: RunningStep) -> None:
    for container in leftovers.engine("ps", "--quiet", "--filter", ours(step)).split():
        subprocess.run([str(tool("docker")), "kill", container], check=False, capture_output=True)


def kill_client(step: RunningStep) -> None:
    """Kill the clients of the engine that the helper has started."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            command = (process / "cmdline").read_bytes().split(b"\0")[0]
        except (OSError, ValueError, IndexError):
            continue
        if parent == step.pid and command.endswith(b"docker"):
            os.kill(int(process.name), signal.SIGKILL)


ATTACKS: tuple[Callable[[RunningStep], None], ...] = (
    nothing, cancel, terminate, kill_helper, kill_container, kill_client,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Round:
    """One suite, one attack, and how many seconds after its moment."""

    suite: str
    attack: Callable[[RunningStep], None]
    delay: float
    while_it_tests: bool

    def __str__(self) -> str:
        moment = "the harm" if self.while_it_tests else "the start"
        return f"{self.suite}, {self.attack.__name__} {self.delay:.2f} s after {moment}"

    def strike(self, step: RunningStep) -> None:
        """Attack when it is time, unless the step is over by then."""
        if self.while_it_tests:
            step.wait_until(lambda step: "the harm is done" in step.log or "verdict:" in step.log)
        else:
            # A signal during the start of Python ends it, before anything is ours.
            step.wait_until(lambda step: list(step.temp.glob("rehearsal-*/staging")))
        if not step.ends_within(self.delay):
            self.attack(step)


Item = TypeVar("Item")


def shuffled(items: Sequence[Item], chance: random.Random) -> Iterator[Item]:
    """Yield all items in some order, then all in another, without end."""
    while True:
        yield from chance.sample(items, len(items))


def rounds() -> list[Round]:
    """Make the rounds of this seed: each suite and each attack in turn."""
    chance = random.Random(SEED)  # noqa: S311  (it hides nothing)
    pairs = zip(shuffled(SUITES, chance), shuffled(ATTACKS, chance), strict=True)
    return [
        Round(
            suite=suite,
            attack=attack,
            delay=chance.uniform(0, LATEST) * chance.random(),
            while_it_tests=chance.random() < 0.75,
        )
        for suite, attack in islice(pairs, ROUNDS)
    ]


@pytest.mark.parametrize("attacked", rounds(), ids=lambda attacked: f"{SEED}: {attacked}")
def test_chaos(attacked: Round, tiny: Repository, runner: Runner, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "theirs.txt").write_text(f"foreign-{runner.run_id}")
    secrets = {"TINY_KEY": f"planted-{runner.run_id}/~secret"}
    hidden = f"4{runner.run_id}"
    tiny.write("hostile.py", HOSTILE.read_text())
    tiny.commit("Hostile tests")
    inputs = {
        "secrets": "TINY_KEY",
        "test-command": f"python3 hostile.py {attacked.suite}",
        "test-env": f"FOREIGN={foreign}\nMARK={hidden}\nSECONDS={SUITE_SECONDS}\n"
        f"STOLEN={secrets['TINY_KEY']}",
        "volumes": f"volume-{runner.run_id}:/data",
    }
    left = runner.use(tiny, inputs, environment=secrets, meanwhile=attacked.strike)
    limit = time.monotonic() + PATIENCE
    while (
        found := [
            *leftovers.of_the_engine(runner.run_id),
            *leftovers.of_processes(runner.run_id, 0),
            *leftovers.running(f"sleep {hidden}"),
        ]
    ) and time.monotonic() < limit:
        time.sleep(0.1)
    assert not found, f"after {PATIENCE} s there is still {found}"
    assert [path.name for path in foreign.iterdir()] == ["theirs.txt"]
    assert (foreign / "theirs.txt").read_text() == f"foreign-{runner.run_id}"
    if left.evidence and left.evidence.is_symlink():
        # What stands in its place is nobody's evidence.
        assert left.clean_up["upload"] == "false"
    else:
        everything = left.everything()
        assert_no_leak(secrets, everything)
        assert_no_leak({"a foreign file": f"foreign-{runner.run_id}"}, everything)
    survived = left.exit_code >= 0 and left.exit_code != 128 + signal.SIGKILL
    if survived:
        assert json.loads(left.file("verdict.json"))["verdict"] == left.outputs["verdict"]
    # The rest of a tree that is too deep for its path.
    shutil.rmtree(tmp_path, ignore_errors=True)
