"""The harness itself, where it needs an engine: what would make scenarios pass that should not."""

import os
import subprocess

import pytest

from . import leftovers
from .repository import Repository
from .runner import Runner


def test_repository__replace_that_matches_nothing_fails(tiny: Repository) -> None:
    with pytest.raises(AssertionError, match="adapt the scenario"):
        tiny.replace("Dockerfile", "^WORKDIR", "")


def test_runner__unknown_expression_is_refused(tiny: Repository, runner: Runner) -> None:
    tiny.replace("action/action.yml", r"\$\{\{ toJSON\(inputs\) \}\}", "${{ hashFiles('x') }}")
    with pytest.raises(NotImplementedError, match="hashFiles"):
        runner.use(tiny)


def test_leftovers__a_process_is_seen(run_id: str) -> None:
    with subprocess.Popen(
        ["sh", "-c", "echo here; read -r _"],
        env=os.environ | {"REHEARSAL_E2E": run_id},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as left:
        assert left.stdout is not None
        left.stdout.readline()
        assert str(left.pid) in "".join(leftovers.of_processes(run_id, patience=0))


def test_leftovers__a_volume_is_seen(run_id: str) -> None:
    leftovers.engine("volume", "create", "--label", f"whose={run_id}", f"volume-{run_id}")
    try:
        assert f"volume-{run_id}" in "".join(leftovers.of_the_engine(run_id))
    finally:
        leftovers.engine("volume", "rm", f"volume-{run_id}")
