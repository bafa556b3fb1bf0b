"""The reusable workflow, called as its callers do, from its first job to its last."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from .act import Act, ActRun
from .machine import CHECKOUT
from .planted import find
from .repository import Repository, repository_of
from .workflow import AFTERWARDS, calling, recorded

HERE = "./.github/workflows/rehearsal.yml"
WORKFLOW = (CHECKOUT / HERE).read_text()
# Each shard has a test of its own.
SHARDS = """
import checks


class Part1(checks.Page):
    pass


class Part2(checks.{second}):
    pass
"""
TWO = {"shards": 2, "test-command": 'python3 -m unittest "shards.Part${REHEARSAL_SHARD%/*}"'}
ONE = {"test-command": "python3 -m unittest checks.Page"}
KEY = "a key that only the container has"


def given(repository: Repository, *jobs: str) -> None:
    """Put the workflow of this checkout there, with a record of these jobs."""
    text = WORKFLOW
    for job in jobs:
        text = recorded(text, job)
    repository.write(HERE, text)


def call(
    act: Act,
    repository: Repository,
    inputs: Mapping[str, object],
    secrets: Mapping[str, str] | None = None,
    uses: str = HERE,
    others: Mapping[str, Repository] | None = None,
) -> ActRun:
    handed = {name: f"{name.upper()}=${{{{ secrets.{name} }}}}" for name in secrets or {}}
    text = calling(uses, inputs, {"container-secrets": "\n".join(handed.values())})
    return act.push(repository, text, secrets=secrets, others=others, job=AFTERWARDS)


def outputs(run: ActRun) -> Mapping[str, str]:
    (record,) = run.of_job(AFTERWARDS)
    return record.needs["rehearse"].outputs


def result(run: ActRun) -> str:
    (record,) = run.of_job(AFTERWARDS)
    return record.needs["rehearse"].result


def verdict(evidence: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((evidence / "verdict.json").read_text())
    return found


def test_two_shards__one_verdict(tiny: Repository, act: Act) -> None:
    given(tiny, "build", "rehearse", "merge")
    tiny.write("shards.py", SHARDS.format(second="Page"))
    inputs = {**TWO, "browsers": '["chrome", "firefox"]', "test-env": "MORE=1"}
    run = call(act, tiny, inputs, {"TINY_KEY": KEY})
    assert run.exit_code == 0
    assert result(run) == "success"
    told = outputs(run)
    assert told["verdict"] == "passed"
    assert (told["tests"], told["failures"], told["flaky"]) == ("4", "0", "0")
    legs = run.of_job("rehearse")
    images = {leg.steps["rehearsal"].outputs["image-id"] for leg in legs}
    assert images == {told["image-id"]}
    assert told["image-config"] == told["image-id"]
    assert told["image-artifact"] == "dress-rehearsal-image"
    assert set(run.artifacts) == {
        "dress-rehearsal",
        "dress-rehearsal-image",
        "dress-rehearsal.1-of-2.chrome",
        "dress-rehearsal.2-of-2.chrome",
        "dress-rehearsal.1-of-2.firefox",
        "dress-rehearsal.2-of-2.firefox",
    }
    assert told["evidence-artifact"] == "dress-rehearsal"
    merged = verdict(run.artifacts["dress-rehearsal"])
    assert (merged["verdict"], merged["image-id"]) == ("passed", told["image-id"])
    assert len(merged["shards"]) == 4  # type: ignore[arg-type]
    assert "chrome" in run.summary
    assert "firefox" in run.summary
    (build,) = run.builds
    assert build["cacheFrom"] == ["type=gha,scope=dress-rehearsal"]
    assert_nothing_leaked(run)


def assert_nothing_leaked(run: ActRun) -> None:
    places = {"the log": run.everything_logged, "the summary": run.summary.encode()}
    for folder in run.artifacts.values():
        places |= {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert not find({"TINY_KEY": KEY}, places)
