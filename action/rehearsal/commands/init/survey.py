"""The survey of a repository: what its files say about the app and its tests."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import Any

from rehearsal.commands.init.app_service import ComposeSetup, find_setup
from rehearsal.commands.init.browser_tests import find_browser_tests
from rehearsal.commands.init.compose_services import LAST, PRODUCTION, read_services
from rehearsal.commands.init.django_settings import Container
from rehearsal.commands.init.dockerfile_choice import DockerfileChoice, choose_dockerfile
from rehearsal.commands.init.known_values import KnownValue, known_values
from rehearsal.commands.init.other_languages import other_variables
from rehearsal.commands.init.rerooted import rerooted
from rehearsal.commands.init.variable_values import is_secret
from rehearsal.dataclass import dataclass
from rehearsal.regex import regex
from rehearsal.source.app_shape import AppShape, find_app_shape
from rehearsal.source.image_layout import find_in_image
from rehearsal.source.packages import declared
from rehearsal.source.project_files import ProjectFiles, join
from rehearsal.source.settings_variables import SettingsVariable, settings_variables
from rehearsal.source.suite_finder import find_django_folder, find_suite

NODE = (".js", ".mjs", ".cjs", ".ts", ".mts")
# Code of Node that fails if a variable is not set.
THROWS = regex(r"\bthrow\b|\bassert|\binvariant\(|process\.exit|required", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What the files of a repository say. All paths are relative to the top of the repository.

    `directory` is the working directory of the rehearsal. `suite` is the folder of the functional
    tests, empty if there are none. `command` are the words with which a compose file starts the
    app, empty if the image's own command starts it.
    """

    project: ProjectFiles
    choice: DockerfileChoice
    shape: AppShape
    directory: str
    suite: str
    setup: ComposeSetup = field(default_factory=ComposeSetup)
    command: tuple[str, ...] = ()

    @cached_property
    def container(self) -> Container:
        """The variables that the image gives the app."""
        dockerfile, stage = self.choice.dockerfile, self.choice.stage
        known: Mapping[str, str] = dockerfile.environment(stage) if stage else {}
        return Container(variables=known, scripts=self.scripts)

    @property
    def scripts(self) -> str:
        """The text of the scripts that start the app, without the Dockerfile."""
        return self.shape.scripts.replace(self.choice.dockerfile.text, "")

    @cached_property
    def variables(self) -> tuple[SettingsVariable, ...]:
        """The variables that the app's settings read."""
        project = self._without_env_files()
        if self.shape.django:
            return settings_variables(project, self.shape.django)
        context = self.choice.context
        own = rerooted(project, context)
        found = (*settings_variables(own, None), *other_variables(own))
        return tuple(
            replace(
                each,
                path=join(context, each.path),
                has_default=each.has_default or not self._may_lack(own, each),
            )
            for each in found
        )

    def _may_lack(self, project: ProjectFiles, variable: SettingsVariable) -> bool:
        """Whether an app may fail without a variable. In Node, reading an unset one is no error."""
        if not variable.path.endswith(NODE):
            return True
        lines = project.read(variable.path).split("\n")
        near = "\n".join(lines[variable.line - 1 : variable.line + 3])
        return bool(is_secret(variable.name) or variable.name in self.known or THROWS.search(near))

    def _without_env_files(self) -> ProjectFiles:
        """Return the project without the files `.env` that are not in the image."""
        folders = {
            folder: tuple(
                name for name in names if name != ".env" or self._is_in_image(join(folder, name))
            )
            for folder, names in self.project.folders.items()
        }
        return replace(self.project, folders=folders)

    def _is_in_image(self, path: str) -> bool:
        dockerfile, stage = self.choice.dockerfile, self.choice.stage
        relative = posixpath.relpath(path, self.choice.context)
        ignored = self.project.read(join(self.choice.context, ".dockerignore"))
        if re.search(r"^[*/]*\.env\b(?!\.)", ignored, re.MULTILINE):
            return False
        return bool(stage and find_in_image(dockerfile, stage, relative))

    @cached_property
    def known(self) -> dict[str, KnownValue]:
        """The values of variables that the repository shows."""
        compose = [each.path for each in (self.setup.app, *self.setup.needed) if each]
        places = (self.choice.context, ".", *(posixpath.dirname(each) or "." for each in compose))
        folders = tuple(dict.fromkeys(places))
        return known_values(self.project, self.setup, folders)

    @cached_property
    def packages(self) -> str:
        """The text in which the image's packages are declared, in lower case."""
        project = rerooted(self.project, self.choice.context)
        return declared(self.choice.dockerfile, project, self.choice.stage)

    def from_directory(self, path: str) -> str:
        """Return a path from the working directory."""
        return posixpath.relpath(path, self.directory)

    def lines_of(self, variable: SettingsVariable) -> str:
        """Return the line that reads a variable and the two lines after it."""
        lines = self.project.read(variable.path).split("\n")
        return "\n".join(lines[variable.line - 1 : variable.line + 2])


def find_survey(project: ProjectFiles, models: Mapping[str, Any]) -> Survey | None:
    """Return the survey of a repository, None if it has no Dockerfile.

    `models` are the parsed compose files by path.
    """
    services = read_services(project, models)
    built = [each for each in reversed(services) if each.dockerfile]
    choice = choose_dockerfile(
        project,
        {each.dockerfile: each.context for each in built},
        {each.dockerfile: each.target for each in built if PRODUCTION.search(each.path)},
    )
    if not choice:
        return None
    setup = find_setup(services, choice.dockerfile.path)
    command = _command(choice, setup)
    shape = find_app_shape(
        project,
        choice.dockerfile,
        target=choice.target,
        running=" ".join(command),
        build_context=choice.context,
    )
    django_folder = find_django_folder(project)
    suite = join(django_folder, "functional_tests") if django_folder else find_suite(project)
    suite = suite or find_browser_tests(project)
    directory = django_folder or "."
    if not django_folder and suite and _is_below(suite, choice.context):
        directory = choice.context
    return Survey(
        project=project,
        choice=choice,
        shape=shape,
        directory=directory,
        suite=suite,
        setup=setup,
        command=command,
    )


def _command(choice: DockerfileChoice, setup: ComposeSetup) -> tuple[str, ...]:
    """Return the compose file's command if it is for production or the image has none."""
    if not setup.app or not choice.stage:
        return ()
    path, own = setup.app.path, choice.dockerfile.last(choice.stage, "CMD")
    is_of_development = LAST.search(posixpath.basename(path))
    if PRODUCTION.search(path) or (not own and not is_of_development):
        return setup.app.command
    return ()


def _is_below(path: str, folder: str) -> bool:
    return folder in (".", path) or path.startswith(f"{folder}/")
