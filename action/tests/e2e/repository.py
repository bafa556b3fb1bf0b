"""Repositories to rehearse in: a copy of this checkout, or a tiny app beside `action/`."""

import atexit
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .leftovers import engine
from .machine import ACTION, CHECKOUT, base_image, copy_checkout

# What the repositories of the scenarios are called on GitHub.
CALLER = "example/superlists"
_DEFAULT_BASE = "python:3.13-slim"
_FIXTURES = Path(__file__).parent / "fixtures"
_NOT_COPIED = shutil.ignore_patterns("tests", "node_modules")
_IDENTITY = ("-c", "user.name=A Caller", "-c", "user.email=caller@example.invalid")


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A fresh git repository that a scenario may change as it likes."""

    root: Path

    def write(self, path: str, text: str) -> Path:
        """Write one file, and the folders it needs."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def replace(self, path: str, pattern: str, replacement: str) -> None:
        """Replace every match of a regular expression in one file; `^` and `$` stand for a line.

        Raises AssertionError when nothing matches: the scenario would rehearse an unchanged app.
        """
        file = self.root / path
        text, count = re.subn(pattern, replacement, file.read_text(), flags=re.MULTILINE)
        assert count, f"{path} holds nothing that matches {pattern!r}; adapt the scenario to it"
        file.write_text(text)

    def commit(self, message: str) -> str:
        """Commit everything and return the commit's hash."""
        self.git("add", "--all")
        self.git(*_IDENTITY, "commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD").strip()

    def git(self, *arguments: str) -> str:
        """Run git here and return what it prints."""
        return subprocess.run(
            ["git", *arguments], cwd=self.root, check=True, text=True, capture_output=True
        ).stdout


def selenium() -> str:
    """Return the pin that the suite of this checkout uses."""
    lines = (CHECKOUT / "functional_tests/requirements.txt").read_text().splitlines()
    return next(line for line in lines if line.startswith("selenium==")) + "\n"


def copy_of_checkout(root: Path) -> Repository:
    """Copy what git tracks or would track here, without our own tests and the pictures.

    Images build on the base image of this machine.
    """
    return _copy_of("", _copy_checkout, root)


def repository_of(fixture: str, root: Path) -> Repository:
    """Lay out another project as one would: its app, and `action/` copied into it."""

    def copy_fixture(template: Path) -> None:
        shutil.copytree(_FIXTURES / fixture, template, ignore=_NOT_COPIED)
        shutil.copytree(ACTION, template / "action", ignore=_NOT_COPIED)

    return _copy_of(fixture, copy_fixture, root)


def on_small_python(repository: Repository) -> None:
    """Build a repository's image on a quarter of the base image.

    A workflow hands its image from job to job, and packing the whole one takes seconds each time.
    """
    repository.replace(
        "Dockerfile", r"^ARG PYTHON_IMAGE=.*$", f"ARG PYTHON_IMAGE={_small_python()}"
    )
    repository.commit("On a small image")


@cache
def _small_python() -> str:
    base = json.loads(engine("image", "inspect", base_image()))[0]["Id"]
    name = f"localhost/small-python:{base.removeprefix('sha256:')[:12]}"
    base_is = f"PYTHON_IMAGE={base_image()}"
    engine("build", "--build-arg", base_is, "--tag", name, str(_FIXTURES / "small_python"))
    return name


def _copy_checkout(template: Path) -> None:
    copy_checkout(
        template, lambda name: not name.startswith("action/tests/") and not name.endswith(".png")
    )
    # Not tracked, but see _commit_template.
    for folder in ACTION.glob("rehearsal*/**/__pycache__"):
        shutil.copytree(folder, template / folder.relative_to(CHECKOUT))


# By their names, in a folder that this process removes at its end.
_templates: dict[str, Path] = {}


def _copy_of(name: str, lay_out: Callable[[Path], None], root: Path) -> Repository:
    """Copy a repository that is made once: laying it out takes four times as long as copying."""
    if name not in _templates:
        folder = Path(tempfile.mkdtemp(prefix="dr-template-"))
        atexit.register(shutil.rmtree, folder)
        lay_out(folder / "repository")
        _commit_template(folder / "repository")
        _templates[name] = folder / "repository"
    root.mkdir(parents=True)
    subprocess.run(["cp", "--archive", "--no-target-directory", _templates[name], root], check=True)
    return Repository(root=root)


def _commit_template(root: Path) -> None:
    repository = Repository(root=root)
    if base_image() != _DEFAULT_BASE:
        # So that the workflows of the scenarios read as a caller's do, without build arguments.
        repository.replace(
            "Dockerfile",
            rf"^ARG PYTHON_IMAGE={re.escape(_DEFAULT_BASE)}$",
            f"ARG PYTHON_IMAGE={base_image()}",
        )
    repository.git("init", "--quiet", "--initial-branch", "main")
    # Compiled modules come along, as hundreds of rehearsals would compile them anew.
    (root / ".git/info/exclude").write_text("__pycache__/\n")
    repository.git("remote", "add", "origin", f"https://github.com/{CALLER}")
    repository.commit("As it stands")
    # One file for git's hundreds of objects, without a search for what they have in common.
    repository.git("repack", "-a", "-d", "--window=0", "--quiet")
