"""Where a rehearsal cannot work, or must not run."""

from pathlib import Path

import pytest

from rehearsal.config import preflight
from rehearsal.config.parser import make_plan
from rehearsal.config.rehearsal_plan import Plan
from rehearsal.verdict import MisconfiguredError

OURS, THEIRS = "a" * 40, "b" * 40


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").touch()
    return tmp_path


def plan(top: Path, **inputs: str) -> Plan:
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    return make_plan(given, environ={}, top=top)


def check(plan: Plan, *, commit: str = OURS, engine_host: str = "", **environ: str) -> None:
    preflight.check_environment(
        plan, {"GITHUB_SHA": OURS} | environ, commit=commit, engine_host=engine_host
    )


@pytest.mark.parametrize("event", sorted(preflight.PRIVILEGED_EVENTS))
@pytest.mark.parametrize("commit", [THEIRS, ""], ids=["another commit", "unknown"])
@pytest.mark.parametrize("given", ["secrets", "build-secrets"])
def test_check_environment__refuses_to_give_secrets_to_strangers(
    top: Path, event: str, commit: str, given: str
) -> None:
    with pytest.raises(MisconfiguredError, match=r"TOKEN.*not the repository's own") as caught:
        check(plan(top, **{given: "TOKEN=planted-value"}), commit=commit, GITHUB_EVENT_NAME=event)
    assert "planted-value" not in str(caught.value) + caught.value.problem.hint
    assert "pull_request instead" in caught.value.problem.hint
    assert "generate-secrets" in caught.value.problem.hint


@pytest.mark.parametrize(
    "inputs, event, commit",
    [
        pytest.param({"secrets": "T=planted"}, "pull_request", THEIRS, id="unprivileged"),
        pytest.param({"secrets": "T=planted"}, "pull_request_target", OURS, id="own commit"),
        pytest.param({"generate-secrets": "T"}, "pull_request_target", THEIRS, id="generated"),
        pytest.param({}, "issue_comment", THEIRS, id="no secrets"),
    ],
)
def test_check_environment__accepts_what_is_safe(
    top: Path, inputs: dict[str, str], event: str, commit: str
) -> None:
    check(plan(top, **inputs), commit=commit, GITHUB_EVENT_NAME=event)


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
    ["", "unix:///var/run/docker.sock", "tcp://localhost:2375", "tcp://127.0.0.1:2375"],
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
