"""The git checkout: its top folder, its commit, its repository."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from rehearsal.dataclass import dataclass
from rehearsal.outside.process import run
from rehearsal.regex import regex

# git answers within milliseconds; on a network's file system, within seconds.
TIMEOUT = 10.0

# https://HOST/OWNER/NAME.git, ssh://git@HOST/OWNER/NAME, git@HOST:OWNER/NAME.git
REMOTE = regex(
    r"(?:(?:https?|ssh|git)://(?:[^@/]+@)?|[^@/:]+@)(?P<host>[^/:]+)(?::\d+(?=/))?[:/]"
    r"(?P<name>[^/:]+/[^/]+?)(?:\.git)?/?"
)


@dataclass(frozen=True, kw_only=True)
class GitCheckout:
    """A checkout; fields that git does not know are empty. `ref` is like refs/heads/main."""

    top: Path
    sha: str = ""
    ref: str = ""
    repository: str = ""
    host: str = "github.com"
    actor: str = ""
    message: str = ""

    def context(self) -> dict[str, str]:
        """Return the values of GitHub's `github` context for a push of it, by dotted path."""
        kind, _, name = self.ref.removeprefix("refs/").partition("/")
        owner, _, repository = self.repository.partition("/")
        server = f"https://{self.host}"
        values = {
            "actor": self.actor,
            "triggering_actor": self.actor,
            "sha": self.sha,
            "ref": self.ref,
            "ref_name": name,
            "ref_type": {"heads": "branch", "tags": "tag"}.get(kind, ""),
            "repository": self.repository,
            "repository_owner": owner,
            "repositoryurl": f"git://{self.host}/{self.repository}.git",
            "event.ref": self.ref,
            "event.after": self.sha,
            "event.head_commit.id": self.sha,
            "event.head_commit.message": self.message,
            "event.repository.full_name": self.repository,
            "event.repository.name": repository,
        }
        known = {path: value for path, value in values.items() if value}
        return known | {
            "workspace": str(self.top),
            "event_name": "push",
            "run_id": "local",
            "run_number": "1",
            "run_attempt": "1",
            "base_ref": "",
            "head_ref": "",
            "server_url": server,
            "api_url": "https://api.github.com" if server.endswith("//github.com")
            else f"{server}/api/v3",
        }  # fmt: skip


def head_commit(directory: Path, env: Mapping[str, str]) -> str:
    """Return the commit that is checked out, or an empty string if git does not know it."""
    return git_output(directory, env, "rev-parse", "HEAD")


def current_ref(directory: Path, env: Mapping[str, str]) -> str:
    """Return the checked out branch, like refs/heads/main; empty where none is."""
    return git_output(directory, env, "symbolic-ref", "--quiet", "HEAD")


def has_changes(directory: Path, env: Mapping[str, str]) -> bool:
    """Return whether tracked files differ from the commit; False where git cannot say it."""
    words = ("--no-optional-locks", "status", "--porcelain", "--untracked-files=no")
    return bool(git_output(directory, env, *words))


class NoCheckoutError(Exception):
    """A folder is not in a checkout; the text is git's, or says that git is missing."""


def find_checkout(directory: Path, env: Mapping[str, str]) -> GitCheckout:
    """Return the checkout that a folder is in. Raises `NoCheckoutError`."""
    top = find_top(directory, env)
    tag = git_output(directory, env, "describe", "--tags", "--exact-match")
    remote = REMOTE.fullmatch(git_output(directory, env, "config", "--get", "remote.origin.url"))
    return GitCheckout(
        top=top,
        sha=head_commit(directory, env),
        ref=current_ref(directory, env) or (f"refs/tags/{tag}" if tag else ""),
        repository=remote["name"] if remote else "",
        host=remote["host"] if remote else "github.com",
        actor=git_output(directory, env, "config", "--get", "user.name"),
        message=git_output(directory, env, "log", "-1", "--format=%B"),
    )


def find_top(directory: Path, env: Mapping[str, str]) -> Path:
    """Return the top folder of a checkout. Raises `NoCheckoutError`."""
    try:
        code, out, err = git(directory, env, "rev-parse", "--show-toplevel")
    except FileNotFoundError:
        raise NoCheckoutError("there is no git on PATH") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoCheckoutError(type(error).__name__) from None
    if code:
        first = err.strip().partition("\n")[0]
        raise NoCheckoutError(first.removeprefix("fatal: ") or f"git's exit code is {code}")
    return Path(out.removesuffix("\n"))


def is_ignored(path: Path, env: Mapping[str, str]) -> bool:
    """Whether git leaves a file or folder out of the commits of the checkout that it is in."""
    try:
        code, _, _ = git(path.parent, env, "check-ignore", "--quiet", str(path))
    except (OSError, subprocess.TimeoutExpired):
        return False
    return code == 0


def git(directory: Path, env: Mapping[str, str], *words: str) -> tuple[int, str, str]:
    """Run git in a folder; return exit code, output and error output."""
    return run(["git", "-C", str(directory), *words], env=env, timeout=TIMEOUT)


def git_output(directory: Path, env: Mapping[str, str], *words: str) -> str:
    """Return what git prints, or an empty string if it fails."""
    try:
        code, out, _ = git(directory, env, *words)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return out.strip() if code == 0 else ""
