"""The scripts that make an app's tables before its tests."""

import posixpath
import re
from collections.abc import Iterator

from rehearsal.commands.init.input_line import InputLine, place
from rehearsal.commands.init.survey import Survey
from rehearsal.source.app_shape import python_command
from rehearsal.source.image_layout import find_in_image, workdir_of

MIGRATES = re.compile(r"\bmigrate\b")


def setup_lines(survey: Survey) -> Iterator[InputLine]:
    """Yield the script that makes the tables of a Django project, unless its image runs it."""
    django = survey.shape.django
    if not django or not django.manage or starts_with(survey, MIGRATES):
        return
    found = django.find("DATABASES")
    if found:
        module, setting = found
        manage = path_in_image(survey, django.manage)
        yield InputLine(
            name="setup-command",
            text=f"{python_command(survey.shape)} {manage} migrate --noinput",
            why=f"{place(module.path, setting.line)}: the database is empty at first.",
        )


def starts_with(survey: Survey, pattern: re.Pattern[str]) -> bool:
    """Whether what starts the container does something already."""
    words = " ".join(survey.shape.command.texts) if survey.shape.command else ""
    return bool(pattern.search(survey.shape.scripts) or pattern.search(words))


def path_in_image(survey: Survey, path: str) -> str:
    """Return a file's path in the container from the folder where commands start."""
    dockerfile, stage = survey.choice.dockerfile, survey.choice.stage
    if not stage:
        return path
    placed = find_in_image(dockerfile, stage, posixpath.relpath(path, survey.choice.context))
    if not placed:
        return posixpath.basename(path)
    relative = posixpath.relpath(placed.path, workdir_of(dockerfile, stage))
    return placed.path if relative.startswith("..") else relative
