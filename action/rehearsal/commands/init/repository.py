"""Read a repository for `rehearse init`."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from rehearsal.commands.init.compose_models import read_models
from rehearsal.commands.init.known_values import EXAMPLE
from rehearsal.commands.init.minimal_dockerfile import minimal_dockerfile
from rehearsal.commands.init.survey import Survey, find_survey
from rehearsal.outside.files import list_folders, read_text
from rehearsal.outside.git import git_output
from rehearsal.regex import regex
from rehearsal.source.project_files import ProjectFiles, join
from rehearsal.verdict import MisconfiguredError

# `compose/production/django/Dockerfile` and `src/shop/config/settings/production.py`.
SEARCH_DEPTH = 5
# Texts of files that are kept, for those that are read again and again.
MAX_KEPT = 64
# Files like .env, .env.production, .envs/.local/.django and web.env.
HOLDS_VARIABLES = regex(r"(?:^|/)\.envs?(?:$|[./_-])|\.env$")


def read_survey(top: Path, environ: Mapping[str, str]) -> Survey:
    """Return what the repository shows of its app. Raises `MisconfiguredError`."""
    project = read_project(top, environ)
    survey = find_survey(project, read_models(top, project))
    if not survey:
        raise MisconfiguredError(
            f"There is no Dockerfile in {top}. A rehearsal builds the app's image from one.",
            hint=minimal_dockerfile(project),
        )
    if not survey.choice.stage:
        raise MisconfiguredError(
            f"{survey.choice.dockerfile.path} cannot be read, is larger than 256 KiB, or has no "
            "FROM.",
            hint="Check what is in the file, and that you may read it.",
        )
    return survey


def read_project(top: Path, environ: Mapping[str, str]) -> ProjectFiles:
    """Return the files of a repository, without those that git ignores.

    Files like `.env` are left out unless git tracks them: local secrets must not get into a
    workflow.
    """
    tracked = _files(top, environ, "--cached")
    new = _files(top, environ, "--others", "--exclude-standard")

    def is_known(path: str) -> bool:
        if HOLDS_VARIABLES.search(path) and not EXAMPLE.fullmatch(path.rpartition("/")[2]):
            return path in tracked
        return path in tracked or path in new

    folders = {
        folder: tuple(name for name in names if is_known(join(folder, name)))
        for folder, names in list_folders(top, SEARCH_DEPTH).items()
    }

    # Each variable asks for the lines that read it.
    @lru_cache(maxsize=MAX_KEPT)
    def read(path: str) -> str:
        return (is_known(path) and read_text(top / path)) or ""

    return ProjectFiles(folders=folders, read=read)


def _files(top: Path, environ: Mapping[str, str], *options: str) -> frozenset[str]:
    return frozenset(git_output(top, environ, "ls-files", "-z", *options).split("\0"))


def main_branch(top: Path, environ: Mapping[str, str]) -> str:
    """Return the remote's default branch, else the current one; `main` if its name is unusual."""
    remote = git_output(top, environ, "symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
    own = git_output(top, environ, "symbolic-ref", "--quiet", "HEAD")
    name = remote.removeprefix("refs/remotes/origin/") or own.removeprefix("refs/heads/")
    return name if name in ("main", "master", "trunk", "develop") else "main"
