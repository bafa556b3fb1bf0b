import json
import os
import re
import subprocess
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from rehearsal.commands.origin import (
    checkout_origin,
    inputs_origin,
    read_origin,
    summarize_request,
    workflow_path,
)
from rehearsal.config.given_inputs import GivenInputs
from rehearsal.config.rehearsal_plan import Plan
from rehearsal.diagnosis.paste import InputsOrigin
from rehearsal.results.origin import Origin, RequestSummary

from ..fakes import PLAN, probe_plan, suite_plan

CHECKOUT = Path(__file__).resolve().parents[3]
GITHUB = {
    "GITHUB_REPOSITORY": "owner/app",
    "GITHUB_RUN_ATTEMPT": "2",
    "GITHUB_RUN_ID": "77",
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_SHA": "c0ffee",
    "GITHUB_REF": "refs/tags/v1",
}
GIT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CEILING_DIRECTORIES": "/",
    **{f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def test_inputs_origin__of_a_step() -> None:
    environ = {
        **GITHUB,
        "GITHUB_WORKFLOW_REF": "owner/app/.github/workflows/ci.yml@refs/heads/main",
    }
    request = GivenInputs(inputs={"env": "A=b", "ready-path": "/"}, environ={}, top=Path())
    assert inputs_origin(request, environ, local=False) == InputsOrigin(
        workflow=".github/workflows/ci.yml", given=("env",)
    )


def test_inputs_origin__of_a_call() -> None:
    request = GivenInputs(inputs={}, environ={}, top=Path())
    # As rehearsal.yml uses the action.
    environ = {"GITHUB_ACTION_PATH": f"/home/runner/app/./{used_by_the_workflow()}"}
    assert inputs_origin(request, environ, local=False).is_call
    assert not inputs_origin(
        request, {"GITHUB_ACTION_PATH": "/home/runner/app/action"}, local=False
    ).is_call
    assert inputs_origin(replace(request, is_call=True), {}, local=True).is_call


def used_by_the_workflow() -> str:
    text = (CHECKOUT / ".github/workflows/rehearsal.yml").read_text()
    (path,) = re.findall(r"uses: \./(\S+/action)\b", text)
    return str(path)


def test_inputs_origin__of_flags() -> None:
    request = GivenInputs(inputs={"port": "80"}, environ={}, top=Path())
    flags = InputsOrigin(given=("port",), flags_only=True)
    assert inputs_origin(request, {}, local=True) == flags
    file = replace(request, file="ci.yml")
    assert inputs_origin(file, {}, local=True) == InputsOrigin(workflow="ci.yml", given=("port",))


def plan(**changes: Any) -> Plan:
    return replace(PLAN, **changes)


def test_read_origin__on_github() -> None:
    assert read_origin(GITHUB) == Origin(
        repository="owner/app",
        commit="c0ffee",
        ref="refs/tags/v1",
        run="https://github.example/owner/app/actions/runs/77",
        attempt=2,
    )


def test_read_origin__outside_github() -> None:
    assert read_origin({}) == Origin()


@pytest.mark.parametrize("name", ["GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_SERVER_URL"])
def test_read_origin__incomplete_url(name: str) -> None:
    assert read_origin({**GITHUB, name: ""}).run == ""


@pytest.mark.parametrize(
    "reference, file",
    [
        ("owner/app/.github/workflows/ci.yml@refs/heads/main", ".github/workflows/ci.yml"),
        ("owner/rules/.github/workflows/ci.yml@refs/heads/main", ""),
        ("", ""),
    ],
    ids=["its own", "another repository's", "none"],
)
def test_workflow_file__own_repository_only(reference: str, file: str) -> None:
    assert workflow_path({**GITHUB, "GITHUB_WORKFLOW_REF": reference}) == file
    assert workflow_path({"GITHUB_WORKFLOW_REF": f"/{reference}"}) == ""


@pytest.mark.parametrize("attempt", ["", "x", "-1", "٢"])
def test_read_origin__invalid_attempt(attempt: str) -> None:
    assert read_origin({**GITHUB, "GITHUB_RUN_ATTEMPT": attempt}).attempt == 0


def test_summarize_request__digest_of_the_test_command() -> None:
    command = "TOKEN=planted-secret-value npm test"
    found = summarize_request(plan(suite=suite_plan(command=command)))
    assert found.command == sha256(command.encode()).hexdigest()
    assert "planted" not in repr(found)


def test_summarize_request__path_without_query() -> None:
    probe = probe_plan(
        path="/health?token=planted-secret-value", statuses=(range(200, 400), range(401, 402))
    )
    assert summarize_request(plan(probe=probe, suite=suite_plan(command=""))) == RequestSummary(
        path="/health", statuses="200-399,401"
    )


@pytest.mark.parametrize(
    "given, browser",
    [("firefox", "firefox"), ("", ""), ("a b", ""), ("x\n::error::", ""), ("y" * 41, "")],
)
def test_summarize_request__browser_only_if_it_is_a_name(given: str, browser: str) -> None:
    assert summarize_request(plan(suite=suite_plan(env={"BROWSER": given}))).browser == browser


PULL_REQUEST = {"pull_request": {"number": 12, "head": {"sha": "beef" * 10}}}


def test_read_origin__of_a_pull_request(tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text(json.dumps(PULL_REQUEST))
    environ = {
        **GITHUB,
        "GITHUB_REF": "refs/pull/12/merge",
        "GITHUB_HEAD_REF": "feature/a",
        "GITHUB_EVENT_PATH": str(event),
    }
    found = read_origin(environ)
    assert (found.branch, found.pull_request) == ("feature/a", 12)
    assert found.head_commit == "beef" * 10


@pytest.mark.parametrize(
    "event",
    [
        "",
        "[]",
        "[" * 100_000,
        '{"pull_request": 1}',
        '{"pull_request": {"number": "1", "head": {"sha": "x/../y"}}}',
        '{"pull_request": {"number": -1, "head": []}}',
    ],
    ids=["empty", "a list", "deep", "a number", "texts", "negative"],
)
def test_read_origin__of_an_event_of_another_shape(tmp_path: Path, event: str) -> None:
    (tmp_path / "event.json").write_text(event)
    found = read_origin({**GITHUB, "GITHUB_EVENT_PATH": str(tmp_path / "event.json")})
    assert (found.pull_request, found.head_commit) == (0, "")


def test_read_origin__of_a_branch() -> None:
    assert read_origin({**GITHUB, "GITHUB_REF": "refs/heads/a/b"}).branch == "a/b"
    assert read_origin(GITHUB).branch == ""


def test_checkout_origin(tmp_path: Path) -> None:
    top = tmp_path / "app"
    top.mkdir()
    assert checkout_origin(top, GIT) == Origin()
    (top / "a.txt").write_text("a")
    _git(top, "init", "--quiet", "--template=", "--initial-branch", "a/b")
    _git(top, "add", "a.txt")
    _git(top, "commit", "--quiet", "--message", "First")
    commit = _git(top, "rev-parse", "HEAD").strip()
    (top / "new.txt").write_text("not tracked")
    assert checkout_origin(top, GIT) == Origin(commit=commit, ref="refs/heads/a/b", branch="a/b")
    (top / "a.txt").write_text("changed")
    assert checkout_origin(top, GIT).is_changed


def _git(top: Path, *words: str) -> str:
    command = ["git", "-C", str(top), *words]
    return subprocess.run(command, env=GIT, check=True, capture_output=True, text=True).stdout
