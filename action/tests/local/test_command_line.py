"""The command line on a laptop, with a client that only plays the engine."""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from ..fake_docker import FakeDocker
from .conftest import Project

PROGRAM = Path(__file__).resolve().parents[2]
PLACE = ".github/workflows/ci.yml, job web, step 2"
HUSH = "planted-secret-value"
STEP = """
env:
  KEY: ${{ secrets.KEY }}
with:
  secrets: KEY
  env: MODE=${{ vars.MODE || 'plain' }}
  test-command: ${{ vars.CHECK || 'echo "Ran 2 tests in 0.1s"; echo OK' }}
"""


@dataclass
class Laptop:
    project: Project
    docker: FakeDocker
    temp: Path

    @property
    def environ(self) -> dict[str, str]:
        return {"PATH": self.docker.path, "HOME": str(self.temp), "RUNNER_TEMP": str(self.temp)}

    def run(self, *argv: str, **environ: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-I", str(PROGRAM), *argv],
            cwd=self.project.top,
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=30,
            check=False,
        )
        return done.returncode, done.stdout.decode()

    def run_on_terminal(self, *argv: str, **environ: str) -> tuple[int, str]:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-I", str(PROGRAM), *argv],
            cwd=self.project.top,
            env={**self.environ, "TERM": "xterm", "PYTHONUTF8": "1", **environ},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        drawn = b""
        try:
            while piece := os.read(ours, 65536):
                drawn += piece
        except OSError:  # What Linux says when the other end is closed.
            pass
        finally:
            os.close(ours)
        return process.wait(10), drawn.decode()

    def left(self) -> list[str]:
        return [path.name for path in self.temp.iterdir()]


@pytest.fixture
def laptop(project: Project, tmp_path: Path) -> Laptop:
    (tmp_path / "temp").mkdir()
    project.step(STEP.strip())
    docker = FakeDocker(tmp_path)
    (docker.bin / "git").symlink_to(shutil.which("git") or "there is no git: make setup")
    return Laptop(project, docker, tmp_path / "temp")


def test_rehearse__the_step_passes_and_leaves_nothing(laptop: Laptop) -> None:
    laptop.project.write(".env", f"KEY='{HUSH}'\n")
    laptop.docker.set("last", HUSH)
    code, log = laptop.run(MODE="fancy")
    assert code == 0, log
    assert log.splitlines()[0] == "rehearsing .github/workflows/ci.yml, job web, step 2, line 7"
    assert log.splitlines()[-1] == "verdict:  passed"
    assert f"KEY={HUSH}" in (laptop.docker.state / "environment").read_text()
    assert "MODE=fancy" in "\n".join(laptop.docker.calls)
    assert HUSH not in log + "\n".join(laptop.docker.calls)
    assert "::" not in log
    assert not laptop.docker.has_container
    assert laptop.left() == []


def test_rehearse__a_failure_is_kept_and_linked(laptop: Laptop) -> None:
    code, log = laptop.run(KEY=HUSH, CHECK=f"echo {HUSH}; exit 1")
    assert code == 13, log
    assert HUSH not in log
    *_, evidence, link, verdict = log.splitlines()
    assert verdict == "verdict:  tests-failed"
    folder = Path(evidence.removeprefix("evidence: "))
    page = urlsplit(link.removeprefix("open:     "))
    assert page.scheme == "file"
    opened = Path(unquote(page.path))
    assert opened.parent == folder
    assert "tests-failed" in opened.read_text()
    assert json.loads((folder / "verdict.json").read_text())["exit-code"] == 13
    assert HUSH not in (folder / "tests/output.log").read_text()


@pytest.mark.parametrize("flags", [["--plan"], []], ids=["plan", "rehearsal"])
def test_rehearse__warns_of_a_secret_that_is_an_ordinary_word(
    laptop: Laptop, flags: list[str]
) -> None:
    word = laptop.project.top.name
    code, log = laptop.run(*flags, "--env", "MODE=ours", KEY=word)
    assert code == 0, log
    said = [line for line in log.splitlines() if "The secret KEY holds an ordinary word." in line]
    assert said
    assert word not in "".join(said)


def test_rehearse__flags_go_over_the_step(laptop: Laptop) -> None:
    code, log = laptop.run("--env", "MODE=ours", "--input", "secrets=", "--test-command", "true")
    assert code == 0, log
    assert "MODE=ours" in "\n".join(laptop.docker.calls)


def test_rehearse__where_the_action_sets_its_inputs_no_workflow_is_read(laptop: Laptop) -> None:
    code, log = laptop.run(REHEARSAL_INPUTS="{}", CHECK="exit 1")
    assert code == 0, log
    assert "rehearsing" not in log
    assert "No tests ran" in log


# What a first-time user does wrong: arguments, environment, and what is said.
MISTAKES: dict[str, tuple[list[str], dict[str, str], str]] = {
    "secret": ([], {}, (
        f"KEY in the env of {PLACE} needs secrets.KEY, which has no value here.\n"
        "Set it in the environment (export KEY=…), or add a line KEY=… to "
    )),
    "empty secret": ([], {"KEY": ""}, "The secret KEY is empty."),
    "step": (["--step", "web"], {}, (
        "No step 'web' uses the action.\n"
        f"These do:\n  --step 2   ({PLACE}, line 7)"
    )),
    "input": (["--input", "prot=1"], {}, "There is no input named 'prot'. Did you mean port?"),
    "flag": (["--prot", "1"], {}, "there is no flag --prot; did you mean --port?"),
    "port": (["--port", "http"], {"KEY": HUSH}, "The input port is 'http'; it has to be a whole"),
    "workflow": (["--workflow", "ci2"], {}, "There is no workflow 'ci2'."),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_rehearse__a_mistake_gets_a_paragraph_and_leaves_nothing(
    laptop: Laptop, mistake: str
) -> None:
    argv, environ, words = MISTAKES[mistake]
    for arguments in (argv, [*argv, "--plan"]):
        code, log = laptop.run(*arguments, **environ)
        assert (code, words in log) == (2, True), log
        assert "Traceback" not in log
        assert laptop.docker.calls == []
        assert laptop.left() == []


def test_rehearse__no_engine(laptop: Laptop) -> None:
    laptop.docker.set("gone")
    code, log = laptop.run(KEY=HUSH)
    assert code == 20
    assert "The container engine does not answer" in log
    assert "evidence:" not in log
    assert laptop.left() == []


def test_rehearse__broken_yaml(laptop: Laptop) -> None:
    laptop.project.workflow("jobs:\n  web: steps: []\n")
    code, log = laptop.run()
    assert code == 2
    assert ".github/workflows/ci.yml, line 2: this is not valid YAML: mapping values are not" in log


def test_rehearse__several_steps(laptop: Laptop) -> None:
    laptop.project.workflow("jobs: {a: {steps: [{uses: ./action}, {uses: ./action}]}}")
    code, log = laptop.run()
    assert code == 2
    assert (
        "2 steps use the action, and only one can be rehearsed at a time.\n"
        "Say which:\n  --step 1" in log
    )
    assert laptop.run("--step", "2")[0] == 0


def test_plan__shows_everything_and_touches_nothing(laptop: Laptop) -> None:
    code, log = laptop.run("--plan", "--port", "80", KEY=HUSH)
    assert code == 0
    assert "port 80 of the app on a free port of 127.0.0.1, with KEY=***" in log
    assert "  env: MODE=plain\n" in log
    assert HUSH not in log
    assert laptop.docker.calls == []
    assert laptop.left() == []


@pytest.mark.parametrize("check, exit_code", [("true", 0), ("exit 1", 13)], ids=["pass", "fail"])
def test_keep__leaves_the_container_up(laptop: Laptop, check: str, exit_code: int) -> None:
    code, log = laptop.run("--keep", KEY=HUSH, CHECK=check)
    assert code == exit_code, log
    port = (laptop.docker.state / "port").read_text()
    assert f"kept:     http://localhost:{port} (the app still runs)\n" in log
    removal = re.search(
        r"^remove:   docker (rm --force --volumes dress-rehearsal-\S+)$", log, re.MULTILINE
    )
    assert removal
    assert laptop.docker.has_container
    assert not [call for call in laptop.docker.calls if call.startswith(("stop", "rm"))]
    name = removal[1].split()[-1]
    assert any(f"--name {name} " in call for call in laptop.docker.calls)


def test_terminal__draws_the_stages(laptop: Laptop) -> None:
    laptop.docker.set("build-says", f"#2 {HUSH}\n#3 done\n")
    code, drawn = laptop.run_on_terminal(KEY=HUSH)
    assert code == 0, drawn
    for stage in ("build", "start", "ready", "test", "stop"):
        assert re.search(rf"✓ {stage} +\d+\.\d s", drawn), drawn
    assert "Ran 2 tests" in drawn
    assert HUSH not in drawn
    assert "verdict:  passed  ✓" in drawn
    assert drawn.count("\x1b[?25l") == drawn.count("\x1b[?25h"), "the cursor is given back"


def test_terminal__shows_the_end_of_a_log_that_was_folded(laptop: Laptop) -> None:
    laptop.docker.set("build-says", "#1 first\n#2 ERROR: no such pin\n")
    laptop.docker.set("build-exit", "1")
    code, drawn = laptop.run_on_terminal(KEY=HUSH, NO_COLOR="1")
    assert code == 10
    after = drawn.partition("✗ build")[2]
    assert "── The end of build.log" in after
    assert "#2 ERROR: no such pin" in after
    assert "verdict:  build-failed  ✗" in after


@pytest.mark.parametrize("environ", [{"TERM": "dumb"}, {"CI": "true"}], ids=str)
def test_terminal__plain_where_nothing_can_move(laptop: Laptop, environ: dict[str, str]) -> None:
    code, drawn = laptop.run_on_terminal(KEY=HUSH, **environ)
    assert code == 0
    assert "\x1b" not in drawn
    assert "── test" in drawn
