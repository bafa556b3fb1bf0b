"""What a repository shows of its app, for the draft of a workflow."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from rehearsal.commands.init.django_settings import Container
from rehearsal.commands.init.dockerfile_choice import DockerfileChoice, choose_dockerfile
from rehearsal.source.app_shape import AppShape, find_app_shape
from rehearsal.source.project_files import ProjectFiles
from rehearsal.source.suite_finder import find_django_folder, find_suite


@dataclass(frozen=True, kw_only=True)
class Survey:
    """All paths are relative to the top of the repository.

    `directory` is the working directory of the rehearsal, `suite` the folder of the functional
    tests, empty if there are none.
    """

    project: ProjectFiles
    choice: DockerfileChoice
    shape: AppShape
    directory: str
    suite: str

    @property
    def container(self) -> Container:
        """The variables that the image gives the app."""
        dockerfile, stage = self.choice.dockerfile, self.choice.stage
        known: Mapping[str, str] = dockerfile.environment(stage) if stage else {}
        return Container(variables=known, scripts=self.shape.scripts)

    def from_directory(self, path: str) -> str:
        """Return a path from the working directory."""
        return posixpath.relpath(path, self.directory)


def find_survey(project: ProjectFiles) -> Survey | None:
    """Return what a repository shows of its app, None if it has no Dockerfile."""
    choice = choose_dockerfile(project, {}, {})
    if not choice:
        return None
    shape = find_app_shape(
        project, choice.dockerfile, target=choice.target, build_context=choice.context
    )
    django_folder = find_django_folder(project)
    suite = posixpath.normpath(f"{django_folder}/functional_tests") if django_folder else ""
    suite = suite or find_suite(project)
    directory = django_folder or "."
    if not django_folder and suite and _is_below(suite, choice.context):
        directory = choice.context
    return Survey(project=project, choice=choice, shape=shape, directory=directory, suite=suite)


def _is_below(path: str, folder: str) -> bool:
    return folder in (".", path) or path.startswith(f"{folder}/")
