import grp
from pathlib import Path

import pytest

from rehearsal.diagnosis.causes import CAUSES
from rehearsal.diagnosis.facts import Facts
from rehearsal.diagnosis.rules import diagnose
from rehearsal.outside.engine_unreachable import connection_lost, is_connection_lost, no_client
from rehearsal.verdict import RehearsalError, Verdict

SOCKET = "unix:///var/run/docker.sock"
# By its heading: what a client says, its environment, and what to do. Docker 28.2 unless named.
NO_ANSWER = {
    "No permission for the engine's socket unix:///var/run/docker.sock": (
        (
            f"permission denied while trying to connect to the Docker daemon socket at {SOCKET}: "
            'Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.50/version": dial unix '
            "/var/run/docker.sock: connect: permission denied"
        ),
        {"DOCKER_HOST": SOCKET},
        "",
    ),
    # Docker 29.
    "No permission for the engine's socket unix:///run/user/7/docker.sock": (
        (
            "permission denied while trying to connect to the docker API at "
            "unix:///run/user/7/docker.sock"
        ),
        {},
        "ls -l /run/user/7/docker.sock",
    ),
    "There is no docker context gone": (
        (
            'Failed to initialize: unable to resolve docker endpoint: context "gone": context not '
            "found: open /home/me/.docker/contexts/meta/283b/meta.json: no such file or directory"
        ),
        {"DOCKER_CONTEXT": "gone"},
        "or unset DOCKER_CONTEXT",
    ),
    "DOCKER_HOST names tcp://127.0.0.1:1, where no engine answers": (
        "Cannot connect to the Docker daemon at tcp://127.0.0.1:1. Is the docker daemon running?",
        {"DOCKER_HOST": "tcp://127.0.0.1:1"},
        "unset DOCKER_HOST",
    ),
    "DOCKER_HOST names foo, where no engine answers": (
        (
            'error during connect: Get "http://foo:2375/v1.50/version": dial tcp: lookup foo on '
            "192.0.2.53:53: no such host"
        ),
        {"DOCKER_HOST": "foo"},
        "unset DOCKER_HOST",
    ),
    "The container engine is not running, or it stopped": (
        f"Cannot connect to the Docker daemon at {SOCKET}. Is the docker daemon running?",
        {},
        "Start the engine",
    ),
}


def heading(error: RehearsalError) -> str:
    facts = Facts(verdict=Verdict.ENGINE_FAILED, lines={"problem": (error.problem.message,)})
    (found,) = diagnose(facts, CAUSES)
    assert found.id == "engine-lost"
    return found.title


@pytest.mark.parametrize("title", NO_ANSWER)
def test_connection_lost__is_headed_by_its_reason(title: str) -> None:
    said, env, advice = NO_ANSWER[title]
    error = connection_lost(said, env)
    assert error.problem.verdict is Verdict.ENGINE_FAILED
    assert said in error.problem.message
    assert advice in error.problem.hint
    assert "not the app's fault" in error.problem.hint
    assert heading(error) == title


def test_no_client__is_headed_as_that() -> None:
    error = no_client()
    assert heading(error) == "No docker client is on PATH"
    assert "docker.io" in error.problem.hint


@pytest.mark.parametrize(
    "said", [said for said, _, _ in NO_ANSWER.values() if "not found" not in said]
)
def test_is_connection_lost(said: str) -> None:
    assert is_connection_lost(said)
    assert is_connection_lost(f"docker: {said}\n\nRun 'docker run --help'")
    assert not is_connection_lost("Error response from daemon: permission denied: /data")


@pytest.mark.parametrize(
    "member, words",
    [
        (False, "sudo usermod --append --groups docker me, then log in again"),
        (True, "log in again, or start a shell with newgrp docker"),
    ],
)
def test_connection_lost__says_which_group_has_permission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, member: bool, words: str
) -> None:
    (tmp_path / "socket").touch()
    group = grp.struct_group(("docker", "x", 4242424, ["me"] if member else []))
    monkeypatch.setattr("grp.getgrgid", lambda _: group)
    monkeypatch.setattr("getpass.getuser", lambda: "me")
    said = (
        f"permission denied while trying to connect to the docker API at unix://{tmp_path}/socket"
    )
    assert words in connection_lost(said, {}).problem.hint
