"""Podman: by its socket with a Docker client, and as the command docker itself.

tools/with-engine calls the two `podman` and `podman-docker`.
"""

import fcntl
import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.request import urlopen

import pytest

from . import leftovers
from .contract import assert_verdict
from .leftovers import engine
from .machine import free_port
from .repository import Repository, repository_of
from .runner import Runner, RunningStep, cancel
from .services import REDIS, container_of

pytestmark = pytest.mark.podman

BY_SOCKET = os.environ.get("E2E_ENGINE") == "podman"
PREBUILT = "localhost/prebuilt:1"
PASSES = "python3 -m unittest checks.Page"
HANGS = "python3 -m unittest checks.Hangs"
INSIDE = """
[ "$WRITTEN" = "a = b" ] && [ "$(cat /bind/greeting)" = "from the checkout" ]
touch /named/was-here
"""


def kill(step: RunningStep) -> None:
    step.send(signal.SIGKILL)


@contextmanager
def one_build(factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let no other worker build meanwhile: Podman's builds disturb each other, killed ones too."""
    with (factory.getbasetemp().parent / "podman-build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def _builds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with one_build(tmp_path_factory):
        yield


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The tiny app's image, which stays for all rehearsals here; the engine ends with the tests."""
    tiny = repository_of("tiny_app", tmp_path_factory.mktemp("image") / "repository")
    # World-writable, as a volume takes over from its image: the app is not root.
    tiny.replace("Dockerfile", r"^(COPY .*)$", r"\1\nRUN mkdir -m 777 /named")
    with one_build(tmp_path_factory):
        if not engine("image", "ls", "--quiet", PREBUILT).strip():
            # A Docker client cannot build with Podman as a rehearsal builds, but well enough here.
            subprocess.run(
                ["docker", "build", "--quiet", "--tag", PREBUILT, str(tiny.root)],
                check=True,
                env=os.environ | {"DOCKER_BUILDKIT": "0"},
                stdout=subprocess.DEVNULL,
            )
    return PREBUILT


@pytest.fixture
def network(run_id: str) -> Iterator[str]:
    name = f"network-of-{run_id[::-1]}"
    engine("network", "create", name)
    yield name
    engine("network", "rm", name)


@pytest.mark.usefixtures("_builds")
def test_build(tiny: Repository, runner: Runner) -> None:
    tiny.replace(
        "Dockerfile",
        r"^(COPY .*)$",
        r"\1\nRUN --mount=type=secret,id=KEY test $(wc -c </run/secrets/KEY) = 20",
    )
    key = {"KEY": "built-with-20-bytes!"}
    inputs = {"build-secrets": "KEY", "secrets": "KEY", "evidence": "always"}
    rehearsed = runner.use(tiny, inputs, environment=key)
    if BY_SOCKET:
        assert_verdict(rehearsed, "misconfigured")
        assert "The engine is Podman" in rehearsed.errors
        assert "podman-docker" in rehearsed.errors
        return
    assert rehearsed.outputs["verdict"] == "passed", rehearsed.errors
    assert rehearsed.outputs["image-id"].startswith("sha256:")
    assert json.loads(rehearsed.file("verdict.json"))["engine"]["name"] == "Podman"
    for place, content in rehearsed.everything().items():
        assert b"built-with" not in content, place


@pytest.mark.skipif(BY_SOCKET, reason="A Docker client cannot build with Podman")
@pytest.mark.usefixtures("_builds")
def test_build_failed(tiny: Repository, runner: Runner) -> None:
    tiny.replace("Dockerfile", r"^(COPY .*)$", r"\1\nRUN no-such-program")
    rehearsed = runner.use(tiny)
    assert_verdict(rehearsed, "build-failed")
    assert "no-such-program" in rehearsed.errors
    assert "Dockerfile" in rehearsed.errors


@pytest.mark.skipif(BY_SOCKET, reason="A Docker client cannot build with Podman")
@pytest.mark.usefixtures("_builds")
@pytest.mark.parametrize("ending", [cancel, kill], ids=["cancelled", "killed"])
def test_build__ends_with_the_rehearsal(
    ending: Callable[[RunningStep], None], tiny: Repository, runner: Runner
) -> None:
    seconds = f"4{runner.run_id}"
    tiny.replace("Dockerfile", r"^(COPY .*)$", rf"\1\nRUN echo building && sleep {seconds}")

    def meanwhile(step: RunningStep) -> None:
        step.wait_until(lambda step: "\nbuilding\n" in step.file("build.log"))
        ending(step)

    rehearsed = runner.use(tiny, meanwhile=meanwhile)
    assert rehearsed.outputs["verdict"] == "cancelled"
    limit = time.monotonic() + 60
    while leftovers.running(f"sleep {seconds}") and time.monotonic() < limit:
        time.sleep(0.1)
    assert not leftovers.running(f"sleep {seconds}")


def test_everything__reaches_the_container(
    tiny: Repository, runner: Runner, image: str, network: str, run_id: str
) -> None:
    port = free_port()
    tiny.write("data/greeting", "from the checkout\n")
    inputs = {
        "image": image,
        "env": "WRITTEN=a = b\nTINY_PRINTS=WRITTEN KEY",
        "secrets": "KEY",
        "run-options": "--security-opt\nno-new-privileges\n--read-only",
        "host-port": str(port),
        "network": network,
        "volumes": f"new-{run_id}:/named\n./data:/bind:ro",
        "setup-command": INSIDE,
        "test-command": f'[ "$TEST_SERVER" = localhost:{port} ]\n{PASSES}',
        "evidence": "always",
    }
    rehearsed = runner.use(tiny, inputs, environment={"KEY": "only-for-the-app"})
    assert rehearsed.outputs["verdict"] == "passed", rehearsed.errors
    assert rehearsed.outputs["image-id"].startswith("sha256:")
    assert not rehearsed.shown.annotations
    log = rehearsed.file("container.log")
    assert log.startswith("WRITTEN is a = b\nKEY is ***\n"), log
    found = json.loads(rehearsed.file("container.json"))
    assert found["HostConfig"]["ReadonlyRootfs"] is True
    assert network in found["NetworkSettings"]["Networks"]
    assert found["State"]["ExitCode"] == 0
    for place, content in rehearsed.everything().items():
        assert b"only-for-the-app" not in content, place


def test_crashed(tiny: Repository, runner: Runner, image: str) -> None:
    rehearsed = runner.use(tiny, {"image": image, "env": "TINY_FAULT=crash"})
    assert_verdict(rehearsed, "crashed")
    assert rehearsed.outputs["diagnosis"] == "missing-variable"
    assert "exit code 1" in rehearsed.errors
    assert rehearsed.file("container.log").startswith("Traceback (most recent call last)")


def test_crashed__in_the_tests(tiny: Repository, runner: Runner, image: str) -> None:
    inputs = {"image": image, "test-command": "python3 -m unittest checks.Kills"}
    rehearsed = runner.use(tiny, inputs)
    assert_verdict(rehearsed, "crashed")
    assert "exit code 3" in rehearsed.errors


def test_passed__an_app_that_its_restart_policy_brings_back(
    tiny: Repository, runner: Runner, image: str
) -> None:
    options = {"env": "TINY_FAULT=phoenix", "run-options": "--restart=always"}
    rehearsed = runner.use(tiny, {"image": image, **options, "test-command": PASSES})
    assert_verdict(rehearsed, "passed")
    assert rehearsed.outputs["tests"] == "1"


@pytest.mark.parametrize(
    "name, value, said",
    [
        pytest.param("volumes", "./no-such-folder:/data", "no-such-folder", id="missing-source"),
        pytest.param("network", "no-such-network", "no-such-network", id="unknown-network"),
        pytest.param("run-options", "--no-such-option", "no-such-option", id="unknown-option"),
        pytest.param("command", "no-such-program", "no-such-program", id="unknown-program"),
    ],
)
@pytest.mark.usefixtures("image")
def test_refused(name: str, value: str, said: str, tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny, {"image": PREBUILT, name: value})
    assert_verdict(rehearsed, "misconfigured")
    assert said in rehearsed.errors
    assert f"input {name}" in rehearsed.errors
    assert not (tiny.root / "no-such-folder").exists()


def test_port_taken(tiny: Repository, runner: Runner, image: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        rehearsed = runner.use(tiny, {"image": image, "host-port": str(port)})
    assert_verdict(rehearsed, "misconfigured")
    assert rehearsed.outputs["diagnosis"] == "port-taken"


def test_cancelled(tiny: Repository, runner: Runner, image: str) -> None:
    def meanwhile(step: RunningStep) -> None:
        step.wait_until(lambda step: "starting a child" in step.file("tests/output.log"))
        cancel(step)

    rehearsed = runner.use(tiny, {"image": image, "test-command": HANGS}, meanwhile=meanwhile)
    assert_verdict(rehearsed, "cancelled")


def test_cancelled__in_a_command_that_ignores_sigterm(
    tiny: Repository, runner: Runner, image: str, run_id: str
) -> None:
    def meanwhile(step: RunningStep) -> None:
        step.wait_until(lambda step: "migrating" in step.file("before.log"))
        cancel(step)
        assert not leftovers.of_the_engine(run_id)

    inputs = {"image": image, "before-command": "echo migrating; sleep 600"}
    assert_verdict(runner.use(tiny, inputs, meanwhile=meanwhile), "cancelled")


def test_killed__the_watchdog_removes_all(
    tiny: Repository, runner: Runner, image: str, run_id: str
) -> None:
    def kill(step: RunningStep) -> None:
        step.wait_until(lambda step: "starting a child" in step.file("tests/output.log"))
        step.send(signal.SIGKILL)
        limit = time.monotonic() + 60
        while (left := leftovers.of_the_engine(run_id)) and time.monotonic() < limit:
            time.sleep(0.1)
        assert not left

    inputs = {"image": image, "test-command": HANGS, "volumes": f"volume-{run_id}:/data"}
    rehearsed = runner.use(tiny, inputs, meanwhile=kill)
    assert rehearsed.outputs["verdict"] == "cancelled"
    assert "left" not in rehearsed.log


@pytest.mark.usefixtures("service_images")
@pytest.mark.parametrize("test", ["Page", "Hangs"])
def test_services__and_their_end(
    test: str, tiny: Repository, runner: Runner, image: str, run_id: str
) -> None:
    def meanwhile(step: RunningStep) -> None:
        if test == "Hangs":
            step.wait_until(lambda step: "starting a child" in step.file("tests/output.log"))
            engine("kill", container_of(step, "redis"))

    resolve = "import socket; print('redis is', socket.gethostbyname('redis'))"
    inputs = {
        "image": image,
        "services": f"redis={REDIS}",
        "before-command": f'python -c "{resolve}"',
        "workers": "mail=python -u /app.py",
        "test-command": f"python3 -m unittest checks.{test}",
        "evidence": "always",
    }
    rehearsed = runner.use(tiny, inputs, meanwhile=meanwhile)
    assert not leftovers.of_the_engine(run_id)
    assert rehearsed.file("before.log").startswith("redis is 10.")
    assert "Ready to accept connections" in rehearsed.file("services/redis.log")
    if test == "Page":
        assert rehearsed.outputs["verdict"] == "passed", rehearsed.errors
        return
    assert_verdict(rehearsed, "crashed")
    assert "The service redis ended during the tests: exit code 137" in rehearsed.errors


def test_keep__the_app_answers_until_the_command_that_was_told(
    tiny: Repository, runner: Runner, image: str, run_id: str
) -> None:
    inputs = {"image": image, "test-command": "true", "volumes": f"tiny-{run_id}:/data"}
    log = runner.run_locally(tiny, inputs, flags=("--keep",)).output.decode()
    kept = re.search(r"^kept: +(http://\S+) \(the app still runs\)$", log, re.MULTILINE)
    remove = re.search(r"^remove: +(.+)$", log, re.MULTILINE)
    assert kept, log
    assert remove
    with urlopen(kept[1], timeout=60) as answer:  # noqa: S310  (its own http URL)
        assert b"It works" in answer.read()
    subprocess.run(["bash", "-c", remove[1]], check=True, capture_output=True)
