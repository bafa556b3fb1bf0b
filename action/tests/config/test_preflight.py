"""Where a rehearsal cannot work, or must not run."""

from pathlib import Path

import pytest

from rehearsal.config import preflight
from rehearsal.config.parser import make_plan
from rehearsal.config.rehearsal_plan import Plan
from rehearsal.verdict import MisconfiguredError


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").touch()
    return tmp_path


def plan(top: Path, **inputs: str) -> Plan:
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    return make_plan(given, environ={}, top=top)


def check(plan: Plan, *foreign: str, engine_host: str = "", **environ: str) -> None:
    """Check a plan; `foreign` are the names of files and folders that are not the event's."""

    def why_foreign(path: Path) -> str:
        return "is a stranger's" if path.name in foreign else ""

    preflight.check_environment(plan, environ, engine_host=engine_host, why_foreign=why_foreign)


@pytest.mark.parametrize("event", sorted(preflight.PRIVILEGED_EVENTS))
@pytest.mark.parametrize("given", ["secrets", "build-secrets"])
def test_check_environment__refuses_to_give_secrets_to_strangers(
    top: Path, event: str, given: str
) -> None:
    with pytest.raises(MisconfiguredError, match=r"TOKEN.* may not be .* own") as caught:
        check(plan(top, **{given: "TOKEN=planted-value"}), top.name, GITHUB_EVENT_NAME=event)
    assert f"On {event} ({preflight.PRIVILEGED_EVENTS[event]})" in str(caught.value)
    assert f"context ({top}) is a stranger's" in str(caught.value)
    assert "planted-value" not in str(caught.value) + caught.value.problem.hint
    assert "pull_request instead" in caught.value.problem.hint
    assert "generate-secrets" in caught.value.problem.hint


def test_check_environment__a_secret_of_a_service_alone(top: Path) -> None:
    """The service's image is the workflow's choice; the app and the tests are not."""
    given = {"services": "db=postgres:17", "service-env": "db.TOKEN"}
    asked = make_plan(given, environ={"TOKEN": "planted-value"}, top=top)
    check(asked, GITHUB_EVENT_NAME="pull_request_target")
    with pytest.raises(MisconfiguredError, match=r"secrets \(TOKEN\) to code") as caught:
        check(asked, top.name, GITHUB_EVENT_NAME="pull_request_target")
    assert "planted-value" not in str(caught.value)
    given["generate-secrets"] = "TOKEN"
    generated = make_plan(given, environ={}, top=top)
    check(generated, top.name, GITHUB_EVENT_NAME="pull_request_target")


@pytest.mark.parametrize(
    "foreign, name",
    [
        ("app", "context"),
        ("Dockerfile", "dockerfile"),
        ("site", "working-directory"),
        ("requirements.txt", "test-requirements"),
        ("compose.yaml", "compose-file"),
    ],
)
def test_check_environment__asks_for_each_path_of_the_plan(
    top: Path, foreign: str, name: str
) -> None:
    for folder in ("app", "site"):
        (top / folder).mkdir()
    (top / "app/Dockerfile").touch()
    for file in ("requirements.txt", "compose.yaml"):
        (top / "site" / file).touch()
    made = plan(
        top,
        secrets="T=planted",
        working_directory="site",
        context="../app",
        test_command="true",
        test_requirements="requirements.txt",
        compose_file="compose.yaml",
        compose_services="db",
    )
    with pytest.raises(MisconfiguredError, match=rf"{name} \(.*{foreign}\) is a stranger's"):
        check(made, foreign, GITHUB_EVENT_NAME="issues")
    check(made, GITHUB_EVENT_NAME="issues")


def test_check_environment__an_image_needs_trust(top: Path) -> None:
    named = {"image": "shop:1", "secrets": "T=planted"}
    with pytest.raises(MisconfiguredError, match=r"image \(shop:1\).*trust-image: 'true'"):
        check(plan(top, **named), GITHUB_EVENT_NAME="workflow_run")
    check(plan(top, **named), GITHUB_EVENT_NAME="push")
    trusted = plan(top, **named, trust_image="true")
    # Without tests no code of the working directory runs.
    check(trusted, top.name, GITHUB_EVENT_NAME="workflow_run")


@pytest.mark.parametrize(
    "inputs, event",
    [
        pytest.param({"secrets": "T=planted"}, "pull_request", id="unprivileged"),
        pytest.param({"generate-secrets": "T"}, "pull_request_target", id="generated"),
        pytest.param({}, "issue_comment", id="no secrets"),
    ],
)
def test_check_environment__accepts_what_is_safe(
    top: Path, inputs: dict[str, str], event: str
) -> None:
    check(plan(top, **inputs), top.name, GITHUB_EVENT_NAME=event)


def test_caller_secret_names__include_a_given_value_of_generate_secrets(top: Path) -> None:
    given = plan(top, secrets="T=planted", generate_secrets="T\nU")
    assert given.caller_secret_names == ("T",)
    assert {secret.name for secret in given.secrets} == {"T", "U"}


def test_check_environment__refuses_a_job_in_a_container(top: Path) -> None:
    with pytest.raises(MisconfiguredError, match="runs in a container") as caught:
        check(plan(top), GITHUB_WORKSPACE="/__w/app/app")
    assert "Remove container: from the job" in caught.value.problem.hint


@pytest.mark.parametrize(
    "host", ["ssh://build@example.invalid", "tcp://192.0.2.7:2376", "http://example.invalid"]
)
def test_check_environment__refuses_an_engine_on_another_host(top: Path, host: str) -> None:
    with pytest.raises(MisconfiguredError, match="on another host"):
        check(plan(top), engine_host=host)


@pytest.mark.parametrize(
    "host",
    [
        *("", "unix:///var/run/docker.sock", "unix:///run/user/1000/docker.sock"),
        *("unix:///run/user/1000/podman/podman.sock", "unix:///home/me/.colima/docker.sock"),
        *("tcp://localhost:2375", "tcp://127.0.0.1:2375"),
    ],
)
def test_check_environment__accepts_an_engine_on_this_host(top: Path, host: str) -> None:
    check(plan(top), engine_host=host)


def test_check_build_context__refuses_a_context_with_the_evidence(top: Path) -> None:
    below = top / "temp" / "rehearsal-1"
    below.mkdir(parents=True)
    with pytest.raises(MisconfiguredError, match="context"):
        preflight.check_build_context(plan(top), below)
    preflight.check_build_context(plan(top, image="app:1"), below)
    preflight.check_build_context(plan(top), top.parent)
