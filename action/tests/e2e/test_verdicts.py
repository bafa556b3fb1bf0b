"""Every verdict, reached by an app or a test suite that goes wrong in one way."""

import json
import os

import pytest

from .contract import assert_verdict
from .repository import Repository
from .runner import Runner

CHECKS = "python3 -m unittest checks"


def test_passed__outputs_tell_what_was_counted(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny, {"test-command": f"{CHECKS}.Page"})
    assert_verdict(rehearsed, "passed")
    assert rehearsed.outputs["tests"] == "1"
    assert rehearsed.outputs["failures"] == "0"
    assert rehearsed.outputs["image-id"].startswith("sha256:")
    assert 0 < float(rehearsed.outputs["ready-seconds"]) < 30
    store = "containerd" if os.environ.get("E2E_ENGINE") == "28c" else "classic"
    engine = json.loads(rehearsed.file("verdict.json"))["engine"]
    assert (engine["name"], engine["store"]) == ("Docker", store)
    assert f"Engine Docker {engine['version']} ({store} image store), client " in rehearsed.summary


def test_passed__no_test_was_asked_for(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny)
    assert_verdict(rehearsed, "passed")
    assert rehearsed.outputs["tests"] == ""
    assert "No tests ran" in rehearsed.log


def test_passed__tests_that_count_nothing(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny, {"test-command": 'python3 -c "print(42)"'})
    assert_verdict(rehearsed, "passed")
    assert rehearsed.outputs["tests"] == ""


@pytest.mark.parametrize(
    "env, port",
    [
        pytest.param("TINY_FAULT=silent", "8888", id="accepts-and-never-answers"),
        pytest.param("TINY_FAULT=deaf", "8888", id="never-listens"),
        pytest.param("TINY_STATUS=503", "8888", id="always-503"),
        pytest.param("TINY_STATUS=400", "8888", id="always-400"),
        pytest.param("", "8889", id="another-port"),
    ],
)
def test_not_ready(env: str, port: str, tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny, {"env": env, "port": port, "ready-timeout": "2"})
    assert_verdict(rehearsed, "not-ready")
    assert rehearsed.outputs["ready-seconds"] == ""


def test_ready_timeout__leaves_the_setup_command_its_own_time(
    tiny: Repository, runner: Runner
) -> None:
    rehearsed = runner.use(
        tiny,
        {
            "env": "TINY_WAITS_FOR=/tmp/ready",
            "setup-command": "sleep 9; (sleep 1; touch /tmp/ready) >/dev/null 2>&1 &",
            "ready-timeout": "8",
        },
    )
    assert_verdict(rehearsed, "passed")
    assert float(rehearsed.outputs["ready-seconds"]) > 10


def test_setup_failed__test_requirements(tiny: Repository, runner: Runner) -> None:
    tiny.write("wanted.txt", "./no-such-folder-of-a-package\n")
    inputs = {"test-requirements": "wanted.txt", "test-command": f"{CHECKS}.Page"}
    rehearsed = runner.use(tiny, inputs)
    assert_verdict(rehearsed, "setup-failed")
    assert "no-such-folder-of-a-package" in rehearsed.summary


def test_tests_failed(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny, {"test-command": f"{CHECKS}.Wrong"})
    assert_verdict(rehearsed, "tests-failed")
    assert rehearsed.outputs["tests"] == "1"
    assert rehearsed.outputs["failures"] == "1"
    assert "test_another_title" in rehearsed.summary


def test_tests_failed__first_line_of_a_script(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny, {"test-command": "false | cat\necho not reached"})
    assert_verdict(rehearsed, "tests-failed")
    assert "not reached" not in rehearsed.file("tests/output.log")


def test_timed_out__whole_rehearsal(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny, {"env": "TINY_FAULT=deaf", "timeout": "3"})
    assert_verdict(rehearsed, "timed-out")
