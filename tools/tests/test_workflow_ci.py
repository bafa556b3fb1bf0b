"""ci.yml: branch protection requires the job `gate`, which passes only when every other job did."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

_TOP = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def jobs() -> dict[str, Any]:
    workflow = yaml.safe_load((_TOP / ".github/workflows/ci.yml").read_text())
    jobs: dict[str, Any] = workflow["jobs"]
    return jobs


def test_gate__needs_every_other_job(jobs: dict[str, Any]) -> None:
    assert sorted(jobs["gate"]["needs"]) == sorted(jobs.keys() - {"gate"})


def test_gate__runs_whatever_happened(jobs: dict[str, Any]) -> None:
    assert jobs["gate"]["if"] == "always()"


@pytest.mark.parametrize(
    "results, passes",
    [
        pytest.param("success success success", True, id="all succeeded"),
        pytest.param("success", True, id="only one, succeeded"),
        pytest.param("success failure success", False, id="one failed"),
        pytest.param("success success skipped", False, id="one skipped"),
        pytest.param("cancelled success success", False, id="one cancelled"),
        pytest.param("", False, id="none at all"),
    ],
)
def test_gate__passes_only_on_success(jobs: dict[str, Any], results: str, passes: bool) -> None:
    script = jobs["gate"]["steps"][0]["run"]
    # As the runner does it.
    ended = subprocess.run(
        ["bash", "-e", "-c", script],
        env={"RESULTS": results},
        check=False,
        stdout=subprocess.DEVNULL,
    )
    assert (ended.returncode == 0) is passes


def test_e2e__the_shards_together_are_the_whole_suite(jobs: dict[str, Any]) -> None:
    shards = jobs["e2e"]["strategy"]["matrix"]["shard"]
    assert shards == list(range(1, len(shards) + 1))
    step = jobs["e2e"]["steps"][-1]
    assert step["env"] == {"ARGS": f"--splits {len(shards)} --group ${{{{ matrix.shard }}}}"}
    assert step["run"] == "sudo --preserve-env=ARGS make e2e"


def test_e2e__make_takes_its_arguments_from_the_environment() -> None:
    dry_run = subprocess.run(
        ["make", "--dry-run", "e2e"],
        cwd=_TOP,
        env=os.environ | {"ARGS": "--splits 4 --group 2"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert "tools/e2e --splits 4 --group 2" in dry_run.stdout.splitlines()


def test_jobs__have_a_time_limit_and_say_their_permissions(jobs: dict[str, Any]) -> None:
    for name, job in jobs.items():
        assert "timeout-minutes" in job, name
        assert "permissions" in job, name
