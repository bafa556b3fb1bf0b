"""Several rehearsals at once on one engine, beside what belongs to others."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .contract import assert_verdict
from .leftovers import engine
from .machine import base_image
from .repository import Repository
from .runner import Runner, RunningStep

# Tests that go on until the other rehearsal's do, so that both are there at the same time.
TOGETHER = """
import os, time, unittest
from pathlib import Path
from checks import get

class Together(unittest.TestCase):
    def test_waits_for_the_other(self):
        mine, other = (Path(os.environ[name]) for name in ("MINE", "OTHER"))
        mine.touch()
        for _ in range(2400):
            if other.exists():
                break
            time.sleep(0.05)
        else:
            self.fail("the other never came")
        get("/" + mine.name)
        self.assertNotIn("FAILS", os.environ)
"""


@pytest.fixture
def neighbours(run_id: str) -> Iterator[list[str]]:
    """A container, a volume and a network of somebody else's, who rehearses too."""
    name = f"neighbour-of-{run_id[::-1]}"
    mark = ("--label", "dress-rehearsal=somebody-else-1-abcdef01")
    engine("volume", "create", *mark, name)
    engine("network", "create", *mark, name)
    # It holds on to both, and to the name that a rehearsal's image has.
    engine("tag", base_image(), f"rehearsed/neighbour:{name}")
    engine("run", "--detach", "--name", name, *mark, "--network", name, "--volume", f"{name}:/data",
           f"rehearsed/neighbour:{name}", "sleep", "600")  # fmt: skip
    yield [name]
    engine("rm", "--force", name)
    engine("network", "rm", name)
    engine("volume", "rm", name)
    engine("image", "rm", f"rehearsed/neighbour:{name}")


def assert_all_there(name: str) -> None:
    assert engine("inspect", "--format", "{{.State.Running}}", name).strip() == "true"
    assert name in engine("volume", "ls", "--quiet").split()
    assert name in engine("network", "ls", "--format", "{{.Name}}").split()
    assert engine("image", "ls", "--quiet", f"rehearsed/neighbour:{name}").strip()


def test_side_by_side__each_cleans_up_its_own(
    tiny: Repository, runner: Runner, workdir: Path, run_id: str, neighbours: list[str]
) -> None:
    def together(mine: str, other: str, more: str = "") -> dict[str, str]:
        return {
            "test-command": "python3 -m unittest together",
            "test-env": f"MINE={workdir}/{mine}\nOTHER={workdir}/{other}\n{more}",
            "volumes": f"{mine}-{run_id}:/data\nshared-{run_id}:/shared",
        }

    engine("volume", "create", f"shared-{run_id}")
    tiny.write("together.py", TOGETHER)
    try:
        with ThreadPoolExecutor() as both:
            first = both.submit(runner.use, tiny, together("good", "bad"))
            second = both.submit(runner.use, tiny, together("bad", "good", "FAILS=1"))
        good, bad = first.result(), second.result()
        assert f"shared-{run_id}" in engine("volume", "ls", "--quiet").split(), (
            "it was there before"
        )
    finally:
        engine("volume", "rm", f"shared-{run_id}")
    assert_verdict(good, "passed")
    assert_verdict(bad, "tests-failed")
    assert good.outputs["artifact-name"] != bad.outputs["artifact-name"]
    assert "GET /good " in good.file("container.log")
    assert "GET /bad " not in good.file("container.log")
    assert "GET /bad " in bad.file("container.log")
    assert "GET /good " not in bad.file("container.log")
    assert not [v for v in engine("volume", "ls", "--quiet").split() if run_id in v]
    for name in neighbours:
        assert_all_there(name)


def test_side_by_side__one_is_killed_and_the_other_goes_on(
    tiny: Repository, runner: Runner, workdir: Path, neighbours: list[str]
) -> None:
    def kill(step: RunningStep) -> None:
        step.wait_until(lambda _: (workdir / "mine").exists())
        step.wait_until(lambda step: "starting a child" in step.file("tests/output.log"))
        step.send(signal.SIGKILL)

    wait = f"touch {workdir}/mine; until [ -e {workdir}/killed ]; do sleep 0.05; done; sleep 1"
    with ThreadPoolExecutor() as both:
        surviving = both.submit(
            runner.use, tiny, {"test-command": f"{wait}\npython3 -m unittest checks.Page"}
        )
        killed = runner.use(
            tiny, {"test-command": "python3 -m unittest checks.Hangs"}, meanwhile=kill
        )
        (workdir / "killed").touch()
        survivor = surviving.result()
    assert killed.outputs["verdict"] == "cancelled"
    assert killed.clean_up["upload"] == "true"
    assert_verdict(survivor, "passed")
    assert survivor.outputs["tests"] == "1"
    for name in neighbours:
        assert_all_there(name)
