"""Projects in the usual shapes, each as its user has it before there is a rehearsal.

Their files name official images. No registry answers where scenarios run, so what builds on these
images or starts them gets stand-ins, after `rehearse init` has read the files.
"""

import re
import shutil
from functools import cache
from pathlib import Path

from .leftovers import engine
from .machine import base_image
from .repository import CALLER, Repository
from .services import with_stand_ins

_FIXTURES = Path(__file__).parent / "fixtures"
_OFFICIAL = re.compile(r"^FROM (?:docker\.io/)?(?P<name>python|node):\S+", re.MULTILINE)
_WORKFLOW = ".github/workflows/rehearse.yml"


def lay_out(shape: str, root: Path) -> Repository:
    """Copy the project of a shape and commit it; no file of it comes from here."""
    shutil.copytree(_FIXTURES / "shapes" / shape, root)
    repository = Repository(root=root)
    repository.git("init", "--quiet", "--initial-branch", "main")
    repository.git("remote", "add", "origin", f"https://github.com/{CALLER}")
    repository.commit("As it stands")
    return repository


def workflow_of(repository: Repository) -> str:
    """Return the workflow that `rehearse init` has written."""
    return (repository.root / _WORKFLOW).read_text()


def use_stand_ins(repository: Repository) -> None:
    """Let the images of a project, and the services of its workflow, start from stand-ins."""
    for file in repository.root.rglob("Dockerfile"):
        file.write_text(
            _OFFICIAL.sub(lambda found: f"FROM {_base(found['name'])}", file.read_text())
        )
    text = workflow_of(repository).replace("docker.io/", "")
    repository.write(_WORKFLOW, with_stand_ins(text))


@cache
def _base(name: str) -> str:
    """Build the stand-in for an official image, and return its name."""
    image = f"localhost/{name}-stand-in:latest"
    folder = _FIXTURES / "base_images"
    file = folder / f"{name}.Dockerfile"
    engine(
        "build",
        "--build-arg",
        f"PYTHON_IMAGE={base_image()}",
        "--tag",
        image,
        "--file",
        str(file),
        str(folder),
    )
    return image
