"""The settings of gunicorn: a file, or a module of Python."""

import itertools
from collections.abc import Sequence
from pathlib import PurePosixPath

from rehearsal.source.django_project import locate_module
from rehearsal.source.project_files import ProjectFiles, join

OPTIONS = ("-c", "--config")
# gunicorn reads this file in the folder where it starts.
DEFAULT = "gunicorn.conf.py"


def gunicorn_settings(project: ProjectFiles, command: Sequence[str]) -> str:
    """Return the text of the settings that a command gives gunicorn, empty without any."""
    pairs = itertools.pairwise(command)
    name = next((value for option, value in pairs if option in OPTIONS), DEFAULT)
    if name.startswith("python:"):
        return project.read(locate_module(project, name.removeprefix("python:")))
    file = PurePosixPath(name.removeprefix("file:")).name
    paths = (join(folder, file) for folder in project.nearest_first())
    return next(filter(None, map(project.read, paths)), "")
