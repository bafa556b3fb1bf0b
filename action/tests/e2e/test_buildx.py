"""Builds through the buildx plugin, as on GitHub's runners; the other scenarios have none."""

import json
import sys
from pathlib import Path

import pytest

from .contract import assert_verdict
from .leftovers import engine, saved_image
from .machine import tool, with_buildx
from .planted_secrets import assert_no_leak, make_secrets
from .repository import Repository
from .runner import Runner


@pytest.fixture
def buildx(runner: Runner) -> dict[str, str]:
    return with_buildx(runner.folder)


def test_buildx__builds_caches_and_keeps_secrets(
    leaky_app: Repository, runner: Runner, buildx: dict[str, str], run_id: str
) -> None:
    secret = {"PLANTED_BUILD": make_secrets(run_id)["PLANTED_ODD"]}
    inputs = {
        "build-secrets": "PLANTED_BUILD",
        "build-args": f"RUN={run_id}",
        "cache-from": "type=local,src=no-such-cache",
        "cache-to": "type=inline",
        "command": "python\n-u\n/leaky_app.py\nserve",
    }
    rehearsed = runner.use(leaky_app, inputs, environment=buildx | secret)
    assert_verdict(rehearsed, "passed")
    assert rehearsed.evidence is not None
    build_log = rehearsed.file("build.log")
    assert "using docker driver" in build_log, "buildx says so, and BuildKit in the client does not"
    assert "exporting cache" in build_log
    assert "PLANTED_BUILD in plain: ***" in build_log
    image = rehearsed.outputs["image-id"]
    found = json.loads(engine("image", "inspect", rehearsed.outputs["image"]))[0]
    assert found["Id"] == image
    assert_no_leak(secret, rehearsed.everything(), saved_image(image))


def test_buildx__what_its_driver_cannot_do_is_told_in_its_words(
    tiny: Repository, runner: Runner, buildx: dict[str, str]
) -> None:
    inputs = {"cache-to": f"type=local,dest={runner.folder}/cache"}
    rehearsed = runner.use(tiny, inputs, environment=buildx)
    assert_verdict(rehearsed, "build-failed")
    assert "Cache export is not supported for the docker driver" in rehearsed.summary


def test_cache__without_buildx_is_misconfigured(tiny: Repository, runner: Runner) -> None:
    # An old client that can build, but not so, is the only one: whatever this machine has.
    alone = runner.folder / "alone"
    alone.mkdir()
    (alone / "python3").symlink_to(Path(sys.executable).resolve())
    for name in ("bash", "git"):
        (alone / name).symlink_to(tool(name))
    version = '{"Client": {"Version": "20.10.24"}, "Server": {"Version": "20.10.24"}}'
    (alone / "docker").write_text(f"#!/bin/sh\n[ \"$1\" != buildx ] && echo '{version}'\n")
    (alone / "docker").chmod(0o755)
    rehearsed = runner.use(tiny, {"cache-to": "type=inline"}, environment={"PATH": str(alone)})
    assert_verdict(rehearsed, "misconfigured")
    assert "has no buildx plugin" in rehearsed.errors
    assert "docker-buildx" in rehearsed.errors
