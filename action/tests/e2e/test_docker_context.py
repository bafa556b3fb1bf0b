"""An engine that only a docker context names: DOCKER_HOST is not set."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from .leftovers import engine
from .machine import base_image
from .repository import Repository
from .runner import Runner

# Nothing is built: a configuration of its own has no plugins. The program does not hear SIGTERM.
SERVES = {
    "command": "python3\n-m\nhttp.server\n8888",
    "port": "8888",
    "run-options": "--stop-signal=SIGKILL",
    "evidence": "always",
}


def make_context(folder: Path, name: str, host: str) -> dict[str, str]:
    """Make a context in a configuration below `folder`; return the environment for that."""
    env = {"DOCKER_CONFIG": str(folder / "docker")}
    docker(env, "context", "create", name, "--docker", f"host={host}")
    return env


def docker(env: dict[str, str], *arguments: str) -> None:
    subprocess.run(["docker", *arguments], check=True, env=os.environ | env, capture_output=True)


@pytest.mark.parametrize("chosen_by", ["DOCKER_CONTEXT", "currentContext"])
def test_context__is_found_as_the_client_finds_it(
    chosen_by: str,
    tiny: Repository,
    runner: Runner,
    workdir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    version = engine("version", "--format", "{{.Server.Version}}").strip()
    host = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    # A path that nothing else names.
    socket = workdir / "other.sock"
    socket.symlink_to(host.removeprefix("unix://"))
    env = make_context(workdir, "other", f"unix://{socket}")
    if chosen_by == "DOCKER_CONTEXT":
        env["DOCKER_CONTEXT"] = "other"
    else:
        docker(env, "context", "use", "other")
    rehearsed = runner.use(tiny, {"image": base_image(), **SERVES}, environment=env)
    assert rehearsed.outputs["verdict"] == "passed", rehearsed.errors
    assert json.loads(rehearsed.file("verdict.json"))["engine"]["version"] == version


def test_context__of_an_engine_that_does_not_answer_is_named(
    tiny: Repository, runner: Runner, workdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    env = make_context(workdir, "gone", f"unix://{workdir}/gone.sock") | {"DOCKER_CONTEXT": "gone"}
    rehearsed = runner.use(tiny, {"image": base_image(), **SERVES}, environment=env)
    assert rehearsed.outputs["verdict"] == "engine-failed"
    assert f"unix://{workdir}/gone.sock" in rehearsed.errors


def test_context__that_does_not_exist_is_named(
    tiny: Repository, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    env = {"DOCKER_CONTEXT": "no-such-context"}
    rehearsed = runner.use(tiny, {"image": base_image(), **SERVES}, environment=env)
    assert rehearsed.outputs["verdict"] == "engine-failed"
    assert "There is no docker context no-such-context" in rehearsed.errors
    assert "unset DOCKER_CONTEXT" in rehearsed.errors


def test_socket__without_permission_is_headed_as_that(
    tiny: Repository, runner: Runner, workdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client itself runs as another user, where this one may open every socket."""
    with tempfile.TemporaryDirectory() as name, socket.socket(socket.AF_UNIX) as server:
        folder = Path(name)
        folder.chmod(0o755)
        server.bind(f"{folder}/engine.sock")
        # Nobody listens: another client on PATH, as root, is refused and does not wait.
        (folder / "engine.sock").chmod(0)
        other = "setpriv --reuid=65534 --regid=65534 --clear-groups" if os.geteuid() == 0 else ""
        (workdir / "client").mkdir()
        client = workdir / "client/docker"
        client.write_text(f'#!/bin/sh\nexec {other} {shutil.which("docker")} "$@"\n')
        client.chmod(0o755)
        monkeypatch.setenv("PATH", f"{client.parent}:{os.environ['PATH']}")
        # With an old client or two on PATH, the first one that finds no engine is reported.
        env = {"DOCKER_HOST": f"unix://{folder}/engine.sock"}
        rehearsed = runner.use(tiny, {"image": base_image(), **SERVES}, environment=env)
    assert rehearsed.outputs["verdict"] == "engine-failed"
    assert f"No permission for the engine's socket unix://{folder}/engine.sock" in rehearsed.errors
