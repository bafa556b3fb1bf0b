"""The audit of a whole image that passes every check."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .repository import Repository, repository_of
from .runner import ActionResult, Runner

# With these the app of `fixtures/sound_app` passes every check.
SOUND_APP = {"secrets": "APP_SECRET", "audit": "enforce", "audit-active": "true"}
SECRETS = {"APP_SECRET": "planted for the audit of a sound app"}
# The checks that a project without Django cannot have.
DJANGO_ONLY = {"deploy-check", "migrations"}


def findings(rehearsed: ActionResult, outcome: str) -> dict[str, Mapping[str, Any]]:
    """Return the findings that ended so, by their ids."""
    found = json.loads(rehearsed.file("verdict.json"))["audit"]["findings"]
    return {each["id"]: each for each in found if each["outcome"] == outcome}


def audited(repository: Repository, runner: Runner, inputs: Mapping[str, str]) -> ActionResult:
    """Rehearse without tests, and keep the evidence."""
    own = {"test-command": "true", "evidence": "always"}
    return runner.use(repository, {**own, **inputs}, environment=SECRETS)


def test_passed__every_check(workdir: Path, runner: Runner) -> None:
    repository = repository_of("sound_app", workdir / "repository")
    rehearsed = audited(repository, runner, SOUND_APP)
    assert not findings(rehearsed, "failed")
    assert set(findings(rehearsed, "skipped")) <= DJANGO_ONLY
    assert rehearsed.outputs["verdict"] == "passed"
