import os
from pathlib import Path
from typing import Any

import pytest

from rehearsal.config.parser import make_plan
from rehearsal.config.preflight import PRIVILEGED_EVENTS
from rehearsal.pipeline.find_venv_cache import find_venv_cache

NOT_KEPT = "The virtual environment of the tests is not kept: "


def find(
    tmp_path: Path, *, local: bool = False, inputs: dict[str, str] | None = None, **env: str
) -> tuple[Path | None, str]:
    project = tmp_path / "project"
    project.mkdir(exist_ok=True)
    (project / "Dockerfile").touch()
    (project / "requirements.txt").touch()
    given = {"test-command": "true", "test-requirements": "requirements.txt", **(inputs or {})}
    plan = make_plan(given, environ={}, top=project)
    cache, reason = find_venv_cache(plan, {"HOME": str(tmp_path), **env}, local=local)
    return cache.folder if cache else None, reason


ASKED = {"test-cache": "true"}


def test_find_venv_cache__on_a_laptop(tmp_path: Path) -> None:
    folder = tmp_path / ".cache/dress-rehearsal/venvs"
    assert find(tmp_path, local=True) == (folder, "")
    assert find(tmp_path, local=True, GITHUB_EVENT_NAME="workflow_run") == (folder, "")
    caches = tmp_path / "caches"
    found = find(tmp_path, local=True, XDG_CACHE_HOME=str(caches))
    assert found == (caches / "dress-rehearsal/venvs", "")
    assert find(tmp_path, local=True, XDG_CACHE_HOME="relative") == (folder, "")
    assert not folder.exists()


@pytest.mark.parametrize("inputs", [{"test-requirements": "none"}, {"test-command": ""}])
def test_find_venv_cache__nothing_to_keep(tmp_path: Path, inputs: dict[str, str]) -> None:
    assert find(tmp_path, local=True, inputs=inputs) == (None, "")
    assert find(tmp_path, inputs=ASKED | inputs) == (None, "")


@pytest.mark.parametrize("event", ["push", "schedule", "workflow_dispatch", "release", ""])
def test_find_venv_cache__on_a_runner_where_asked(tmp_path: Path, event: str) -> None:
    assert find(tmp_path, GITHUB_EVENT_NAME=event) == (None, "")
    found = find(tmp_path, inputs=ASKED, GITHUB_EVENT_NAME=event)
    assert found == (tmp_path / ".cache/dress-rehearsal/venvs", "")


@pytest.mark.parametrize("event", PRIVILEGED_EVENTS)
def test_find_venv_cache__never_where_strangers_start_runs_with_secrets(
    tmp_path: Path, event: str
) -> None:
    given: Any = {"GITHUB_EVENT_NAME": event, "RUNNER_ENVIRONMENT": "github-hosted"}
    reason = f"{NOT_KEPT}on {event}, {PRIVILEGED_EVENTS[event]}."
    assert find(tmp_path, inputs=ASKED, **given) == (None, reason)


def test_find_venv_cache__for_a_pull_request_only_on_a_runner_of_github(tmp_path: Path) -> None:
    event: Any = {"inputs": ASKED, "GITHUB_EVENT_NAME": "pull_request"}
    assert find(tmp_path, RUNNER_ENVIRONMENT="github-hosted", **event)[0]
    for runner in ("self-hosted", ""):
        folder, reason = find(tmp_path, RUNNER_ENVIRONMENT=runner, **event)
        assert folder is None
        assert "on a runner of one's own, a pull request could leave code" in reason


def test_find_venv_cache__without_a_home(tmp_path: Path) -> None:
    told = (None, f"{NOT_KEPT}HOME is not set (the folder .cache).")
    assert find(tmp_path, local=True, HOME="") == told


def test_find_venv_cache__in_the_build_context(tmp_path: Path) -> None:
    caches = tmp_path / "project/.cache"
    folder, reason = find(tmp_path, local=True, XDG_CACHE_HOME=str(caches))
    assert (folder, reason) == (
        None,
        f"{NOT_KEPT}{caches}/dress-rehearsal/venvs is in the build context.",
    )
    found = find(tmp_path, local=True, inputs={"image": "app"}, XDG_CACHE_HOME=str(caches))
    assert found[0], "there is no build context"


def test_find_venv_cache__of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with sudo, where HOME is still that of the user."""
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    assert find(tmp_path, local=True) == (
        None,
        f"{NOT_KEPT}It belongs to another user ({tmp_path}).",
    )
