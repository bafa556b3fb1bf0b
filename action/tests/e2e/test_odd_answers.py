"""Answers that HTTP allows and few servers give, and the advice for some that do not count."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from .contract import assert_verdict
from .repository import Repository, repository_of
from .runner import ActionResult, Runner


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


def advice(rehearsed: ActionResult, diagnosis: str) -> str:
    """Return the text to paste, without the comments that say where."""
    assert_verdict(rehearsed, "not-ready")
    (found,) = json.loads(rehearsed.file("verdict.json"))["diagnoses"]
    assert found["id"] == diagnosis
    return "\n".join(line for line in found["paste"].splitlines() if not line.startswith("#"))


@pytest.mark.parametrize("mode", ["picky", "json"])
def test_request_refused__the_advice_helps(mode: str, odd_app: Repository, runner: Runner) -> None:
    env = {"env": f"MODE={mode}"}
    refused = runner.use(odd_app, {**env, "ready-timeout": "1"})
    pasted = yaml.safe_load(advice(refused, "request-refused"))
    assert_verdict(runner.use(odd_app, env | pasted), "passed")


def test_speaks_https__the_advice_helps(tiny: Repository, runner: Runner) -> None:
    inputs = {"env": "TINY_FAULT=tls"}
    pasted = yaml.safe_load(advice(runner.use(tiny, inputs), "speaks-https"))
    assert_verdict(runner.use(tiny, inputs | pasted), "passed")


def test_ipv6_only__the_advice_helps(superlists: Repository, runner: Runner) -> None:
    inputs = {
        "generate-secrets": "DJANGO_SECRET_KEY",
        "env": "DJANGO_ALLOWED_HOST=localhost",
        "run-options": "--sysctl=net.ipv6.bindv6only=1",
        "test-command": "true",
    }
    shutil.rmtree(superlists.root / "functional_tests")
    superlists.replace("Dockerfile", r'^(CMD .*)":8888"', r'\1"[::]:8888"')
    pasted = advice(runner.use(superlists, inputs), "ipv6-only")
    superlists.replace("Dockerfile", r"^CMD .*$", pasted.replace("PROJECT", "superlists"))
    assert_verdict(runner.use(superlists, inputs), "passed")
