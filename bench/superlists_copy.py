"""A copy of superlists with everything that a rehearsal of it needs, in a folder of its own."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.programs import ROOT

_COPIED = (
    "Dockerfile", ".dockerignore", "gunicorn.conf.py", "manage.py", "requirements.txt",
    "superlists", "functional_tests",
)  # fmt: skip
# What ci.yml gives to the action.
FLAGS = (
    "--no-workflow", "--generate-secrets", "DJANGO_SECRET_KEY",
    "--env", "DJANGO_ALLOWED_HOST=localhost", "--volumes", "data:/data",
    "--setup-command", "python manage.py migrate --noinput",
    "--audit-ignore", "deploy-check:W004", "--audit-ignore", "deploy-check:W008",
    "--audit-ignore", "deploy-check:W016",
)  # fmt: skip


@dataclass(frozen=True)
class Project:
    """The copy, and what the environment of programs in it needs."""

    path: Path
    base_image: str

    @property
    def environ(self) -> dict[str, str]:
        """A cache of its own, a secret, and the tests' packages where both ways find them."""
        return {
            "XDG_CACHE_HOME": str(self.path.parent / "cache"),
            "DJANGO_SECRET_KEY": "for-the-measurement",
            "PYTHON_IMAGE": self.base_image,
            "PYTHONPATH": str(ROOT / "action"),
        }

    def change_requirements(self, text: str) -> None:
        """Change requirements.txt by a comment: the image's packages and the tests' are stale."""
        with (self.path / "requirements.txt").open("a") as file:
            file.write(f"# {text}\n")


def base_image() -> str:
    """Return the image that images build on here."""
    return os.environ.get("PYTHON_IMAGE") or (ROOT / ".cache/python-image").read_text().strip()


@contextlib.contextmanager
def copied() -> Iterator[Project]:
    """Make a copy, and remove it at the end."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        project = Project(Path(folder) / "superlists", base_image())
        project.path.mkdir()
        for name in _COPIED:
            source, target = ROOT / name, project.path / name
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        yield project
