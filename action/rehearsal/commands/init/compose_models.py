"""Read the compose files of a repository."""

from pathlib import Path

from rehearsal.commands.init.compose_services import is_compose_file
from rehearsal.local.yaml_file import read_yaml
from rehearsal.source.project_files import ProjectFiles, join
from rehearsal.verdict import MisconfiguredError


def read_models(top: Path, project: ProjectFiles) -> dict[str, object]:
    """Return the parsed compose files by their path.

    What is no YAML is left out, and so is a link that leads out of the checkout: GitHub has not
    what it leads to.
    """
    paths = (
        join(folder, name)
        for folder, names in project.folders.items()
        for name in names
        if is_compose_file(name)
    )
    found: dict[str, object] = {}
    inside = top.resolve()
    for path in paths:
        file = (top / path).resolve()
        if not file.is_file() or not file.is_relative_to(inside):
            continue
        try:
            found[path] = read_yaml(file, display_path=path)
        except MisconfiguredError:
            continue  # It is no YAML, or PyYAML is missing.
    return found
