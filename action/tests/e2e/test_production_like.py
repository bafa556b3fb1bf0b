"""The inputs that say how production would run it: each is seen in the container that ran."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from .contract import assert_verdict
from .leftovers import engine
from .machine import free_port
from .repository import Repository
from .runner import ActionResult, Runner

# Proves from inside what the container was given.
INSIDE = """
[ "$BARE" = "from the step" ]
[ "$WRITTEN" = "a = b" ]
[ "$(cat /bind/greeting)" = "from the checkout" ]
touch /named/was-here
grep -qx "^NoNewPrivs:\t1$" /proc/1/status
"""


@pytest.fixture
def network(run_id: str) -> Iterator[str]:
    name = f"network-of-{run_id[::-1]}"
    engine("network", "create", name)
    yield name
    engine("network", "rm", name)


def container_of(rehearsed: ActionResult) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(rehearsed.file("container.json"))
    return found


def volumes(run_id: str) -> list[str]:
    return [name for name in engine("volume", "ls", "--quiet").split() if run_id in name]


def test_everything__reaches_the_container(
    tiny: Repository, runner: Runner, network: str, run_id: str
) -> None:
    port = free_port()
    tiny.write("data/greeting", "from the checkout\n")
    # World-writable, as a volume takes over from its image: the app is not root.
    tiny.replace("Dockerfile", r"^(COPY .*)$", r"\1\nRUN mkdir -m 777 /named")
    inputs = {
        "env": "BARE\nWRITTEN=a = b\nTINY_PRINTS=WRITTEN",
        "run-options": "--memory=96m\n--security-opt\nno-new-privileges\n--read-only",
        "host-port": str(port),
        "network": network,
        "volumes": f"new-{run_id}:/named\n./data:/bind:ro",
        "command": "python\n-u\n/app.py\na second argument",
        "setup-command": INSIDE,
        "test-command": f'[ "$TEST_SERVER" = localhost:{port} ]\npython3 -m unittest checks.Page',
        "evidence": "always",
    }
    rehearsed = runner.use(tiny, inputs, environment={"BARE": "from the step"})
    assert rehearsed.outputs["verdict"] == "passed", rehearsed.errors
    found = container_of(rehearsed)
    assert found["HostConfig"]["Memory"] == 96 << 20
    assert found["HostConfig"]["ReadonlyRootfs"] is True
    assert found["HostConfig"]["PortBindings"] == {
        "8888/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(port)}]
    }
    assert list(found["NetworkSettings"]["Networks"]) == [network]
    assert {each["Destination"]: each["RW"] for each in found["Mounts"]} == {
        "/named": True,
        "/bind": False,
    }
    assert found["Config"]["Cmd"] == ["python", "-u", "/app.py", "a second argument"]
    assert not volumes(run_id), "it was made for the run, and goes with it"
    assert (tiny.root / "data/greeting").exists()


def test_volumes__that_were_there_stay_with_what_is_in_them(
    tiny: Repository, runner: Runner, run_id: str
) -> None:
    tiny.replace("Dockerfile", r"^(COPY .*)$", r"\1\nRUN mkdir -m 777 /named /unnamed")
    tiny.replace("Dockerfile", r"^(USER .*)$", r"VOLUME /unnamed\n\1")
    engine("volume", "create", f"old-{run_id}")
    try:
        inputs = {"volumes": f"old-{run_id}:/named", "setup-command": "echo kept >/named/word"}
        assert_verdict(runner.use(tiny, inputs), "passed")
        inputs |= {"setup-command": 'read -r word </named/word && [ "$word" = kept ]'}
        rehearsed = runner.use(tiny, inputs | {"evidence": "always"})
        assert rehearsed.outputs["verdict"] == "passed"
        mounts = {each["Destination"]: each["Name"] for each in container_of(rehearsed)["Mounts"]}
        assert mounts["/named"] == f"old-{run_id}"
        there = engine("volume", "ls", "--quiet").split()
        assert mounts["/named"] in there
        assert mounts["/unnamed"] not in there
    finally:
        engine("volume", "rm", f"old-{run_id}")


@pytest.mark.parametrize(
    "name, value, said",
    [
        pytest.param("volumes", "./no-such-folder:/data", "no-such-folder", id="missing-source"),
        pytest.param("network", "no-such-network", "no-such-network", id="unknown-network"),
        pytest.param("run-options", "--no-such-option", "no-such-option", id="unknown-option"),
        pytest.param("run-options", "--memory=1k", "memory", id="impossible-limit"),
        pytest.param("command", "no-such-program", "no-such-program", id="unknown-program"),
    ],
)
def test_refused_by_the_engine(
    name: str, value: str, said: str, tiny: Repository, runner: Runner
) -> None:
    rehearsed = runner.use(tiny, {name: value})
    assert_verdict(rehearsed, "misconfigured")
    assert said in rehearsed.errors
    assert f"input {name}" in rehearsed.errors
    assert not (tiny.root / "no-such-folder").exists()


def test_image__that_is_there_already(tiny: Repository, runner: Runner, run_id: str) -> None:
    tag = f"prebuilt:{run_id}"
    built = runner.use(tiny)
    engine("tag", built.outputs["image-id"], tag)
    (tiny.root / "Dockerfile").unlink()
    rehearsed = runner.use(tiny, {"image": tag, "test-command": "python3 -m unittest checks.Page"})
    assert_verdict(rehearsed, "passed")
    assert rehearsed.outputs["image"] == tag
    assert rehearsed.outputs["image-id"] == built.outputs["image-id"]
    assert rehearsed.evidence is not None
    assert not (rehearsed.evidence / "build.log").exists()


def test_image__that_is_not_there(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny, {"image": "no-such-image:1"})
    assert_verdict(rehearsed, "misconfigured")
    assert "no-such-image:1" in rehearsed.errors
