"""Whether a file or folder is what the commit of the workflow's event holds."""

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rehearsal.outside.git import NoCheckoutError, find_top, git, git_output, head_commit

# How many files a reason names.
MAX_FILES = 3


def why_foreign(path: Path, commit: str, env: Mapping[str, str]) -> str:
    """Return why `path` may hold other code than `commit`, or an empty string.

    Tracked files are compared with the commit by their content. A stranger may have written the
    configuration and the index of this checkout, and the configuration can name programs for git
    to run: so only the objects of the checkout are used, with an empty repository of our own.
    """
    path = path.resolve()
    folder = path if path.is_dir() else path.parent
    try:
        top = find_top(folder, env)
    except NoCheckoutError:
        return "is in no checkout of git"
    if not commit or head_commit(folder, env) != commit:
        return "is not checked out at the event's commit"
    objects = folder / git_output(folder, env, "rev-parse", "--git-path", "objects")
    with tempfile.TemporaryDirectory() as repository:
        own = {
            **env,
            "GIT_DIR": repository,
            "GIT_WORK_TREE": str(top),
            "GIT_OBJECT_DIRECTORY": str(objects),
        }
        return _compare(path, top, commit, {**env, "GIT_DIR": repository}, own)


def _compare(
    path: Path, top: Path, commit: str, empty: Mapping[str, str], own: Mapping[str, str]
) -> str:
    try:
        failed = (
            git(top, empty, "init", "--quiet", "--bare")[0] or git(top, own, "read-tree", commit)[0]
        )
        # Its exit code says that files differ. It reads their content where `diff-files` trusts
        # what the index knows of their size and time.
        git(top, own, "update-index", "-q", "--refresh")
    except (OSError, subprocess.TimeoutExpired):
        failed = 1
    if failed:
        return "could not be compared with the event's commit"
    # A sparse checkout lacks files; a file that is not there holds no code.
    changed = git_output(top, own, "diff-files", "-z", "--name-only", "--diff-filter=d")
    if names := changed.rstrip("\0").split("\0") if changed else []:
        more = f" and {len(names) - MAX_FILES} more" if len(names) > MAX_FILES else ""
        shown = ", ".join(map(repr, names[:MAX_FILES]))
        return f"is in a checkout whose files differ from the event's commit ({shown}{more})"
    if not git_output(top, own, "ls-files", "-z", "--", str(path)):
        return "is not part of the event's commit"
    return ""
