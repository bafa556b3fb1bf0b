"""One image on two engines: built on the machine's own, and handed over to one of with-engine."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .leftovers import engine, remove_images
from .machine import ACTION
from .registry import Registry
from .repository import Repository
from .runner import LocalRun, Runner

pytestmark = pytest.mark.second_engine
COMMAND = "python3 -c \"import os, urllib.request as r; r.urlopen(os.environ['REHEARSAL_URL'])\""


def on_the_machine() -> dict[str, str]:
    """Return the environment in which the client reaches the machine's own engine."""
    return {"DOCKER_HOST": os.environ["E2E_MACHINE_ENGINE"]}


def in_its_network() -> tuple[str, ...]:
    """Return the command before one that reaches the ports of the machine's own engine."""
    return ("nsenter", f"--net={os.environ['E2E_MACHINE_NETWORK']}")


def verdict_of(run: LocalRun) -> dict[str, str]:
    assert run.exit_code == 0, run.output.decode()
    (found,) = run.temp.glob("*/evidence/verdict.json")
    document: dict[str, str] = json.loads(found.read_text())
    return document


def test_hand_over__between_jobs_across_image_stores(
    tiny: Repository, runner: Runner, registry: Registry, run_id: str, workdir: Path
) -> None:
    inputs = {"test-command": COMMAND, "evidence": "always"}
    built = runner.run_locally(
        tiny, inputs | {"shard": "1/2"}, environment=on_the_machine(), before=in_its_network()
    )
    first = verdict_of(built)
    archive = workdir / "image.tar"
    name = f"handed-over:{run_id}"
    machine = os.environ | on_the_machine()
    subprocess.run(["docker", "tag", first["image-id"], name], env=machine, check=True)
    subprocess.run(["docker", "save", "--output", str(archive), name], env=machine, check=True)
    engine("load", "--quiet", "--input", str(archive))

    second_run = runner.run_locally(tiny, inputs | {"image": name, "shard": "2/2"})
    second = verdict_of(second_run)
    assert second["image-config"] == first["image-config"] == first["image-id"]
    is_other_store = os.environ["E2E_ENGINE"] == "28c"
    assert (second["image-id"] != first["image-id"]) is is_other_store

    found = workdir / "found"
    for number, run in enumerate((built, second_run)):
        (evidence,) = run.temp.glob("*/evidence")
        shutil.copytree(evidence, found / str(number))
    merged = workdir / "merged"
    rehearse("merge", str(found), "--expect", "2", "--into", str(merged))
    document = json.loads((merged / "verdict.json").read_text())
    assert document["verdict"] == "passed"
    assert document["image-config"] == first["image-config"]

    to = f"{registry.host}/{run_id}/app:1"
    local_id = second["image-id"]
    rehearse("publish", "--evidence-path", str(merged), "--image-id", local_id, "--to", to)
    held = registry.holds(f"{run_id}/app", "1")
    assert held is not None
    assert held[1] == first["image-config"]


@pytest.fixture(autouse=True)
def _nothing_is_left_on_the_machine(run_id: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    with monkeypatch.context() as context:
        context.setenv("DOCKER_HOST", on_the_machine()["DOCKER_HOST"])
        remove_images(run_id)


def rehearse(*arguments: str) -> None:
    """Run a sub-command of the action, and show what it printed."""
    command = [sys.executable, "-I", str(ACTION), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(done.stdout, done.stderr)
    assert done.returncode == 0
