"""Addresses on GitHub's server: of the repository, the commit, the run, and lines of the source."""

import re
from urllib.parse import quote

from rehearsal.regex import regex
from rehearsal.results.origin import Origin

# As GITHUB_SERVER_URL, GITHUB_REPOSITORY and GITHUB_RUN_ID make it; a merge reads it from files.
RUN = regex(
    r"(?P<repository>https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/[\w.-]+/[\w.-]+)/actions/runs/[0-9]+",
    re.ASCII,
)
COMMIT = regex(r"[0-9a-f]{7,64}")
SHORT_COMMIT = 7


def repository_url(origin: Origin) -> str:
    """Return the address of the repository, empty outside GitHub."""
    found = RUN.fullmatch(origin.run)
    return found["repository"] if found else ""


def run_url(origin: Origin) -> str:
    """Return the address of this attempt of the workflow run, empty outside GitHub."""
    if not repository_url(origin):
        return ""
    return f"{origin.run}/attempts/{origin.attempt}" if origin.attempt else origin.run


def commit_url(origin: Origin) -> str:
    """Return the address of the commit that people know, empty outside GitHub."""
    base, commit = repository_url(origin), known_commit(origin)
    return f"{base}/commit/{commit}" if base and COMMIT.fullmatch(commit) else ""


def branch_url(origin: Origin) -> str:
    """Return the address of the branch; none for a pull request, whose may be in a fork."""
    base = repository_url(origin)
    known = base and origin.branch and not origin.pull_request
    return f"{base}/tree/{quote(origin.branch)}" if known else ""


def pull_request_url(origin: Origin) -> str:
    """Return the address of the pull request, empty without one."""
    base = repository_url(origin)
    return f"{base}/pull/{origin.pull_request}" if base and origin.pull_request else ""


def source_url(origin: Origin, file: str, line: int = 0) -> str:
    """Return the address of a line of a file of the checkout, empty where that is not known."""
    base = repository_url(origin)
    inside = file and not file.startswith("/") and ".." not in file.split("/")
    if not base or not inside or not COMMIT.fullmatch(origin.commit):
        return ""
    path = quote(file.removeprefix("./").encode(errors="replace"))
    return f"{base}/blob/{origin.commit}/{path}" + (f"#L{line}" if line else "")


def compare_url(origin: Origin, old: str) -> str:
    """Return the address of what changed since the commit `old`, empty outside GitHub."""
    base, new = repository_url(origin), known_commit(origin)
    known = base and old != new and all(map(COMMIT.fullmatch, (old, new)))
    return f"{base}/compare/{old}...{new}" if known else ""


def known_commit(origin: Origin) -> str:
    """Return the commit that people know: of a pull request the last one of its branch."""
    return origin.head_commit or origin.commit


def short_commit(origin: Origin) -> str:
    """Return the first characters of that commit."""
    return known_commit(origin)[:SHORT_COMMIT]
