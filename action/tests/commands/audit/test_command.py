"""`rehearse audit` as a program: what it prints where, and how it ends."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fluidattacks_core.sarif import SarifLog

from ...fake_docker import FakeDocker

ACTION = Path(__file__).resolve().parents[3]
SECRET = "planted-secret-value"


class Laptop:
    """A folder with an engine; `github` are the variables of a step that runs there."""

    def __init__(self, folder: Path) -> None:
        self.docker = FakeDocker(folder)
        self.folder = folder / "project"
        self.folder.mkdir()
        self.temp = folder / "temp"
        self.temp.mkdir()
        self.github = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "RUNNER_TEMP": str(self.temp),
        }

    def audit(self, *argv: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        base = {"PATH": self.docker.path, "HOME": str(self.folder), "TMPDIR": str(self.temp)}
        return subprocess.run(
            [sys.executable, "-I", str(ACTION), "audit", *argv],
            cwd=self.folder,
            env=base | environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    return Laptop(tmp_path)


def test_audit__without_an_image(laptop: Laptop) -> None:
    done = laptop.audit("--port", "80")
    assert done.returncode == 2
    assert "needs the name or the ID of an image" in done.stdout
    assert "docker image ls" in done.stdout


def test_audit__prints_the_table_before_the_last_lines(laptop: Laptop) -> None:
    """A project with tests has none of them run."""
    (laptop.folder / "functional_tests").mkdir()
    (laptop.folder / "manage.py").touch()
    done = laptop.audit("web:1", "--audit", "warn", "--secrets", f"KEY={SECRET}")
    assert (done.returncode, done.stderr) == (0, "")
    stages, end = done.stdout.index("\nstages: "), done.stdout.splitlines()[-1]
    assert done.stdout.index("\nfinding ") < stages
    assert re.search(r"^audit:    \d+ passed, \d+ failed", done.stdout[stages:], re.MULTILINE)
    assert "\nimage:    web:1 (sha256:" in done.stdout[stages:]
    assert end == "verdict:  passed"
    for line in ("No tests ran", "warning: Dress rehearsal: audit", SECRET):
        assert line not in done.stdout
    assert not any(call.startswith("build ") for call in laptop.docker.calls)
    assert not laptop.docker.has_container


@pytest.mark.parametrize("on_github", [False, True], ids=["laptop", "step of a workflow"])
@pytest.mark.parametrize("kind", ["json", "markdown", "sarif"])
def test_audit__prints_a_document_alone(kind: str, on_github: bool, laptop: Laptop) -> None:
    environ = laptop.github if on_github else {}
    done = laptop.audit("web:1", "--audit=warn", "--format", kind, **environ)
    assert done.returncode == 0, done.stderr
    assert "verdict:  passed" in done.stderr
    if kind == "json":
        found = json.loads(done.stdout)
        assert (found["verdict"], found["audit"]["mode"]) == ("passed", "warn")
    elif kind == "sarif":
        assert SarifLog.model_validate_json(done.stdout).runs[0].results is not None
    else:
        assert done.stdout.startswith("## ✅ Dress rehearsal: passed\n")
        assert "- Audit: " in done.stdout


@pytest.mark.parametrize("kind", ["", "json", "markdown", "sarif"])
def test_audit__of_an_app_that_does_not_start(kind: str, laptop: Laptop) -> None:
    laptop.docker.set("crash", "1")
    done = laptop.audit("web:1", *(("--format", kind) if kind else ()))
    assert done.returncode == 11
    if not kind:
        assert "error: Dress rehearsal: crashed" in done.stdout
        assert "--env NAME=VALUE" in done.stdout
        assert done.stdout.endswith("verdict:  crashed\n")
    elif kind == "json":
        assert json.loads(done.stdout)["verdict"] == "crashed"
    elif kind == "sarif":
        log = SarifLog.model_validate_json(done.stdout)
        assert not (log.runs[0].invocations or [])[0].execution_successful
    else:
        assert done.stdout.startswith("## ❌ Dress rehearsal: crashed\n")
