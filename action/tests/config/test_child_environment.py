import os
from pathlib import Path
from typing import Any

import pytest

from rehearsal.config.child_environment import for_children, for_tests
from rehearsal.results.published_port import PublishedPort

from ..fakes import suite_plan

KEPT = ["PATH", "HOME", "CI", "GITHUB_SHA", "RUNNER_TEMP", "MY_ACTIONS_TOKEN", "GITHUB_PATHS",
        "DOCKER_HOST", "REHEARSAL_INPUTS_2"]  # fmt: skip
WITHHELD = ["REHEARSAL_INPUTS", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
         "GITHUB_TOKEN", "GH_TOKEN", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STATE",
         "GITHUB_STEP_SUMMARY", "DJANGO_SECRET_KEY"]  # fmt: skip


def env_of(base: dict[str, str] | None = None, **plan: Any) -> dict[str, str]:
    return for_tests(
        base or {},
        suite_plan(**plan),
        published=PublishedPort("127.0.0.1", 49153),
        evidence=Path("/s/traces"),
        junit=Path("/s/junit"),
        python_path=[Path("/capture"), Path("/action")],
        capture_folder=Path("/action"),
        bin_folder=Path("/s/venv/bin"),
    )


def test_for_children__withholds_secrets_and_the_runners_own() -> None:
    environ = dict.fromkeys([*KEPT, *WITHHELD], "x")
    assert sorted(for_children(environ, ["DJANGO_SECRET_KEY"])) == sorted(KEPT)


def test_for_tests__has_the_address_of_the_app_and_the_folders() -> None:
    assert env_of() == {
        "TEST_SERVER": "localhost:49153",
        "REHEARSAL_URL": "http://localhost:49153",
        "REHEARSAL_EVIDENCE": "/s/traces",
        "REHEARSAL_JUNIT": "/s/junit",
        "REHEARSAL_RETRIES": "0",
        "REHEARSAL_TRACE": "on-failure",
        "PYTHONPATH": "/capture:/action",
        "REHEARSAL_PACKAGES": "/action",
        "PATH": "/s/venv/bin",
    }


def test_for_tests__the_virtual_environment_comes_first_on_path() -> None:
    env = env_of({"PATH": "/usr/bin:/bin", "PYTHONPATH": "/theirs"})
    assert env["PATH"].split(os.pathsep) == ["/s/venv/bin", "/usr/bin", "/bin"]
    assert env["PYTHONPATH"].split(os.pathsep) == ["/capture", "/action", "/theirs"]


def test_for_tests__without_requirements_and_capture() -> None:
    env = for_tests(
        {"PATH": "/usr/bin", "REHEARSAL_PACKAGES": "/of/another/rehearsal"},
        suite_plan(),
        published=PublishedPort("127.0.0.1", 1),
        evidence=Path("/e"),
        junit=Path("/j"),
        python_path=[Path("/capture"), Path("/action")],
        capture_folder=None,
        bin_folder=None,
    )
    assert env["PATH"] == "/usr/bin"
    assert "REHEARSAL_PACKAGES" not in env


@pytest.mark.parametrize(
    "plan, name, value",
    [
        ({"shard": "1/4"}, "REHEARSAL_SHARD", "1/4"),
        ({"retries": 2}, "REHEARSAL_RETRIES", "2"),
        ({"trace": "always"}, "REHEARSAL_TRACE", "always"),
        ({"trace_pictures": False}, "REHEARSAL_TRACE_PICTURES", "off"),
        ({"selenium_url": "http://grid:4444"}, "SELENIUM_REMOTE_URL", "http://grid:4444"),
        ({"env": {"BROWSER": "firefox"}}, "BROWSER", "firefox"),
        ({"env": {"TEST_SERVER": "elsewhere"}}, "TEST_SERVER", "elsewhere"),
    ],
    ids=["shard", "retries", "trace", "pictures", "grid", "test-env", "test-env over ours"],
)
def test_for_tests__has_what_the_plan_sets(plan: dict[str, Any], name: str, value: str) -> None:
    assert env_of(**plan)[name] == value


def test_for_tests__pictures_are_the_plans() -> None:
    assert "REHEARSAL_TRACE_PICTURES" not in env_of({"REHEARSAL_TRACE_PICTURES": "off"})


def test_for_tests__a_shard_comes_only_from_the_plan() -> None:
    assert "REHEARSAL_SHARD" not in env_of({"REHEARSAL_SHARD": "1/4"})
    assert env_of({"REHEARSAL_SHARD": "1/4"}, shard="2/4")["REHEARSAL_SHARD"] == "2/4"
