"""Read the compose files of a repository."""

from pathlib import Path

from rehearsal.commands.init.compose_services import is_compose_file
from rehearsal.local.yaml_file import read_yaml
from rehearsal.source.project_files import ProjectFiles, join
from rehearsal.verdict import MisconfiguredError


def read_models(top: Path, project: ProjectFiles) -> dict[str, object]:
    """Return the parsed compose files by their path; a file that is no YAML is left out."""
    paths = (
        join(folder, name)
        for folder, names in project.folders.items()
        for name in names
        if is_compose_file(name)
    )
    found: dict[str, object] = {}
    for path in paths:
        try:
            found[path] = read_yaml(top / path, display_path=path)
        except MisconfiguredError:
            continue  # It is no YAML, or PyYAML is missing.
    return found
