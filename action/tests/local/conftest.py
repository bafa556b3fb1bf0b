"""A checkout to read workflows from."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ACTION = "runs: {using: composite, steps: [{env: {REHEARSAL_INPUTS: x}}]}\n"


@dataclass(frozen=True)
class Project:
    """A git repository of OWNER/shop, with the action in `action/` and a Dockerfile."""

    top: Path

    def write(self, name: str, text: str) -> Path:
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def workflow(self, text: str, name: str = "ci.yml") -> Path:
        return self.write(f".github/workflows/{name}", text)

    def step(self, text: str, *, job: str = "", workflow: str = "") -> Path:
        """Write ci.yml with one step that uses the action; `text` is the rest of the step."""
        lines = [workflow, "on: push", "jobs:", "  web:"]
        lines += [f"    {line}" for line in job.splitlines()]
        lines += ["    steps:", "      - run: echo", "      - uses: ./action"]
        lines += [f"        {line}" for line in text.splitlines()]
        return self.workflow("\n".join(lines) + "\n")

    def git(self, *words: str) -> str:
        environ = {"PATH": os.environ["PATH"], "HOME": str(self.top), "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", "-c", "user.name=Mona", "-c", "user.email=mona@example.com", *words],
            cwd=self.top,
            env=environ,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()


@pytest.fixture
def project(tmp_path: Path, _template: Project) -> Project:
    return Project(shutil.copytree(_template.top, tmp_path / "shop"))


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = Project(tmp_path_factory.mktemp("template"))
    made.write("action/action.yml", ACTION)
    made.write("Dockerfile", "FROM scratch\n")
    made.git("init", "--quiet", "--template=", "--initial-branch", "main")
    made.git("remote", "add", "origin", "git@github.com:OWNER/shop.git")
    made.git("config", "user.name", "Mona")
    made.git("add", "--all")
    made.git("commit", "--quiet", "--message", "First\n\nMore")
    return made
