"""Answers that HTTP allows and few servers give, and the advice for some that do not count."""

import json
import shutil
from pathlib import Path

import pytest

from ..advice import Scenario, obey
from .contract import assert_verdict
from .repository import Repository, repository_of
from .runner import Runner


@pytest.fixture
def odd_app(workdir: Path) -> Repository:
    return repository_of("odd_app", workdir / "repository")


@pytest.mark.parametrize(
    "mode", ["hints", "continue", "processing", "accept", "http10", "chunked", "noreason"]
)
def test_passed__odd_answers(mode: str, odd_app: Repository, runner: Runner) -> None:
    rehearsed = runner.use(odd_app, {"env": f"MODE={mode}"})
    assert_verdict(rehearsed, "passed")
    assert "gave HTTP status 200" in rehearsed.log


def assert_advice_helps(
    repository: Repository, runner: Runner, inputs: dict[str, str], diagnosis: str
) -> None:
    """Rehearse, obey what is proposed, and rehearse again."""
    refused = runner.use(repository, inputs)
    assert_verdict(refused, "not-ready")
    (found,) = json.loads(refused.file("verdict.json"))["diagnoses"]
    assert found["id"] == diagnosis
    obeyed = obey(found["paste"], Scenario(root=repository.root, inputs=inputs))
    assert_verdict(runner.use(repository, obeyed.inputs), "passed")


@pytest.mark.parametrize("mode", ["picky", "json"])
def test_request_refused__the_advice_helps(mode: str, odd_app: Repository, runner: Runner) -> None:
    inputs = {"env": f"MODE={mode}"}
    assert_advice_helps(odd_app, runner, inputs, "request-refused")


def test_ipv6_only__the_advice_helps(superlists: Repository, runner: Runner) -> None:
    inputs = {
        "generate-secrets": "DJANGO_SECRET_KEY",
        "env": "DJANGO_ALLOWED_HOST=localhost",
        "run-options": "--sysctl=net.ipv6.bindv6only=1",
        "test-command": "true",
    }
    shutil.rmtree(superlists.root / "functional_tests")
    superlists.replace("Dockerfile", r'^(CMD .*)":8888"', r'\1"[::]:8888"')
    assert_advice_helps(superlists, runner, inputs, "ipv6-only")
