"""Every verdict, reached by an app or a test suite that goes wrong in one way."""

import pytest

from .repository import Repository
from .runner import Runner
from .verdicts import assert_ended

CHECKS = "python3 -m unittest checks"


def test_passed__outputs_tell_what_was_counted(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny, {"test-command": f"{CHECKS}.Page"})
    assert_ended(rehearsed, "passed")
    assert rehearsed.outputs["tests"] == "1"
    assert rehearsed.outputs["failures"] == "0"
    assert rehearsed.outputs["image-id"].startswith("sha256:")
    assert 0 < float(rehearsed.outputs["ready-seconds"]) < 10


def test_passed__no_test_was_asked_for(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny)
    assert_ended(rehearsed, "passed")
    assert rehearsed.outputs["tests"] == ""
    assert "No test was asked for" in rehearsed.log


def test_passed__tests_that_count_nothing(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny, {"test-command": 'python3 -c "print(42)"'})
    assert_ended(rehearsed, "passed")
    assert rehearsed.outputs["tests"] == ""


def test_build_failed__pin_that_does_not_exist(tiny: Repository, runner: Runner) -> None:
    tiny.replace("Dockerfile", r"^COPY .*$", "RUN echo 'no such pin: nowhere==9.9.9' >&2; exit 7")
    rehearsed = runner.use(tiny)
    assert_ended(rehearsed, "build-failed")
    assert "no such pin: nowhere==9.9.9" in rehearsed.file("build.log")
    assert "no such pin: nowhere==9.9.9" in rehearsed.summary


def test_crashed__before_it_was_ready(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny, {"env": "TINY_FAULT=crash", "ready-timeout": "60"})
    assert_ended(rehearsed, "crashed")
    assert "KeyError: 'TINY_KEY'" in rehearsed.file("container.log")
    assert "TINY_KEY" in rehearsed.summary
    assert rehearsed.seconds < 30, "it waited for a corpse"


def test_crashed__during_the_tests(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny, {"test-command": f"{CHECKS}.Kills"})
    assert_ended(rehearsed, "crashed")
    assert "asked to die" in rehearsed.file("container.log")
    assert "during the tests" in rehearsed.errors


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
    assert_ended(rehearsed, "not-ready")
    assert rehearsed.outputs["ready-seconds"] == ""


def test_ready_timeout__leaves_the_setup_command_its_own_time(
    tiny: Repository, runner: Runner
) -> None:
    rehearsed = runner.use(
        tiny,
        {
            "env": "TINY_WAITS_FOR=/tmp/ready",
            "setup-command": "sleep 4; (sleep 1; touch /tmp/ready) >/dev/null 2>&1 &",
            "ready-timeout": "4",
        },
    )
    assert_ended(rehearsed, "passed")
    assert float(rehearsed.outputs["ready-seconds"]) > 5


def test_setup_failed__command(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny, {"setup-command": "echo the table is missing >&2\nexit 3"})
    assert_ended(rehearsed, "setup-failed")
    assert "the table is missing" in rehearsed.file("setup.log")
    assert "the table is missing" in rehearsed.summary


def test_setup_failed__test_requirements(tiny: Repository, runner: Runner) -> None:
    tiny.write("wanted.txt", "./no-such-folder-of-a-package\n")
    inputs = {"test-requirements": "wanted.txt", "test-command": f"{CHECKS}.Page"}
    rehearsed = runner.use(tiny, inputs)
    assert_ended(rehearsed, "setup-failed")
    assert "no-such-folder-of-a-package" in rehearsed.summary


def test_tests_failed(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny, {"test-command": f"{CHECKS}.Wrong"})
    assert_ended(rehearsed, "tests-failed")
    assert rehearsed.outputs["tests"] == "1"
    assert rehearsed.outputs["failures"] == "1"
    assert "test_another_title" in rehearsed.summary


def test_tests_failed__first_line_of_a_script(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny, {"test-command": "false | cat\necho not reached"})
    assert_ended(rehearsed, "tests-failed")
    assert "not reached" not in rehearsed.file("tests/output.log")


def test_no_tests(tiny: Repository, runner: Runner) -> None:
    tiny.write("empty/README", "no tests here\n")
    rehearsed = runner.use(tiny, {"test-command": "python3 -m unittest discover empty"})
    assert_ended(rehearsed, "no-tests")
    assert rehearsed.outputs["tests"] == "0"


def test_timed_out__tests_hang(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny, {"test-command": f"{CHECKS}.Hangs", "test-timeout": "2"})
    assert_ended(rehearsed, "timed-out")
    assert "starting a child" in rehearsed.file("tests/output.log")
    assert rehearsed.seconds < 30


def test_timed_out__whole_rehearsal(tiny: Repository, runner: Runner) -> None:
    rehearsed = runner.use(tiny, {"env": "TINY_FAULT=deaf", "timeout": "3"})
    assert_ended(rehearsed, "timed-out")


def test_engine_failed__nothing_listens(tiny: Repository, runner: Runner) -> None:
    dead = {"DOCKER_HOST": f"unix://{runner.folder}/no-engine.sock"}
    rehearsed = runner.use(tiny, environment=dead)
    assert_ended(rehearsed, "engine-failed")
