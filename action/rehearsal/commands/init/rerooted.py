"""A folder of a project as a project of its own."""

import posixpath
from dataclasses import replace
from pathlib import PurePosixPath

from rehearsal.source.project_files import ProjectFiles, join


def rerooted(project: ProjectFiles, folder: str) -> ProjectFiles:
    """Return the files of a folder, with paths relative to it."""
    if folder == ".":
        return project
    below = {
        posixpath.relpath(path, folder): names
        for path, names in project.folders.items()
        if PurePosixPath(path).is_relative_to(folder)
    }
    return replace(project, folders=below, read=lambda path: project.read(join(folder, path)))
