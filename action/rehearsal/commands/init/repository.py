"""Read a repository for `rehearse init`."""

from collections.abc import Mapping
from pathlib import Path

from rehearsal.commands.init.compose_models import read_models
from rehearsal.commands.init.minimal_dockerfile import minimal_dockerfile
from rehearsal.commands.init.survey import Survey, find_survey
from rehearsal.outside.files import list_folders, read_text
from rehearsal.outside.git import git_output
from rehearsal.source.project_files import ProjectFiles
from rehearsal.verdict import MisconfiguredError

# `compose/production/django/Dockerfile` and `src/shop/config/settings/production.py`.
SEARCH_DEPTH = 5


def read_survey(top: Path) -> Survey:
    """Return what the repository shows of its app. Raises `MisconfiguredError`."""
    project = ProjectFiles(
        folders=list_folders(top, SEARCH_DEPTH), read=lambda path: read_text(top / path) or ""
    )
    survey = find_survey(project, read_models(top, project))
    if not survey:
        raise MisconfiguredError(
            f"There is no Dockerfile in {top}, and a rehearsal starts the image that it builds.",
            hint=minimal_dockerfile(project),
        )
    if not survey.choice.stage:
        raise MisconfiguredError(
            f"{survey.choice.dockerfile.path} cannot be read, is larger than 256 KiB, or has no "
            "FROM.",
            hint="Check what is in the file, and that you may read it.",
        )
    return survey


def main_branch(top: Path, environ: Mapping[str, str]) -> str:
    """Return the branch whose pushes are rehearsed: the one of the remote, else the own one."""
    remote = git_output(top, environ, "symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
    own = git_output(top, environ, "symbolic-ref", "--quiet", "HEAD")
    name = remote.removeprefix("refs/remotes/origin/") or own.removeprefix("refs/heads/")
    return name if name in ("main", "master", "trunk", "develop") else "main"
